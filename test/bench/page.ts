/** `npm run bench -- --page`: how soon a slow phone on a slow network can chat, beside deep-chat. What it says: docs/bench.md */
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { Browser } from 'playwright-core'
import { launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway } from '../kit/gateway.ts'
import { columns, median } from './figures.ts'
import { startPageServer, type ChatPage } from './page-server.ts'

const SLOWER = 6
const NETWORK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }
const LONG_MS = 50
const GIVE_UP_MS = 90_000

/** What the watcher in the page has seen; times are ms since the navigation. */
interface Seen {
  launcher?: number
  composer?: number
  delivered?: number
  readonly tasks: number[]
}

interface Found {
  readonly launcher: number
  readonly composer: number
  readonly delivered: number
  readonly bytes: number
  readonly requests: number
  readonly longTasks: number
  readonly longest: number
}

const LOADER = '<script async src="/im-chat.js"></script>'
const ELEMENT = '<im-chat gateway="/" to="shop:42"></im-chat>'
const BEGINS_OPEN = ELEMENT.replace(' to=', ' open to=')
/** Told by an attribute, so that it draws itself once. */
const DEEP_CHAT = `<deep-chat connect='{"url":"/echo"}'></deep-chat>`
/** deep-chat wants a font from elsewhere. */
const EXPECTED = /ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/

const namedAsDirect = (files: readonly string[]): string =>
  ['<script type="module" src="/modern/im-chat.js"></script>', ...files.map((file) => `<link rel="modulepreload" href="/modern/${file}">`)].join('\n')

export async function benchPage(rounds: number): Promise<number> {
  const gateway = await spawnGateway({ LOG_LEVEL: 'error' })
  const { entry, panel } = await preloads(gateway.url)
  const tagged = (head: string, chat: string): ChatPage => ({ head, chat })
  const pages: Readonly<Record<string, ChatPage>> = {
    'deep-chat': tagged('<script type="module" src="/deepChat.bundle.js"></script>', DEEP_CHAT),
    'one tag, tapped': tagged(LOADER, ELEMENT),
    'one tag, open': tagged(LOADER, BEGINS_OPEN),
    'direct tag, tapped': tagged(namedAsDirect(entry), ELEMENT),
    'direct tag, open': tagged(namedAsDirect([...entry, ...panel]), BEGINS_OPEN),
  }
  const names = Object.keys(pages)
  const server = await startPageServer(gateway.port, Object.fromEntries(names.map((name, at) => [`/bench-${at}.html`, pages[name]!])))
  const browser = await launchChromium()
  const found = new Map<string, Found[]>(names.map((name) => [name, []]))
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [at, name] of names.entries()) found.get(name)!.push(await visit(browser, `${server.url}/bench-${at}.html`))
    }
  } finally {
    await browser.close()
    server.close()
    await gateway.stop()
    rmSync(gateway.dataDir, { recursive: true, force: true })
  }
  print(found)
  return 0
}

/** What the loader fetches beside the entries; the build has put it into the loader. */
async function preloads(url: string): Promise<{ readonly entry: readonly string[]; readonly panel: readonly string[] }> {
  const loader = await (await fetch(`${url}/im-chat.js`)).text()
  const listed = (name: string): readonly string[] =>
    [...(new RegExp(`"?${name}"?:\\[([^\\]]*)\\]`).exec(loader)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(([, file]) => file!)
  const entry = listed('im-chat')
  if (entry.length === 0) throw new Error('The loader does not say what im-chat.js imports.')
  return { entry, panel: listed('panel').filter((file) => !entry.includes(file)) }
}

async function visit(browser: Browser, url: string): Promise<Found> {
  const visitor = await openPage(browser, 'about:blank', { ...PHONE, expected: EXPECTED })
  const { page, cdp } = visitor
  const { origin } = new URL(url)
  const fetched = new Map<string, string>()
  let bytes = 0
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith(origin) && !/\/(bench-\d\.html|pages\.css|art\/)/.test(request.url)) fetched.set(requestId, request.url)
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (fetched.has(requestId)) bytes += encodedDataLength
  })
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', NETWORK)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.addInitScript(watch)
  await page.goto(url, { waitUntil: 'commit' })
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.delivered !== undefined, undefined, {
    timeout: GIVE_UP_MS,
    polling: 500,
  })
  const { seen, tag } = await page.evaluate(() => ({
    seen: (window as unknown as { seen: Seen }).seen,
    tag: performance.getEntriesByType('resource').find(({ name }) => /(im-chat|deepChat\.bundle)\.js/.test(name))!.startTime,
  }))
  await visitor.close()
  const long = seen.tasks.filter((each) => each > LONG_MS)
  return {
    launcher: (seen.launcher ?? NaN) - tag,
    composer: seen.composer! - tag,
    delivered: seen.delivered! - tag,
    bytes,
    requests: fetched.size,
    longTasks: long.length,
    longest: Math.max(0, ...long),
  }
}

/** Runs in the page, once a frame: taps the launcher when it is there, writes when the composer is there, and waits for what comes back. */
function watch(): void {
  const seen: Seen = { tasks: [] }
  Object.assign(window, { seen })
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  })
  const shown = (selector: string): HTMLElement | undefined => {
    const found = document.querySelector('im-chat, deep-chat')?.shadowRoot?.querySelector<HTMLElement>(selector)
    return found && found.getClientRects().length > 0 ? found : undefined
  }
  const look = (): void => {
    const launcher = shown('[data-test="launcher"]')
    if (launcher && seen.launcher === undefined) {
      seen.launcher = performance.now()
      launcher.click()
    }
    const field = shown('textarea, #text-input')
    if (field && seen.composer === undefined) {
      seen.composer = performance.now()
      field.focus()
      document.execCommand('insertText', false, 'Hello')
      setTimeout(() => {
        const send = shown('[data-test="send"]')
        if (send) send.click()
        else document.querySelector<HTMLElement & { submitUserMessage(message: object): void }>('deep-chat')!.submitUserMessage({ text: 'Hello' })
      }, 100)
    }
    const isStored = ['sent', 'delivered', 'read'].includes(shown('[data-test="message"]')?.dataset.state ?? '')
    if (isStored || shown('#messages')?.textContent.includes('Echo: Hello')) seen.delivered = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

function print(found: ReadonlyMap<string, readonly Found[]>): void {
  const of = (name: string, key: keyof Found): number => median(found.get(name)!.map((each) => each[key]))
  const beside = (name: string, key: keyof Found): string => (of(name, key) / of('deep-chat', key)).toFixed(2)
  const ms = (name: string, key: keyof Found): string => (Number.isNaN(of(name, key)) ? '–' : of(name, key).toFixed(0))
  console.log(
    columns([
      ['ms from the tag', 'launcher', 'composer', 'of deep-chat', 'delivered', 'of deep-chat', 'kB', 'requests', 'long tasks', 'longest'],
      ...[...found.keys()].map((name) => [
        name,
        ms(name, 'launcher'),
        ms(name, 'composer'),
        beside(name, 'composer'),
        ms(name, 'delivered'),
        beside(name, 'delivered'),
        (of(name, 'bytes') / 1000).toFixed(1),
        ms(name, 'requests'),
        ms(name, 'longTasks'),
        ms(name, 'longest'),
      ]),
    ]),
  )
  console.log(`CPU ${SLOWER}× slower, 50 kB/s, 400 ms; load of the machine at the end: ${loadavg()[0]!.toFixed(1)}`)
}

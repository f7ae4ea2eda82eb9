/** A page outlives the deploy that it was opened before, and two nodes may serve two releases: the chat opens all the same. */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

type Release = ReadonlyMap<string, string>

const OPENS = { a: 'Open chat', b: 'Open the newer chat' }
const CLOSES = { a: 'Close chat', b: 'Close the newer chat' }

/** What was built, as the release of today. */
const a: Release = new Map(
  ['', 'modern/'].flatMap((folder) =>
    readdirSync(`dist/widget/${folder}`)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [`/${folder}${name}`, readFileSync(`dist/widget/${folder}${name}`, 'utf8')] as const),
  ),
)

/** As a later build would be: other words, and what is named by its content has other names. */
const renamed = (text: string): string => text.replace(/\.[a-z\d]{8}(?=\.js)/g, (hash) => `.${[...hash.slice(1)].reverse().join('')}`)
const b: Release = new Map([...a].map(([name, text]) => [renamed(name), renamed(text).replaceAll(OPENS.a, OPENS.b).replaceAll(CLOSES.a, CLOSES.b)]))

let site: Server
let url: string
let gateway: SpawnedGateway
let browser: Browser
/** What the deploy has put there. */
let served: (path: string) => string | undefined
let missed: string[]

beforeAll(async () => {
  site = createServer(({ url: address = '' }, response) => {
    const { pathname } = new URL(address, 'http://shop')
    const page = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><body>
      <im-chat gateway="${gateway.url}" to="shop:42"></im-chat><script async src="/im-chat.js"></script>`
    const body = pathname === '/' ? page : served(pathname)
    if (body === undefined) missed.push(pathname)
    const type = pathname === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  gateway = await spawnGateway({ ORIGINS: url })
  browser = await launchChromium()
})
beforeEach(() => {
  missed = []
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  site.closeAllConnections()
  site.close()
})

test('the two releases share no name of a script that is named by its content', () => {
  const byContent = [...a.keys()].filter((name) => !b.has(name))
  expect(byContent.length).toBeGreaterThan(2)
  expect([...b.values()].filter((text) => text.includes(OPENS.b))).not.toEqual([])
  expect([...b.values()].filter((text) => text.includes(CLOSES.b))).not.toEqual([])
})

for (const { name, element, panel } of [
  { name: 'the panel of after the deploy opens in the element of before', element: 'a', panel: 'b' },
  { name: 'the panel of a node that is still on the release before opens in the element of after', element: 'b', panel: 'a' },
] as const) {
  test(`${name}, and a message is sent`, async () => {
    const releases = { a, b }
    let isDeployed = false
    served = (path) => {
      // what the panel of before would import is gone as well
      isDeployed ||= /chat-panel-|timeline-style/.test(path)
      return releases[isDeployed ? panel : element].get(path)
    }
    const opened = await openPage(browser, `${url}/`, { ...PHONE, expected: /Failed to load resource|404/ })
    const { page } = opened
    const launcher = hook(page, 'launcher')
    await page.locator(`im-chat [data-test=launcher][aria-label="${OPENS[element]}"]`).waitFor()
    await launcher.tap()
    await hook(page, 'panel').waitFor()
    await page.locator(`im-chat [data-test=close][aria-label="${CLOSES[panel]}"]`).waitFor()
    await hook(page, 'composer').fill('Still here?')
    await hook(page, 'send').tap()
    await page.locator('im-chat [data-test=message][data-state=sent]').waitFor()
    await hook(page, 'close').tap()
    expect(await launcher.getAttribute('aria-label')).toBe(OPENS[element])
    // what the other release imports has names of its own
    expect(missed.map((path) => path.split('/').pop()!.split('.')[0]).sort()).toEqual(['add-styles', 'queue-note', 'timeline-style'])
    await opened.close()
  })
}

test('an entry whose shared script is gone is loaded again, and is then the one of after the deploy', async () => {
  let isDeployed = false
  // the entry comes from the node of before, and what it imports is asked of the node of after
  served = (path) => {
    if (isDeployed) return b.get(path)
    if (path !== '/modern/im-chat.js') return path === '/im-chat.js' ? a.get(path) : b.get(path)
    isDeployed = true
    return a.get(path)
  }
  const opened = await openPage(browser, `${url}/`, { ...PHONE, expected: /Failed to load resource|404/ })
  const { page } = opened
  await page.locator(`im-chat [data-test=launcher][aria-label="${OPENS.b}"]`).waitFor({ timeout: 30_000 })
  expect(missed.length).toBeGreaterThan(0)
  await hook(page, 'launcher').tap()
  await hook(page, 'panel').waitFor()
  await hook(page, 'composer').fill('Still here?')
  await hook(page, 'send').tap()
  await page.locator('im-chat [data-test=message][data-state=sent]').waitFor()
  await opened.close()
})

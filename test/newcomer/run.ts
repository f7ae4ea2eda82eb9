/**
 * `npm run newcomer`: follows docs/start.md word by word in an empty folder, with the packages as npm packs them and a browser, and prints how long each
 * step took. Two things differ from a newcomer's day: the packages come from dist/packages and not from the registry (what they need does come from it),
 * and the two ports are free ones, because 8080 and 3000 may be in use.
 */
import { once } from 'node:events'
import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { ChatView } from '../e2e/chat-view.ts'
import { DESKTOP, launchChromium, openPage, type TestPage } from '../kit/browser.ts'
import { removeEnding, spawnEnding } from '../kit/ends-with-us.ts'
import { freePort } from '../kit/free-port.ts'
import { stepsOf, type Step } from './steps.ts'

const PAGE = 'docs/start.md'
const START_MS = 30_000
const QUESTION = 'Is the kettle in stock?'
const ANSWER = 'It is, and it can be with you on Thursday.'

const home = removeEnding(mkdtempSync(join(tmpdir(), 'im-newcomer-')))
const [gatewayPort, pagePort] = [await freePort(), await freePort()]
const tarball = packed()
const terminals: ChildProcess[] = []
const browser = await launchChromium()
let folder = home
let customer: TestPage | undefined

try {
  const since = performance.now()
  for (const step of stepsOf(
    readFileSync(PAGE, 'utf8')
      .replaceAll(':8080', `:${gatewayPort}`)
      .replaceAll(/(?<=localhost:|listen\()3000/g, String(pagePort)),
  )) {
    const began = performance.now()
    await follow(step)
    console.log(`${seconds(began).padStart(7)}  ${words(step)}`)
  }
  console.log(`${seconds(since).padStart(7)}  all of it, without reading`)
} finally {
  await browser.close()
  await Promise.all(terminals.map(closed))
}

/** As Ctrl-C in it: every program of the terminal gets the signal, not npx alone. */
async function closed(terminal: ChildProcess): Promise<void> {
  if (terminal.exitCode !== null) return
  const ended = once(terminal, 'exit')
  process.kill(-terminal.pid!, 'SIGINT')
  await ended
}

function packed(): string {
  const json = execFileSync('npm', ['pack', './dist/packages/im-chat-gateway', '--json', '--pack-destination', home], { encoding: 'utf8' })
  const [{ filename }] = JSON.parse(json) as [{ filename: string }]
  return join(home, filename)
}

async function follow(step: Step): Promise<void> {
  if (step.kind === 'run') run(step.code)
  else if (step.kind === 'start') await start(step.code)
  else if (step.kind === 'file') writeFileSync(join(folder, step.name), `${step.code}\n`)
  else if (step.kind === 'replace') replace(step.name, step.code)
  else if (step.kind === 'customer') await write(step.url)
  else if (step.kind === 'agent') await answer(step)
}

/** A shell goes on in the folder where the block has gone to. */
function run(code: string): void {
  const script = `set -e\n${code.replace('npm install im-chat-gateway', `npm install --no-audit --no-fund ${tarball}`)}\npwd`
  folder = execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .trim()
    .split('\n')
    .at(-1)!
}

/** Resolves when it says that it is ready, or its address. */
async function start(code: string): Promise<void> {
  const terminal = spawnEnding('sh', ['-c', code.replace('npx ', `PORT=${gatewayPort} exec npx --no-install `)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  terminals.push(terminal)
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`Nothing is ready after ${START_MS / 1000} s: ${code}\n${said}`)), START_MS)
    terminal.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (!/im-chat is ready|^http:/m.test(said)) return
      clearTimeout(late)
      resolve()
    })
    terminal.once('exit', () => reject(new Error(`It has ended: ${code}\n${said}`)))
  })
}

function replace(name: string, code: string): void {
  const file = join(folder, name)
  const before = readFileSync(file, 'utf8')
  const after = before.replace(/^ *<im-chat .*$/m, () => code)
  if (after === before) throw new Error(`${name} has no tag to replace.`)
  writeFileSync(file, after)
}

/** Opens the page as a new visitor would, or loads it again. */
async function write(url: string): Promise<void> {
  if (customer === undefined) customer = await openPage(browser, url, DESKTOP)
  else await customer.page.reload()
  const chat = new ChatView(customer.page, 'im-chat')
  await chat.hook('launcher').click()
  await chat.writeWithEnter(QUESTION)
  await sent(customer.page, QUESTION)
}

/** Resolves when the gateway has confirmed it. */
async function sent(page: Page, text: string): Promise<void> {
  await page.locator('im-chat [data-test=message]:not([data-seq=""])').filter({ hasText: text }).last().waitFor()
}

async function answer({ url, who }: { readonly url: string; readonly who: string }): Promise<void> {
  const desk = await openPage(browser, url, DESKTOP)
  const view = new ChatView(desk.page, 'im-desk')
  await view.hook('conversation').filter({ hasText: QUESTION }).filter({ hasText: who }).click()
  await view.writeWithEnter(ANSWER)
  await customer!.page.locator('im-chat [data-test=message]').filter({ hasText: ANSWER }).waitFor()
  await desk.close()
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function words(step: Step): string {
  if ('code' in step && !('name' in step)) return step.code.split('\n').at(-1)!
  return 'name' in step ? `${step.kind} ${step.name}` : `${step.kind} at ${step.url}`
}

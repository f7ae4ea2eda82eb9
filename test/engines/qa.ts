/**
 * `npm run qa -- --hub URL --caps FILE --url PAGE`: the checks on any device that a W3C WebDriver hub can reach (chromedriver,
 * WebKitWebDriver, Appium, a device farm). docs/qa.md tells how, step by step.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openDevice } from './appium.ts'
import { deviceFarmCapabilities, writeDeviceFarmPackage } from './device-farm.ts'
import { Chat } from './chat.ts'
import type { Check, Outcome } from './check.ts'
import { HUB_CHECKS } from './checks.ts'
import { deviceName, named, tellVerdict } from './farms.ts'
import { junit } from './junit.ts'
import { pause, type Ability, type Page } from './page.ts'
import { readOptions, Usage, type QaOptions } from './qa-options.ts'
import { runChecks } from './run-checks.ts'
import { HubError } from './webdriver.ts'

type Capabilities = Record<string, unknown>
type Say = (line: string) => void
type Opened = Awaited<ReturnType<typeof openDevice>>

/** What a hub's words mean where they do not say so, and that asking again does not help. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /DevToolsActivePort|Chrome instance exited|Chrome failed to start/,
    'Chromium does not start there. As root or in a container it needs {"goog:chromeOptions": {"args": ["--no-sandbox"]}}, without a screen "--headless" as well.',
  ],
]

/** Answers that stay the same however often one asks. */
const LASTING = [400, 401, 403, 404]

async function main(options: QaOptions): Promise<number> {
  if (options.deviceFarm) {
    console.log(await writeDeviceFarmPackage(options.deviceFarm, options))
    return 0
  }
  const devices = options.caps === 'device-farm' ? [deviceFarmCapabilities(process.env)] : readCapabilities(options.caps)
  mkdirSync(options.out, { recursive: true })
  const build = options.build ?? `im-chat ${new Date().toISOString().slice(0, 16)}`
  const results: (readonly Outcome[])[] = []
  const waiting = devices.map((capabilities, at) => ({ capabilities, at }))
  const takeNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next.at] = await checkDevice(named(options.hub, next.capabilities, build, options.name ?? deviceName(next.capabilities)), options)
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, takeNext))
  const outcomes = results.flat()
  const file = path.join(options.out, 'junit.xml')
  writeFileSync(file, junit(outcomes))
  console.log(`\n${summary(outcomes)} · ${file}`)
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0
}

const readCapabilities = (file: string): Capabilities[] => [JSON.parse(readFileSync(file, 'utf8')) as Capabilities].flat()

function summary(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length
  return `${count('ok')} passed, ${count('failed')} failed, ${count('n/a')} not applicable`
}

async function checkDevice(capabilities: Capabilities, options: QaOptions): Promise<readonly Outcome[]> {
  const say: Say = options.parallel > 1 ? (line) => console.log(line.replace(/^/gm, `${deviceName(capabilities)} | `)) : (line) => console.log(line)
  let opened: Opened
  try {
    opened = await open(capabilities, options, say)
  } catch (error) {
    return [lost(deviceName(capabilities), error, say)]
  }
  const { session } = opened
  const page = { ...opened.page, engine: unique(opened.page.engine) }
  let outcomes: readonly Outcome[] = []
  try {
    say(`\n${page.engine}`)
    outcomes = await checkPage(page, session.id, options, say)
  } catch (error) {
    outcomes = [lost(page.engine, error, say)]
  } finally {
    const failed = outcomes.filter(({ result }) => result === 'failed').map(({ check, note }) => `${check.id}: ${note}`)
    await tellVerdict(session, failed.length === 0, [summary(outcomes), ...failed].join(' · ')).catch((error: Error) =>
      say(`  The farm was not told how it went: ${error.message}`),
    )
    await page.close()
  }
  return outcomes
}

function lost(engine: string, error: unknown, say: Say): Outcome {
  const note = error instanceof Error ? error.message : String(error)
  const check: Check = { id: 'session', title: 'the hub gives a session', run: () => Promise.resolve() }
  say(`\n${engine}\n  failed ${check.id} ${note}`)
  return { engine, check, result: 'failed', note, ms: 0 }
}

async function open(capabilities: Capabilities, { hub, retries, waitMs }: QaOptions, say: Say): Promise<Opened> {
  for (let tries = 0; ; tries++) {
    try {
      return await openDevice(hub, capabilities)
    } catch (error) {
      const { message, cause } = error as Error
      const what = cause instanceof Error ? `${message}: ${cause.message}` : message
      const hint = HINTS.find(([pattern]) => pattern.test(what))?.[1]
      if (hint) throw new Error(`${what}\n         ${hint}`)
      if (tries >= retries || (error instanceof HubError && LASTING.includes(error.status))) throw new Error(what)
      say(`no session (${what}); once more in ${waitMs / 1000} s, ${tries + 1} of ${retries}`)
      await pause(waitMs)
    }
  }
}

const seen = new Map<string, number>()

/** Two devices of one kind do not write over one another. */
function unique(engine: string): string {
  const count = (seen.get(engine) ?? 0) + 1
  seen.set(engine, count)
  return count === 1 ? engine : `${engine} (${count})`
}

async function checkPage(page: Page, session: string, options: QaOptions, say: Say): Promise<readonly Outcome[]> {
  const { url, out, checks } = options
  const report = await readReport(page, url)
  const outcomes = await runChecks(
    { ...page, ...(await abilities(page, options.mayResize)) },
    HUB_CHECKS.filter(({ id }) => !checks || checks.includes(id)),
    {
      url,
      hasAnswers: options.hasAnswers,
      shots: out,
      everyShot: true,
      onOutcome: ({ check, result, note, ms }) =>
        say(`  ${result.padEnd(6)} ${check.id.padEnd(18)} ${String(ms).padStart(6)} ms  ${check.title}${note && ` (${note})`}`),
    },
  )
  const told = outcomes.map(({ check, result, note, ms }) => ({ id: check.id, result, note, ms }))
  const notApplicable = Object.fromEntries(told.filter(({ result }) => result === 'n/a').map(({ id, note }) => [id, note]))
  const file = path.join(out, `${page.engine.replace(/[^\w.]+/g, '-')}-device.json`)
  writeFileSync(file, `${JSON.stringify({ device: page.engine, session, ...report, notApplicable, checks: told }, undefined, 2)}\n`)
  return outcomes
}

/** Taken when the chat is live, or else with the reason why it never was: before that it knows of no transport and no message. */
async function readReport(page: Page, url: string): Promise<object> {
  const from = Date.now()
  let notLive: string | undefined
  try {
    await new Chat(page, url).open({}, { ms: 30_000 })
  } catch (error) {
    notLive = (error as Error).message
  }
  const liveAfterMs = Date.now() - from
  const report = await page.evaluate<object>('imQa.deviceReport()').catch((error: Error) => ({ noReport: error.message }))
  return { ...(notLive === undefined ? { isLive: true, liveAfterMs } : { isLive: false, notLive }), ...report }
}

/** What the device says of itself; what its driver can do is known by now. */
async function abilities(page: Page, mayResize: boolean): Promise<Pick<Page, 'can' | 'cannot'>> {
  const [touch, modern, storage] = await page.evaluate<[boolean, boolean, boolean]>(
    `['ontouchstart' in window&&navigator.maxTouchPoints>0,!!window.customElements,(function(){try{return !!localStorage}catch(e){return false}})()]`,
  )
  const has: Partial<Record<Ability, boolean>> = { touch, modern, storage, resize: mayResize }
  const can = new Set<Ability>([...page.can].filter((ability) => has[ability] !== false))
  if (mayResize) can.add('resize')
  const cannot = {
    touch: 'no touch screen',
    modern: 'no custom elements',
    storage: 'no storage',
    resize: 'a window that stays as it is (--resize)',
    compose: 'WebDriver has no input method',
    ...page.cannot,
  }
  return { can, cannot }
}

try {
  process.exitCode = await main(readOptions(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Usage)) throw error
  console.log(error.message)
  process.exitCode = error.isFault ? 2 : 0
}

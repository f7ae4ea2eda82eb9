/**
 * `npm run qa -- --hub URL --caps FILE --url PAGE`: the checks of the matrix on any device that a W3C WebDriver hub can reach
 * (chromedriver, WebKitWebDriver, Appium, a device farm). docs/qa.md tells how, step by step.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Check, Outcome } from './check.ts'
import { CHECKS } from './checks.ts'
import { junit } from './junit.ts'
import type { Ability, Page } from './page.ts'
import { runChecks } from './run-checks.ts'
import { openWebDriver } from './webdriver.ts'

const USAGE = `npm run qa -- --hub URL --caps FILE --url PAGE [--checks id,id] [--out DIR] [--answers] [--resize]

  --hub      the WebDriver hub, e.g. http://127.0.0.1:9515 or https://user:key@hub.example/wd/hub
  --caps     a JSON file: the capabilities of one device, or an array of them
  --url      the QA page as the device reaches it, e.g. https://chat.example/qa.html
  --checks   only these: ${CHECKS.map(({ id }) => id).join(' ')}
  --out      where screenshots and junit.xml go; qa-report
  --answers  somebody answers in the shop with the same text in capitals
  --resize   the device's window may be resized (a desktop browser)
`

const OPTIONS = {
  hub: { type: 'string' },
  caps: { type: 'string' },
  url: { type: 'string' },
  checks: { type: 'string' },
  out: { type: 'string', default: 'qa-report' },
  answers: { type: 'boolean', default: false },
  resize: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const
const { values } = parseArgs({ options: OPTIONS })
if (values.help || !values.hub || !values.caps || !values.url) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}
const { hub, url, out } = values
const wanted = values.checks?.split(',')
const checks = CHECKS.filter(({ id }) => !wanted || wanted.includes(id))
const devices = [JSON.parse(readFileSync(values.caps, 'utf8'))].flat() as Record<string, unknown>[]
mkdirSync(out, { recursive: true })

const outcomes: Outcome[] = []
for (const capabilities of devices) {
  try {
    outcomes.push(...(await checkDevice(capabilities)))
  } catch (error) {
    const check: Check = { id: 'session', title: 'the hub gives a session', run: () => Promise.resolve() }
    const note = error instanceof Error ? error.message : String(error)
    console.log(`\n${JSON.stringify(capabilities)}\n  failed ${note}`)
    outcomes.push({ engine: JSON.stringify(capabilities), check, result: 'failed', note, ms: 0 })
  }
}
writeFileSync(path.join(out, 'junit.xml'), junit(outcomes))
const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length
console.log(`\n${count('ok')} passed, ${count('failed')} failed, ${count('n/a')} not applicable · ${path.join(out, 'junit.xml')}`)
process.exitCode = count('failed') > 0 ? 1 : 0

async function checkDevice(capabilities: Record<string, unknown>): Promise<readonly Outcome[]> {
  const session = await openWebDriver({ hub, capabilities })
  try {
    await session.goto(url)
    const page: Page = { ...session, can: await abilities(session) }
    console.log(`\n${page.engine}`)
    writeReport(page, await page.evaluate('imQa.deviceReport()').catch(() => undefined))
    return await runChecks(page, checks, {
      url,
      hasAnswers: values.answers,
      shots: out,
      everyShot: true,
      onOutcome: ({ check, result, note, ms }) =>
        console.log(`  ${result.padEnd(6)} ${check.id.padEnd(18)} ${String(ms).padStart(6)} ms  ${check.title}${note && ` (${note})`}`),
    })
  } finally {
    await session.close()
  }
}

/** What the device says of itself; what a driver's protocol can do is told by the options. */
async function abilities(page: Page): Promise<ReadonlySet<Ability>> {
  const [touch, modern, storage] = await page.evaluate<[boolean, boolean, boolean]>(
    `['ontouchstart' in window&&navigator.maxTouchPoints>0,!!window.customElements,(function(){try{return !!localStorage}catch(e){return false}})()]`,
  )
  const can = new Set<Ability>(['shift'])
  if (touch) can.add('touch')
  if (modern) can.add('modern')
  if (storage) can.add('storage')
  if (values.resize) can.add('resize')
  return can
}

function writeReport(page: Page, report: unknown): void {
  if (report) writeFileSync(path.join(out, `${page.engine.replace(/[^\w.]+/g, '-')}-device.json`), `${JSON.stringify(report, undefined, 2)}\n`)
}

/** The matrix as far as a test run has time for it: every kind of engine, and of the old ones the ends and the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { CHECKS } from './checks.ts'
import { answerInCapitals } from './echo-agent.ts'
import { openEngine } from './engines.ts'
import { runChecks } from './run-checks.ts'

const SOCKETS = ['refuse', 'hang', 'mute', 'die', 'throw', 'missing'].map((fault) => `websocket-${fault}`)

/** What does not apply where: said here, so that a check which stops applying is noticed. */
const NOT_APPLICABLE: Readonly<Record<string, readonly string[]>> = {
  'chromium-64': ['compose'],
  'chromium-83': ['compose'],
  'chromium-108': [],
  chromium: [],
  firefox: ['compose'],
  webkitgtk: ['tap', 'compose'],
  wpe: ['keyboard-resize', 'tap', 'compose'],
  qtwebkit: ['strict-csp', 'keyboard-visual', 'tap', 'compose', ...SOCKETS],
}

/** Ten seconds of deliberate bad weather per engine; `npm run qa:engines` has the time. */
const checks = CHECKS.filter(({ id }) => id !== 'slow' && id !== 'loss')

let gateway: SpawnedGateway
let stopAgent: () => void

beforeAll(async () => {
  gateway = await spawnGateway({ LOG_LEVEL: 'error' })
  stopAgent = await answerInCapitals(gateway)
})

afterAll(async () => {
  stopAgent()
  await gateway.stop()
})

test.each(Object.keys(NOT_APPLICABLE))('%s: the whole chat works', { timeout: 240_000 }, async (name) => {
  const page = await openEngine(name)
  try {
    const outcomes = await runChecks(page, checks, { url: `${gateway.url}/qa.html`, hasAnswers: true })
    const failed = outcomes.filter(({ result }) => result === 'failed').map(({ check, note }) => `${check.title}: ${note}`)
    expect(failed).toEqual([])
    expect(outcomes.filter(({ result }) => result === 'n/a').map(({ check }) => check.id)).toEqual(NOT_APPLICABLE[name])
  } finally {
    await page.close()
  }
})

/** Which noes stand in the log: those that an operator or a page's author can put right, once a minute each. */
import { describe, expect, test } from 'vitest'
import { Metrics } from '../../../gateway/ops/metrics.ts'
import { reporter } from '../../../gateway/ops/reporter.ts'
import type { Fact } from '../../../gateway/domain/facts.ts'
import { CODES, type Code } from '../../../gateway/protocol/codes.ts'

const ALL = Object.keys(CODES) as Code[]
const arrival = (code: Code) => ({ code, message: CODES[code].message, origin: 'https://page.example', host: 'chat.example', address: '192.0.2.7' })
const facts = (code: Code): Readonly<Record<string, Fact>> => ({
  hello: { fact: 'helloRefused', ...arrival(code) },
  'POST /v1/guests': { fact: 'requestRefused', request: 'r1', route: 'POST /v1/guests', ...arrival(code) },
  renew: { fact: 'commandRefused', command: 'renew', code, message: CODES[code].message },
  send: { fact: 'commandRefused', command: 'send', code, message: CODES[code].message },
})
const AT_THE_DOOR: readonly Code[] = ['origin_forbidden', 'pass_required', 'pass_invalid', 'version_unsupported', 'rate_limited', 'unknown_shop']
const OF_COMMANDS: readonly Code[] = ['unknown_shop', 'start_forbidden']

function logged(times: number, fact: Fact, stepMs: number): string[] {
  const lines: string[] = []
  let now = 0
  const log = { warn: (_fact: unknown, line: string) => void lines.push(line), error: () => undefined, debug: () => undefined }
  const report = reporter(log as never, new Metrics({ isProcess: false }), () => now)
  for (let time = 0; time < times; time++, now += stepMs) report(fact)
  return lines
}

describe.each(ALL)('%s', (code) => {
  test.each(Object.entries(facts(code)))('of %s', (source, fact) => {
    const isTold = (source === 'send' ? OF_COMMANDS : AT_THE_DOOR).includes(code)
    expect(logged(1000, fact, 1)).toHaveLength(isTold ? 1 : 0)
    expect(logged(3, fact, 60_000)).toHaveLength(isTold ? 3 : 0)
  })
})

test('the line about a foreign page has both origins, others name the setting', () => {
  expect(logged(1, facts('origin_forbidden').hello!, 1)[0]).toMatch(/https:\/\/page\.example.*chat\.example.*ORIGINS/)
  expect(logged(1, facts('unknown_shop').send!, 1)[0]).toContain('SHOPS')
  expect(logged(1, facts('start_forbidden').send!, 1)[0]).toContain('DIRECT')
})

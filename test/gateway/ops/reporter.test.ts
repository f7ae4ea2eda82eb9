/** What the log gets when things come by the thousand. */
import { expect, test } from 'vitest'
import type { Fact } from '../../../gateway/domain/facts.ts'
import { Metrics } from '../../../gateway/ops/metrics.ts'
import { reporter } from '../../../gateway/ops/reporter.ts'

const FLOODS: readonly [string, (n: number) => Fact][] = [
  ["rubbish on persons' channels", (n) => ({ fact: 'publishRefused', channel: `ImMsgPub:c${n}`, reason: `a reason ${n}` })],
  ['a customer backend that fails', (n) => ({ fact: 'customerBackendFailed', reason: 'status', detail: `${n}` })],
  ['a card backend that fails', (n) => ({ fact: 'cardBackendFailed', reason: 'status', detail: `${n}` })],
  ['gaps', (n) => ({ fact: 'gapFound', channelCount: n })],
  ['lost publishes', () => ({ fact: 'publishMissed', conversationCount: 1 })],
  ['spent allowances', (n) => ({ fact: 'allowanceSpent', allowance: 'image', scope: 'address', key: `192.0.2.${n % 256}` })],
  ['a full store of pictures', () => ({ fact: 'imagesFull', problem: 'they fill what they may' })],
  ['one bug, whatever its sentence', (n) => ({ fact: 'bugFound', where: 'send', error: bug(n) })],
  [
    'refusals of requests',
    (n) => ({ fact: 'requestRefused', request: 'r1', route: 'POST /v1/images', code: 'pass_invalid', message: '', address: `${n}` }),
  ],
]

const bug = (n: number): Error => new TypeError(`what a stranger wrote: ${n}`)

test.each(FLOODS)('%s: one line a minute, which says how many there were', (_name, fact) => {
  let at = 0
  const lines: { readonly times: number }[] = []
  const hear = (about: object): void => void lines.push(about as { times: number })
  const report = reporter({ warn: hear, error: hear, debug: () => undefined } as never, new Metrics({ isProcess: false }), () => at)
  for (let n = 0; n < 1000; n++) report(fact(n))
  expect(lines.map(({ times }) => times)).toEqual([1])
  at += 60_000
  for (let n = 0; n < 1000; n++) report(fact(n))
  expect(lines.map(({ times }) => times)).toEqual([1, 1000])
})

test('two bugs of one kind in different places are two lines', () => {
  const where: unknown[] = []
  const hear = (about: object): void => void where.push((about as { err: Error }).err.message)
  const report = reporter({ warn: hear, error: hear, debug: () => undefined } as never, new Metrics({ isProcess: false }), () => 0)
  for (let n = 0; n < 9; n++) {
    report({ fact: 'bugFound', where: 'send', error: new Error('one') })
    report({ fact: 'bugFound', where: 'send', error: new Error('other') })
  }
  expect(where).toEqual(['one', 'other'])
})

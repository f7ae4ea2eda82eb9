import { describe, expect, test } from 'vitest'
import type { Message } from '../../gateway/protocol/model.ts'
import { CHANGING_MS } from '../../widget/client/limits.ts'
import { Settled } from '../../widget/client/settled.ts'
import { MovableClock } from '../kit/clock.ts'

const log = (count: number, { everyMs = 1000, text = 'x' } = {}): Message[] =>
  Array.from({ length: count }, (_, n) => ({ seq: n + 1, at: 1e12 + n * everyMs, body: { text } }) as Message)

describe('what comes again after a lost connection', () => {
  test('a few young entries do, all of them', () => {
    expect(new Settled(new MovableClock()).lastOf(log(5))).toBeUndefined()
  })

  test('older ones do not', () => {
    expect(new Settled(new MovableClock()).lastOf(log(10, { everyMs: CHANGING_MS / 4 }))?.seq).toBe(6)
  })

  test('of many only the newest 20', () => {
    expect(new Settled(new MovableClock()).lastOf(log(100))?.seq).toBe(80)
  })

  test('of long ones no more than 16,384 characters, so that a network that breaks often does not carry the same megabyte each time', () => {
    expect(new Settled(new MovableClock()).lastOf(log(10, { text: 'x'.repeat(5000) }))?.seq).toBe(7)
    expect(new Settled(new MovableClock()).lastOf(log(10, { text: 'x'.repeat(30_000) }))?.seq).toBe(10)
  })

  test('none does that was there for long enough while the connection held', async () => {
    const clock = new MovableClock()
    const settled = new Settled(clock)
    settled.note(5)
    await clock.advance(CHANGING_MS + 1)
    settled.note(5)
    expect(settled.lastOf(log(5))?.seq).toBe(5)
  })
})

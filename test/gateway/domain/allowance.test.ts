import { describe, expect, test } from 'vitest'
import { Allowance } from '../../../gateway/domain/allowance.ts'
import { Refusal } from '../../../gateway/domain/refusal.ts'

function refused(take: () => void): Refusal['wire'] | undefined {
  try {
    take()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.wire
    throw error
  }
}

describe('an allowance', () => {
  test('lets a burst through, then as many as come back with time, and says when', () => {
    let at = 1000
    const allowance = new Allowance({ perSecond: 10, burst: 3, now: () => at })
    for (let n = 0; n < 3; n++) expect(refused(() => allowance.take('a'))).toBe(undefined)
    expect(refused(() => allowance.take('a'))).toMatchObject({ code: 'rate_limited', retry: true, afterMs: 100 })
    at += 60
    expect(refused(() => allowance.take('a'))?.afterMs).toBe(40)
    at += 40
    expect(refused(() => allowance.take('a'))).toBe(undefined)
    expect(refused(() => allowance.take('a'))?.afterMs).toBe(100)
  })

  test('of one person is not another\'s', () => {
    const allowance = new Allowance({ perSecond: 1, burst: 1, now: () => 0 })
    allowance.take('a')
    expect(refused(() => allowance.take('b'))).toBe(undefined)
  })

  test('survives a clock that jumps back, and never holds more than the burst', () => {
    let at = 10_000
    const allowance = new Allowance({ perSecond: 1, burst: 2, now: () => at })
    allowance.take('a')
    at = 0
    allowance.take('a')
    expect(refused(() => allowance.take('a'))).not.toBe(undefined)
    at = 1_000_000
    allowance.take('a')
    allowance.take('a')
    expect(refused(() => allowance.take('a'))).not.toBe(undefined)
  })

  test('of nothing a second is no limit', () => {
    const allowance = new Allowance({ perSecond: 0, burst: 0, now: () => 0 })
    for (let n = 0; n < 1000; n++) allowance.take('a')
  })

  test('forgets those who have been quiet', () => {
    let at = 0
    const allowance = new Allowance({ perSecond: 1000, burst: 1, now: () => at })
    for (let n = 0; n < 30_000; n++) {
      at++
      allowance.take(`p${n}`)
    }
    expect(allowance.size).toBeLessThanOrEqual(10_000)
  })
})

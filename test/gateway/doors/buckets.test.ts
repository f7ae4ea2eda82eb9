import { describe, expect, test } from 'vitest'
import { Buckets } from '../../../gateway/doors/admit/buckets.ts'

const SECOND = 1 / 1000

describe('buckets', () => {
  test('allow a burst, then a constant rate, and say how long to wait', () => {
    const buckets = new Buckets({ perMs: 10 * SECOND, burst: 3 })
    for (let n = 0; n < 3; n++) buckets.spend('a', 1, 0)
    expect(buckets.waitMs('a', 1, 0)).toBe(100)
    expect(buckets.waitMs('a', 1, 60)).toBe(40)
    expect(buckets.waitMs('a', 1, 100)).toBe(0)
    buckets.spend('a', 1, 100)
    expect(buckets.waitMs('a', 1, 100)).toBe(100)
  })

  test('of different keys are independent', () => {
    const buckets = new Buckets({ perMs: SECOND, burst: 1 })
    buckets.spend('a', 1, 0)
    expect(buckets.waitMs('b', 1, 0)).toBe(0)
  })

  test('never hold more than the burst, and do not refill when the clock is set back', () => {
    const buckets = new Buckets({ perMs: SECOND, burst: 2 })
    buckets.spend('a', 1, 0)
    buckets.spend('a', 2, 60_000)
    expect(buckets.waitMs('a', 1, 60_000)).toBe(1000)
    expect(buckets.waitMs('a', 1, 0)).toBe(1000)
  })

  test('allow a cost above the burst when they are full', () => {
    const buckets = new Buckets({ perMs: SECOND, burst: 10 })
    expect(buckets.waitMs('a', 50, 0)).toBe(0)
    buckets.spend('a', 50, 0)
    expect(buckets.waitMs('a', 1, 0)).toBe(11_000)
  })

  test('forget keys that are unused for a while, and the oldest of very many', () => {
    const buckets = new Buckets({ perMs: 1, burst: 1 })
    for (let n = 0; n < 50_000; n++) buckets.spend(`p${n}`, 1, n)
    expect(buckets.size).toBeLessThanOrEqual(11_000)
    const still = new Buckets({ perMs: 0, burst: 1 })
    for (let n = 0; n < 150_000; n++) still.spend(`p${n}`, 1, 0)
    expect(still.size).toBe(100_000)
  })

  test('publish each sum once, and do not publish again what other nodes took', () => {
    const buckets = new Buckets({ perMs: SECOND, burst: 128 })
    buckets.spend('little', 1, 0)
    buckets.spend('much', 100, 0)
    buckets.spend('little', 0.5, 0)
    expect(buckets.takeUnpublished(10)).toEqual([{ key: 'much', amount: 100 }])
    buckets.spentElsewhere('other', 128, 0)
    expect(buckets.takeUnpublished(10)).toEqual([])
    expect(buckets.waitMs('other', 1, 0)).toBeGreaterThan(0)
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GapSpread } from '../../../gateway/backbone/redis/gap-spread.ts'

describe('channels with a gap', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const channels = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `c${from + i}`)
  const spreadOver = (ms: number): { spread: GapSpread; parts: string[][] } => {
    const spread = new GapSpread(ms)
    const parts: string[][] = []
    spread.on((part) => parts.push([...part]))
    return { spread, parts }
  }

  it('that are few are reported at once', () => {
    const { spread, parts } = spreadOver(1600)
    spread.add(channels(10))
    vi.advanceTimersByTime(1)
    expect(parts).toEqual([channels(10)])
  })

  it('that are many are reported in parts over the given time, each once, also when they are found one by one', () => {
    const { spread, parts } = spreadOver(1600)
    for (let i = 0; i < 20; i++) {
      spread.add(channels(500, i * 500))
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(500)
    expect(parts.flat().length).toBeLessThan(6000)
    vi.advanceTimersByTime(1200)
    expect(parts.flat().sort()).toEqual(channels(10_000).sort())
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(1000)
  })

  it('that are named again while they wait are reported once', () => {
    const { spread, parts } = spreadOver(1600)
    spread.add(channels(100))
    spread.add(channels(100))
    vi.advanceTimersByTime(3000)
    expect(parts.flat()).toHaveLength(100)
    spread.add(channels(1))
    vi.advanceTimersByTime(1)
    expect(parts.flat()).toHaveLength(101)
  })

  it('are not reported after the listener has gone, and no timer stays after the end', () => {
    const spread = new GapSpread(1600)
    const stop = spread.on(() => {
      throw new Error('still called')
    })
    stop()
    spread.add(channels(100))
    vi.advanceTimersByTime(1)
    spread.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

import { outsideZone } from './outside-zone.ts'

/** The client's source of time, passed as an argument. Tests move it, see test/kit/clock.ts. */
export interface Clock {
  /** Ms since the epoch, for what is shown or stored. May jump: phones sleep, people set clocks. */
  now(): number
  /** Monotonic ms, for all durations. It may pause while the device sleeps, as timers do. */
  uptime(): number
  /** Runs `run` once after `ms`; returns a function that cancels it. */
  after(ms: number, run: () => void): () => void
}

/** A browser treats a longer timeout as 0. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after(ms, run) {
    const timer = outsideZone(() => setTimeout(run, Math.min(ms, LONGEST_MS)))
    return () => clearTimeout(timer)
  },
}

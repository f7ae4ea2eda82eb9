/** Time as an argument: what the client knows of it. Tests move it, see test/kit/clock.ts. */
export interface Clock {
  /** Ms since the epoch, for what is shown or stored. May jump: phones sleep, people set clocks. */
  now(): number
  /** Ms, for everything that lasts: nobody sets it. It may stand still while the device sleeps, as timers do. */
  uptime(): number
  /** Runs `run` once after `ms`; returns the way to call it off. */
  after(ms: number, run: () => void): () => void
}

/** A browser takes a longer time for none. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST_MS))
    return () => clearTimeout(timer)
  },
}

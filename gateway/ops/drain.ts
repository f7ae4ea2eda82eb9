/**
 * Leave without anyone noticing. In this order: not ready any more and no new lines; then each line is told `byePush
 * draining` with a time to come back, once what it has under way is answered. The tellings are spread over at most half
 * of the limit, so that the other nodes get a stream and not a flood. What is still open at the limit, the caller cuts.
 */
export interface Drainable {
  /** From now on `/readyz` says no and handshakes are refused. */
  stopAccepting(): void
  readonly sessions: ReadonlySet<{ leave(afterMs: number): void }>
}

export interface DrainOptions {
  readonly limitMs: number
  readonly now: () => number
  /** 0 ≤ chance < 1: spreads the come-backs. */
  readonly chance: () => number
  readonly wait: (ms: number) => Promise<void>
}

const STEP_MS = 50
/** Lines told a step before the steps get longer than needed: 2 ms a line. */
const MS_PER_LINE = 2
const COME_BACK_MS = 1000

export async function drain(target: Drainable, { limitMs, now, chance, wait }: DrainOptions): Promise<void> {
  const endsAt = now() + limitMs
  target.stopAccepting()
  const sessions = [...target.sessions]
  const steps = Math.max(1, Math.floor(Math.min(limitMs / 2, sessions.length * MS_PER_LINE) / STEP_MS))
  const perStep = Math.ceil(sessions.length / steps)
  for (let at = 0; at < sessions.length; at += perStep) {
    for (const line of sessions.slice(at, at + perStep)) line.leave(Math.round(chance() * COME_BACK_MS))
    if (at + perStep < sessions.length) await wait(STEP_MS)
  }
  while (target.sessions.size > 0 && now() < endsAt) await wait(STEP_MS)
}

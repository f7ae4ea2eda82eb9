/**
 * Drains this node before it stops. First it is no longer ready and accepts no new sessions. Then each session gets `byePush draining` with a
 * time to reconnect, once its pending commands are answered. The byes are spread over at most half of the limit, so that the other nodes
 * get the reconnects one by one and not all at once. The caller cuts what is still open at the limit.
 */
export interface Drainable {
  /** From now on `/readyz` says no and handshakes are refused. */
  stopAccepting(): void
  readonly sessions: ReadonlySet<{ leave(afterMs: number): void }>
}

export interface DrainOptions {
  readonly limitMs: number
  readonly now: () => number
  /** 0 ≤ chance < 1: spreads the reconnects. */
  readonly chance: () => number
  readonly wait: (ms: number) => Promise<void>
}

const STEP_MS = 50
/** Few sessions need less than half of the limit. */
const MS_PER_SESSION = 2
const RECONNECT_MS = 1000

export async function drain(target: Drainable, { limitMs, now, chance, wait }: DrainOptions): Promise<void> {
  const endsAt = now() + limitMs
  target.stopAccepting()
  const sessions = [...target.sessions]
  const steps = Math.max(1, Math.floor(Math.min(limitMs / 2, sessions.length * MS_PER_SESSION) / STEP_MS))
  const perStep = Math.ceil(sessions.length / steps)
  for (let at = 0; at < sessions.length; at += perStep) {
    for (const session of sessions.slice(at, at + perStep)) session.leave(Math.round(chance() * RECONNECT_MS))
    if (at + perStep < sessions.length) await wait(STEP_MS)
  }
  while (target.sessions.size > 0 && now() < endsAt) await wait(STEP_MS)
}

const FIRST_MS = 500
const CAP_MS = 20_000

/**
 * Full jitter: any time up to 0.5, 1, 2 … 20 s, so that ten thousand phones that lost one gateway do not return as one.
 * `attempt` counts from 1; `afterMs` is what the gateway asked for and comes on top.
 */
export const reconnectDelay = (attempt: number, random: () => number, afterMs = 0): number =>
  afterMs + Math.round(random() * Math.min(CAP_MS, FIRST_MS * 2 ** (attempt - 1)))

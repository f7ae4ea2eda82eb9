/**
 * THE table of what an http connection may take and how long, while it is no WebSocket. Phones on slow networks are within: what counts
 * is whether something moves, and not how long the whole lasts.
 */
export const HTTP_LIMITS = {
  /** From the first byte, or from connecting, to the end of the headers. */
  headMs: 20_000,
  /** A body has so much time … */
  bodyMs: 30_000,
  /** … and gets a second back for so many bytes that come, never more than that in all: what came at first excuses nothing later … */
  bodyBytesPerSecond: 500,
  /** … but the whole request no longer than this. */
  requestMs: 900_000,
  /** What still comes of a body whose request has been answered. */
  lingerMs: 30_000,
  /** Nothing in and nothing out; a poll is answered within 25 s. */
  silenceMs: 60_000,
  /** An answer of which the other side takes nothing. */
  answerMs: 20_000,
  /** Between two requests; docs and nginx.conf count on it. */
  keepAliveMs: 5000,
  /** What a refused upgrade gets to read why. */
  refusedMs: 500,
  /** Requests of one connection that wait for their answers; browsers and proxies send one after the other. */
  unansweredCount: 16,
  /** Bodies under way at once, in bytes as they announce themselves; none counts less than `leastBytes`. */
  bodies: { address: 33_554_432, total: 134_217_728 },
  leastBytes: 16_384,
  /** Answers with a picture under way at once, a portion each in the socket and behind it. */
  pictures: { address: 512, total: 4096 },
} as const

type Numbers<T> = { readonly [K in keyof T]: T[K] extends number ? number : Numbers<T[K]> }
export type HttpLimits = Numbers<typeof HTTP_LIMITS>

/**
 * THE table of limits of an HTTP connection before it becomes a WebSocket. Phones on slow networks stay within them: the limits apply to lack
 * of progress rather than to the whole duration.
 */
export const HTTP_LIMITS = {
  /** From the first byte, or from connecting, to the end of the headers. */
  headMs: 20_000,
  /** The time budget of a body, and the most it can be … */
  bodyMs: 30_000,
  /** … each second of it is given back for so many bytes that arrive … */
  bodyBytesPerSecond: 500,
  /** … up to this duration of the whole request. */
  requestMs: 900_000,
  /** The rest of a body whose request has been answered. */
  lingerMs: 30_000,
  /** Nothing received and nothing sent; a poll is answered within 25 s. */
  silenceMs: 60_000,
  /** An answer of which the client takes nothing. */
  answerMs: 20_000,
  /** Between two requests. nginx.conf and the docs depend on it. */
  keepAliveMs: 5000,
  /** The time to read why an upgrade was refused. */
  refusedMs: 500,
  /** Unanswered requests on one connection; browsers and proxies send one after the other. */
  unansweredCount: 16,
  /** Of a body whose pieces (chunks of HTTP, mostly) bring fewer bytes than `leastBytes` on average, so many are taken; each costs as much as a large one. */
  pieces: { count: 64, leastBytes: 8 },
  /** Bodies under way at once, in bytes by their Content-Length; each counts at least `leastBytes`. */
  bodies: { address: 33_554_432, total: 134_217_728 },
  leastBytes: 16_384,
  /** Answers with a picture under way at once; each has a portion in memory. */
  pictures: { address: 512, total: 4096 },
} as const

type Numbers<T> = { readonly [K in keyof T]: T[K] extends number ? number : Numbers<T[K]> }
export type HttpLimits = Numbers<typeof HTTP_LIMITS>

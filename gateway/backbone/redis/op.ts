import type { Script } from './scripts.ts'

/** One thing asked of Redis, before anybody knows which server, batch or attempt it will go in. */
export interface Op<T> {
  /** Picks the server, and the lane: operations of one key run in the order they were handed in. */
  readonly key: string
  /** Absent: `args` is a whole plain command. */
  readonly script?: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
  /** What it costs the server, in appends of a short message: a batch is bounded, because a script blocks everybody. */
  readonly weight: number
  parse(reply: unknown): T
}

/** An operation under way. */
export interface Pending {
  readonly op: Op<unknown>
  /** By `performance.now()`, which no setting of a clock moves. */
  readonly deadline: number
  /** Sent in a batch of its own, because what it shared with others failed as a whole. */
  isAlone: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The operations of one key. At most one batch holds a lane at a time, so a retry cannot overtake or be overtaken. */
export interface Lane {
  readonly key: string
  readonly queue: Pending[]
  /** The next send goes to a server that is still importing the slot. */
  isAsking: boolean
}

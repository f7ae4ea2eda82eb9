import type { Script } from './scripts.ts'

/** One operation on Redis, independent of the server, batch and attempt that will carry it. */
export interface Op<T> {
  /** Picks the server and the lane: operations of one key run in the order they were submitted. */
  readonly key: string
  /** Absent: `args` is a whole plain command. */
  readonly script?: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
  /** Its cost for the server; 1 = an append of a short message. Batches are bounded by it, because a running script blocks the server. */
  readonly weight: number
  parse(reply: unknown): T
}

/** A submitted operation. */
export interface Pending {
  readonly op: Op<unknown>
  /** By `performance.now()`, which never steps. */
  readonly deadline: number
  /** Must be sent in a batch of its own, because a shared one failed as a whole. */
  isAlone: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The operations of one key. At most one batch holds a lane at a time, so a retry cannot overtake or be overtaken. */
export interface Lane {
  readonly key: string
  readonly queue: Pending[]
  /** The next send needs ASKING: the server is still importing the slot. */
  isAsking: boolean
}

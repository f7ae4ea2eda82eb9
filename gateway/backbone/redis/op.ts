/** A Lua file that processes many items in one call: ARGV is `head`, then the arguments of each item; the reply has one row per item. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  readonly head: readonly string[]
  /** Where keys and arguments do not just follow each other: the words behind the script's hash. */
  readonly compose?: (head: readonly string[], ops: readonly Op<unknown>[]) => string[]
}

/** Answered by an operation that Redis refused to carry out as it was sent: it stays in its lane and is sent again. It must end some time. */
export const AGAIN = Symbol('again')

/** A command that follows an operation's own within its script. */
export type Beside = readonly [key: string, command: string, one: string, two: string]

/** One operation on Redis, independent of the server, batch and attempt that will carry it. */
export interface Op<T> {
  /** Picks the server and the lane: operations of one key run in the order they were submitted. */
  readonly key: string
  /** Absent: `args` is a whole plain command. */
  readonly script?: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
  /** Only for a script that composes its call: the routes of both sides. */
  readonly routes?: readonly [string, string]
  /** Its cost for the server; 1 = an append of a short message. Batches are bounded by it, because a running script blocks the server. */
  readonly weight: number
  /** Only for a script that composes its call: what follows the operation. */
  readonly beside?: readonly Beside[] | undefined
  /**
   * Called before script, keys and arguments are read, each time that the operation is sent, in the order of its lane. `batch` is another object
   * for each batch.
   */
  prepare?(batch: object): void
  parse(reply: unknown): T | typeof AGAIN
}

/** A submitted operation. */
export interface Pending {
  readonly op: Op<unknown>
  /** By `performance.now()`, which never steps. */
  readonly deadline: number
  /** Must be sent in a batch of its own, because a shared one failed as a whole. */
  isAlone: boolean
  /** Must not share a script call with operations of other keys. */
  isApart: boolean
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

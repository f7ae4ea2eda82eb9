import type { Words } from './command-writer.ts'

/** A Lua file that processes many items in one call: ARGV is `head`, then the arguments of each item; the reply has one row per item, or is no list and for all. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  readonly head: readonly string[]
  /** Where keys and arguments do not just follow each other: writes the call. */
  readonly write?: (script: Script, members: readonly { readonly op: Op<unknown> }[], words: Words) => void
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
  /** Only for a script that writes its call: the routes of both sides. */
  readonly routes?: readonly [string, string]
  /** Its cost for the server; 1 = an append of a short message. Batches are bounded by it, because a running script blocks the server. */
  readonly weight: number
  /** Only for a script that writes its call: what follows the operation. */
  readonly beside?: readonly Beside[] | undefined
  /**
   * Called before script, keys and arguments are read, each time that the operation is sent, in the order of its lane. `batch` is another object
   * for each batch.
   */
  prepare?(batch: object): void
  /** Called when keys and arguments have been written; if they are needed again, `prepare` is called before. */
  sent?(): void
  parse(reply: unknown): T | typeof AGAIN
}

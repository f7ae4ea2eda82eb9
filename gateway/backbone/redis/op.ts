import type { Words } from './command-writer.ts'

/**
 * A Lua file that processes many items in one call: ARGV is `head`, then the arguments of each item. The reply is a list with one row per item, or
 * one value for all.
 */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
  readonly head: readonly string[]
  /** Writes the call, where its keys and arguments are not simply those of all items in a row. */
  readonly write?: (script: Script, members: readonly { readonly op: Op<unknown> }[], words: Words) => void
}

/**
 * What `parse` returns where Redis refused the operation as it was sent: it stays in its lane and is sent again. The operation itself must limit how
 * often.
 */
export const AGAIN = Symbol('again')

/** A command that the script carries out after the operation itself; '' = no argument. */
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
  /** Only for a script that writes its call: commands that follow the operation. */
  readonly beside?: readonly Beside[] | undefined
  /** Read after `prepare`: the reply may be `AGAIN` although nothing was refused, so what is behind it in its lane must not go in the same batch. */
  readonly isLast?: boolean
  /**
   * Called before script, keys and arguments are read, each time that the operation is sent, in the order of its lane. `batch` is another object
   * for each batch.
   */
  prepare?(batch: object): void
  /** Called when keys and arguments have been written and may be dropped; `prepare` is called before they are needed again. */
  sent?(): void
  /** The answer to the caller, from the operation's row of the reply. Throws what the caller is to get instead. */
  parse(reply: unknown): T | typeof AGAIN
}

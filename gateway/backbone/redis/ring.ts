import type { Server } from './server.ts'

export type { Server } from './server.ts'

/** Which server holds what: one, one of a static ring, the master of a Sentinel group, or a Cluster's masters. */
export interface Ring {
  /** One script call may carry several keys' operations. */
  readonly merges: boolean
  /** Channels live in slots: SSUBSCRIBE and SPUBLISH. */
  readonly isSharded: boolean
  /** By a channel's name, or a list's key. Undefined: nobody has this slot now. */
  serverOf(key: string): Server | undefined
  /**
   * What to do about an answer that says "elsewhere" or "not yet": resolves with the server to try next, or undefined for
   * whichever holds the key by then. Rejects with the error where trying again is no use.
   */
  follow(error: Error, server: Server): Promise<{ readonly server: Server; readonly isAsking: boolean } | undefined>
  /** Called when keys may have got another server. */
  onMove(listener: () => void): void
  /** A node of a Cluster said that a channel is not its own any more: have another look. */
  suspect(): void
  /** Resolves when the first attempt to reach every server has ended, well or not. */
  readonly checked: Promise<unknown>
  /** Why this gateway should not be given people now. A part that is down later is not a reason: the rest still works. */
  unready(): string | undefined
  close(): Promise<void>
}

import type { Server } from './server.ts'

export type { Server } from './server.ts'

/**
 * What one script reaches: a server, or a hash tag of a Cluster. A conversation lies in one place, beside the routes by which its publishes find
 * their nodes.
 */
export interface Place {
  readonly number: number
  /** How the keys of its routes and inboxes begin. */
  readonly start: string
}

/** Which server holds a key: a single one, one of a static ring, the master of a Sentinel group, or one of a Cluster's masters. */
export interface Ring {
  /** Operations whose keys have the same group may share a script call. */
  groupOf(key: string): number
  /** Channels live in slots: SSUBSCRIBE and SPUBLISH. */
  readonly isSharded: boolean
  readonly places: readonly Place[]
  placeOf(conversation: string): Place
  /** The server of a channel's name or a key. Undefined: no server has its slot now. */
  serverOf(key: string): Server | undefined
  /**
   * Handles a reply that says "elsewhere" or "not yet": resolves with the server to try next, or undefined for whichever holds
   * the key by then. Rejects with the error if a retry is useless.
   */
  follow(error: Error, server: Server): Promise<{ readonly server: Server; readonly isAsking: boolean } | undefined>
  /** Calls the listener whenever keys may have moved to another server. */
  onMove(listener: () => void): void
  /** Fetches the map again soon: a server said that it no longer holds a channel. */
  refresh(): void
  /** Resolves when the first attempt to reach every server has ended, successfully or not. */
  readonly checked: Promise<unknown>
  /** Why this node should get no clients now. That some servers fail later is no reason: the rest still works. */
  unready(): string | undefined
  close(): Promise<void>
}

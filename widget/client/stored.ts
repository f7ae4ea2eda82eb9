/**
 * What lies in a phone's storage as JSON. Another version of this code reads it, so a name here may not change, and a build that
 * shortens names leaves these alone.
 */
import type { Body, Cursor, Message } from '../../gateway/protocol/model.ts'
import type { OutboxItem } from './types.ts'

/** A guest's pass. */
export interface Guest {
  readonly token: string
  readonly expiresAt: number
}

/** What a person wants said. `cuts`: how often the line broke off soon after it was sent. `state` is the writing window's alone. */
export interface StoredItem extends OutboxItem {
  readonly cuts?: number
  /** Of a picture that has arrived: the body with its bytes, should it be gone when its message comes. */
  readonly original?: Body
}

/** The newest messages of one conversation as they were last seen here: painted before the network answers. */
export interface Copy {
  readonly id: string
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  readonly mine: Cursor
  readonly theirs: Cursor
  readonly name?: string | undefined
}

/** What became of WebSockets to one gateway. */
export interface SocketHistory {
  readonly fails: number
  readonly at: number
}

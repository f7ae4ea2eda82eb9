/** What is stored as JSON on a device. Other versions of this code read it, so the names here must not change. */
import type { Body, Cursor, Message, Shop } from '../../gateway/protocol/model.ts'
import type { OutboxItem } from './types.ts'

/** A guest's pass. */
export interface Guest {
  readonly token: string
  readonly expiresAt: number
}

/** An outbox item as stored. `cuts`: how often the connection broke soon after it was sent. `state` is used by the writing window only. */
export interface StoredItem extends OutboxItem {
  readonly cuts?: number
  /** Of an uploaded picture: the body with its bytes, in case the gateway has lost it when the message is sent. */
  readonly original?: Body
}

/** The newest messages of one conversation, shown before the network answers. */
export interface Copy {
  readonly id: string
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  /** Up to here no entry can change any more. Earlier releases did not store it. */
  readonly settled?: number
  readonly mine: Cursor
  readonly theirs: Cursor
  readonly name?: string | undefined
  readonly shop?: Shop | undefined
}

/** How WebSockets to one gateway fared. */
export interface SocketHistory {
  readonly fails: number
  readonly at: number
}

import { conversationChannel } from '../protocol/keys.ts'
import type { Channels } from './channels.ts'
import type { EncodedPacket } from './encoded-packet.ts'

/** A packet published on a conversation's channel. `origin`: the session that caused it, '' for none. */
export interface Published {
  readonly encoded: EncodedPacket
  readonly origin: string
}

/** A page of the log is being read: the packets held back meanwhile, and the session that caused each seq. */
export interface Reading {
  held: Published[]
  readonly origins: Map<number, string>
}

/** One conversation that a side subscription relays to its peers. */
export class ConversationSubscription {
  readonly conversation: string
  readonly joined: Promise<void>
  readonly listener: (encoded: EncodedPacket, origin: string) => void
  isJoined = false
  isAnnounced = false
  /** While an invitation is handled, or what was lost is read. */
  reading: Reading | undefined
  usedAt = 0
  /** The last seq that was pushed to the peers, or that was in the log before they came. */
  seq = 0

  constructor(conversation: string, channels: Channels, deliver: (subscription: ConversationSubscription, published: Published) => void) {
    this.conversation = conversation
    this.listener = (encoded, origin) => deliver(this, { encoded, origin })
    this.joined = channels.join(conversationChannel(conversation), this.listener).then(() => {
      this.isJoined = true
    })
  }
}

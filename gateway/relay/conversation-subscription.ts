import { conversationChannel } from '../protocol/keys.ts'
import type { Channels } from './channels.ts'
import type { EncodedPacket } from './encoded-packet.ts'

/** What came on a conversation's channel. `origin`: the session that caused it, '' for none. */
export interface Published {
  readonly encoded: EncodedPacket
  readonly origin: string
}

/** One conversation that a side subscription relays to its peers. */
export class ConversationSubscription {
  readonly conversation: string
  readonly joined: Promise<void>
  readonly listener: (encoded: EncodedPacket, origin: string) => void
  isJoined = false
  isAnnounced = false
  /** While an invitation is being shown: what arrived meanwhile, and which session caused which seq. */
  invited: { readonly held: Published[]; readonly origins: Map<number, string> } | undefined
  usedAt = 0
  /** The last seq that the peers were shown, or that was there before they came. */
  seq = 0

  constructor(conversation: string, channels: Channels, deliver: (subscription: ConversationSubscription, published: Published) => void) {
    this.conversation = conversation
    this.listener = (encoded, origin) => deliver(this, { encoded, origin })
    this.joined = channels.join(conversationChannel(conversation), this.listener).then(() => {
      this.isJoined = true
    })
  }
}

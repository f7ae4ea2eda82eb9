/**
 * Who may see which conversation. A conversation has two sides; a participant speaks for one side
 * (a customer for itself, an agent for its shop) and reaches exactly the conversations of that side.
 */
import { conversationId, conversationSides, isGuestId, isShopSide, isSide } from '../../protocol/keys.ts'
import type { Identity } from '../../protocol/model.ts'
import { Refusal } from '../refusal.ts'

/** Who sends a command, and through which session: the session `sid` gets no push about what it did itself. */
export interface Caller {
  readonly identity: Identity
  readonly sid: string
  /** The address the session comes from, for allowances; absent where no visitor's session is behind it. */
  readonly address?: string
  /** Whether the session has ended meanwhile: then nothing more need be read for it. */
  isGone?(): boolean
}

export interface Target {
  readonly conversation?: string
  readonly to?: string
}

/** A conversation as one of its sides sees it. */
export interface SideView {
  readonly conversation: string
  readonly mine: string
  readonly theirs: string
}

/**
 * The conversation a command is about. Throws `forbidden` for someone else's, whether it exists or not, and `unknown_conversation` for an id
 * that is not made of two sides.
 */
export function access(identity: Identity, { conversation, to }: Target): SideView {
  const mine = identity.side
  if (conversation !== undefined) {
    if (to !== undefined) throw new Refusal('bad_request', 'give conversation or to, not both')
    const sides = conversationSides(conversation)
    if (sides === undefined) throw new Refusal('unknown_conversation')
    if (sides[0] === mine) return { conversation, mine, theirs: sides[1] }
    if (sides[1] === mine) return { conversation, mine, theirs: sides[0] }
    throw new Refusal('forbidden')
  }
  if (to === undefined) throw new Refusal('bad_request', 'conversation or to is required')
  if (!isSide(to)) throw new Refusal('bad_request', 'to is not an id')
  if (to === mine) throw new Refusal('bad_request', 'to is yourself')
  if (isShopSide(mine) && isShopSide(to)) throw new Refusal('forbidden')
  return { conversation: conversationId(mine, to), mine, theirs: to }
}

/** Which persons may start conversations with each other: those who are signed in, none, or all. Everybody may start one with a shop. */
export type Direct = 'signed-in' | 'off' | 'on'

/** Whether this participant may send the conversation's first message. Shops and backends may write to anybody. */
export function mayStart(direct: Direct, { role }: Identity, { mine, theirs }: SideView): boolean {
  if (role !== 'customer' || isShopSide(theirs) || direct === 'on') return true
  return direct === 'signed-in' && !isGuestId(mine) && !isGuestId(theirs)
}

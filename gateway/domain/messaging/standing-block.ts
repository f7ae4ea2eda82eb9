/** Reads from a conversation's document whether one of its sides is blocked. */
import type { StoredAssignment } from '../../backbone/backbone.ts'
import { isShopSide } from '../../protocol/keys.ts'
import { documentOf, assignmentAt } from '../assignment/assignment-document.ts'

/** One of two persons has blocked the other. */
export interface PersonBlock {
  /** The side that blocks. */
  readonly by: string
  readonly at: number
}

/** A block that holds now. */
export interface StandingBlock {
  /** '' for a block between persons. */
  readonly reason: string
  /** In ms since the epoch; absent: until it is lifted. */
  readonly until?: number
}

/** The blocks in a conversation between two persons. */
export const blocksOf = (stored: StoredAssignment | undefined): readonly PersonBlock[] =>
  stored === undefined ? [] : ((JSON.parse(stored.text) as { blocks?: readonly PersonBlock[] }).blocks ?? [])

/** The blocks of two persons after one of them blocks the other, or unblocks them; undefined if nothing changes. */
export const withBlock = (blocks: readonly PersonBlock[], wanted: PersonBlock): readonly PersonBlock[] | undefined =>
  blocks.some(({ by }) => by === wanted.by) ? undefined : [...blocks, wanted]
export const withoutBlock = (blocks: readonly PersonBlock[], side: string): readonly PersonBlock[] | undefined =>
  blocks.some(({ by }) => by === side) ? blocks.filter(({ by }) => by !== side) : undefined

/** A shop is a conversation's first side. */
export const isShopConversation = (conversation: string): boolean => isShopSide(conversation)

/** The block that holds against `side` in this conversation now; undefined where there is none. */
export function blockOf(
  { conversation, side, assignment }: { readonly conversation: string; readonly side: string; readonly assignment: StoredAssignment | undefined },
  now: number,
): StandingBlock | undefined {
  if (assignment === undefined || isShopSide(side)) return undefined
  if (!isShopConversation(conversation)) return blocksOf(assignment).some(({ by }) => by !== side) ? { reason: '' } : undefined
  const document = documentOf(assignment)
  const { blocked } = document === undefined ? {} : assignmentAt(document, now)
  if (blocked === undefined) return undefined
  const { reason, until } = blocked
  return until === undefined ? { reason } : { reason, until }
}

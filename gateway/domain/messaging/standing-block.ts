/** What stands in a conversation's document against one of its sides. */
import type { StoredAssignment } from '../../backbone/backbone.ts'
import { conversationSides, isShopSide } from '../../protocol/keys.ts'
import { documentOf, assignmentAt } from '../assignment/assignment-document.ts'

/** One of two persons does not want to hear from the other. */
export interface PersonBlock {
  /** The side that blocks. */
  readonly by: string
  readonly at: number
}

/** Why and until when a side is not heard. A person gives no reason: ''. */
export interface StandingBlock {
  readonly reason: string
  readonly until?: number
}

/** Of a conversation of two persons. */
export const blocksOf = (stored: StoredAssignment | undefined): readonly PersonBlock[] =>
  stored === undefined ? [] : ((JSON.parse(stored.text) as { blocks?: readonly PersonBlock[] }).blocks ?? [])

/** The blocks of two persons after one of them blocks the other, or does so no more; undefined where nothing changes. */
export const withBlock = (blocks: readonly PersonBlock[], wanted: PersonBlock): readonly PersonBlock[] | undefined =>
  blocks.some(({ by }) => by === wanted.by) ? undefined : [...blocks, wanted]
export const withoutBlock = (blocks: readonly PersonBlock[], side: string): readonly PersonBlock[] | undefined =>
  blocks.some(({ by }) => by === side) ? blocks.filter(({ by }) => by !== side) : undefined

export const isShops = (conversation: string): boolean => isShopSide(conversationSides(conversation)?.[0] ?? '')

/** Why `side` is not heard in this conversation now; undefined: it is. */
export function blockOf(
  { conversation, side, service }: { readonly conversation: string; readonly side: string; readonly service: StoredAssignment | undefined },
  now: number,
): StandingBlock | undefined {
  if (service === undefined || isShopSide(side)) return undefined
  if (!isShops(conversation)) return blocksOf(service).some(({ by }) => by !== side) ? { reason: '' } : undefined
  const document = documentOf(service)
  const { blocked } = document === undefined ? {} : assignmentAt(document, now)
  if (blocked === undefined) return undefined
  const { reason, until } = blocked
  return until === undefined ? { reason } : { reason, until }
}

/**
 * Lists conversations, and invites sides to a conversation that they do not follow yet.
 *
 * A node relays a conversation to the sides that follow it. So `announce` publishes an invitation on both sides' own channels, before the
 * sender gets its answer: for a conversation's first message, for the first one that a side sends through this node, and for a repeated
 * one, whose first answer was lost. Nodes that follow the conversation already ignore it.
 */
import type { Bus, ListRow, Page, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationSides, isGuestId, isShopSide, ownChannel } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow } from '../../protocol/model.ts'
import type { Caller, SideView } from './access.ts'
import { firstThatFit, preview } from '../answer-size.ts'
import { documentOf, assignmentAt } from '../assignment/assignment-document.ts'
import type { ShopRecords } from './shop-records.ts'
import { blocksOf, isShopConversation } from './standing-block.ts'

/** JSON on a side's own channel: follow `conversation`, and deliver it from `seq` on. */
export interface Invitation {
  readonly type: 'invite'
  readonly conversation: string
  readonly seq: number
  readonly socketid: string
}

/** Remembers which conversations each side has announced from this node; the hub implements it. */
export interface Announcements {
  /** Marks the conversation as announced by `side`. Returns whether it was before. */
  announce(side: string, conversation: string): boolean
}

export interface ConversationsOptions {
  readonly store: Store
  readonly bus: Bus
  readonly announcements: Announcements
  readonly shops: Pick<ShopRecords, 'named'>
  readonly now: () => number
}

export class Conversations {
  readonly #options: ConversationsOptions

  constructor(options: ConversationsOptions) {
    this.#options = options
  }

  async list(caller: Caller, input: CommandInput<'conversations'>): Promise<CommandAnswer<'conversations'>> {
    const { side } = caller.identity
    const { before, limit = LIMITS.listCount } = input
    const { rows, isCut } = await this.#options.store.list(side, before === undefined ? { limit } : { before, limit })
    const now = this.#options.now()
    const named = await this.#options.shops.named(rows.map((row) => rowFor(side, row, now)))
    const shown = firstThatFit(named)
    return { ok: true, conversations: shown, more: isCut === true || rows.length === limit || shown.length < rows.length }
  }

  /** Returns undefined if there is nothing to wait for. */
  announce({ conversation, mine, theirs }: SideView, cause: { seq: number; duplicate: boolean; sid: string }): Promise<unknown> | undefined {
    const isKnown = this.#options.announcements.announce(mine, conversation)
    if (isKnown && cause.seq > 1 && !cause.duplicate) return undefined
    const invitation: Invitation = { type: 'invite', conversation, seq: cause.seq, socketid: cause.sid }
    const packet = JSON.stringify(invitation)
    return Promise.all([mine, theirs].map((side) => this.#options.bus.publish(ownChannel(side), cause.sid, packet)))
  }
}

/** A row of `side`'s list. Only the shop itself sees the assignment. What a shop is called is not in the store: see `ShopRecords.named`. */
export function rowFor(side: string, { conversation, head, last, cursors, names, assignment }: ListRow, now: number): ConversationRow {
  const [a, b] = conversationSides(conversation) ?? [side, side]
  const to = a === side ? b : a
  const name = nameIn(names, to)
  const document = isShopSide(side) ? documentOf(assignment) : undefined
  return {
    conversation,
    to,
    head,
    last: preview(last),
    cursors: { ...cursors },
    unread: Math.max(0, head.seq - (cursors[side]?.read ?? 0)),
    at: last.at,
    ...(name === undefined ? undefined : { name }),
    ...(isBlocking(side, { conversation, assignment }) ? { blocking: true as const } : undefined),
    ...(isGuestId(to) ? { guest: true as const } : undefined),
    ...(document === undefined ? undefined : { service: assignmentAt(document, now) }),
  }
}

/** A side's last known name. A shop's is that of the agent who wrote last, and the shop is not called so. */
export const nameIn = (names: Readonly<Record<string, string | undefined>>, side: string): string | undefined =>
  isShopSide(side) ? undefined : names[side]

/** Whether this person has blocked the other. False for a shop's conversations. */
export const isBlocking = (
  side: string,
  { conversation, assignment }: { conversation: string; assignment?: ListRow['assignment'] | undefined },
): boolean => assignment !== undefined && !isShopConversation(conversation) && blocksOf(assignment).some(({ by }) => by === side)

/** A row made from a page that ends at the head; undefined for an empty conversation. */
export function rowOfPage(side: string, { conversation, page, now }: { conversation: string; page: Page; now: number }): ConversationRow | undefined {
  const { messages, ...rest } = page
  const last = messages.at(-1)
  return last === undefined ? undefined : rowFor(side, { conversation, last, ...rest }, now)
}

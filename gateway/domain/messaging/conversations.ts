/**
 * Lists of conversations, and how a side learns of one it does not follow yet.
 *
 * A node relays a conversation to the sides that follow it. So the first time that a side present at a node writes
 * to a conversation (and always for its first message, and again when a message is sent twice because the first reply was lost)
 * both sides' own channels are told before the writer gets its answer. Whoever follows already ignores it.
 */
import type { Bus, ListRow, Page, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationSides, isGuestId, isShopSide, ownChannel } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow } from '../../protocol/model.ts'
import type { Caller, Seen } from './access.ts'
import { fitting, preview } from '../answer-size.ts'
import { documentOf, assignmentAt } from '../assignment/assignment-document.ts'
import { blocksOf, isShops } from './standing-block.ts'

/** Travels as JSON on a side's own channel: follow `conversation`, and show it from `seq` on. */
export interface Invitation {
  readonly type: 'invite'
  readonly conversation: string
  readonly seq: number
  readonly socketid: string
}

/** What this node's peers follow; the hub knows. */
export interface Attendance {
  /** Whether `side` has announced this conversation from here before; from now on it has. */
  announce(side: string, conversation: string): boolean
}

export interface ConversationsOptions {
  readonly store: Store
  readonly bus: Bus
  readonly attendance: Attendance
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
    const told = fitting(rows.map((row) => rowFor(side, row, now)))
    return { ok: true, conversations: told, more: isCut === true || rows.length === limit || told.length < rows.length }
  }

  async announce({ conversation, mine, theirs }: Seen, cause: { seq: number; duplicate: boolean; sid: string }): Promise<void> {
    const isKnown = this.#options.attendance.announce(mine, conversation)
    if (isKnown && cause.seq > 1 && !cause.duplicate) return
    const invitation: Invitation = { type: 'invite', conversation, seq: cause.seq, socketid: cause.sid }
    const packet = JSON.stringify(invitation)
    await Promise.all([mine, theirs].map((side) => this.#options.bus.publish(ownChannel(side), cause.sid, packet)))
  }
}

/** A row of `side`'s list. How a conversation is served only the shop itself is told. */
export function rowFor(side: string, { conversation, head, last, cursors, names, service }: ListRow, now: number): ConversationRow {
  const [a, b] = conversationSides(conversation) ?? [side, side]
  const to = a === side ? b : a
  const name = names[to]
  const document = isShopSide(side) ? documentOf(service) : undefined
  return {
    conversation,
    to,
    head,
    last: preview(last),
    cursors: { ...cursors },
    unread: Math.max(0, head.seq - (cursors[side]?.read ?? 0)),
    at: last.at,
    ...(name === undefined ? undefined : { name }),
    ...(isBlocking(side, { conversation, service }) ? { blocking: true as const } : undefined),
    ...(isGuestId(to) ? { guest: true as const } : undefined),
    ...(document === undefined ? undefined : { service: assignmentAt(document, now) }),
  }
}

/** Whether this person has blocked the other. */
export const isBlocking = (side: string, { conversation, service }: { conversation: string; service?: ListRow['service'] | undefined }): boolean =>
  service !== undefined && !isShops(conversation) && blocksOf(service).some(({ by }) => by === side)

/** The same from a page that ends at the head; undefined where nothing was written. */
export function rowOfPage(side: string, { conversation, page, now }: { conversation: string; page: Page; now: number }): ConversationRow | undefined {
  const { messages, ...rest } = page
  const last = messages.at(-1)
  return last === undefined ? undefined : rowFor(side, { conversation, last, ...rest }, now)
}

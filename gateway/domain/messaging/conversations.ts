/** Lists conversations. */
import type { ListRow, Page, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { isGuestId, isShopSide, sidesOf } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow } from '../../protocol/model.ts'
import type { Caller } from './access.ts'
import { firstThatFit, preview } from '../answer-size.ts'
import { documentOf, assignmentAt } from '../assignment/assignment-document.ts'
import type { ShopRecords } from './shop-records.ts'
import { blocksOf, isShopConversation } from './standing-block.ts'

export interface ConversationsOptions {
  readonly store: Store
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
}

/** A row of `side`'s list. Only the shop itself sees the assignment. What a shop is called is not in the store: see `ShopRecords.named`. */
export function rowFor(side: string, { conversation, head, last, cursors, names, assignment }: ListRow, now: number): ConversationRow {
  const [a, b] = sidesOf(conversation)
  const to = a === side ? b : a
  const name = nameIn(names, to)
  const document = isShopSide(side) ? documentOf(assignment) : undefined
  const row: ConversationRow = {
    conversation,
    to,
    head,
    last: preview(last),
    cursors: { ...cursors },
    unread: Math.max(0, head.seq - (cursors[side]?.read ?? 0)),
    at: last.at,
  }
  if (name !== undefined) row.name = name
  if (isBlocking(side, { conversation, assignment })) row.blocking = true
  if (isGuestId(to)) row.guest = true
  if (document !== undefined) row.service = assignmentAt(document, now)
  return row
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

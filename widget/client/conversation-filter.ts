/**
 * Which conversations a list shows, and in which order. Pure. Fast enough for thousands of rows: the searchable text of a row is normalized once.
 */
import type { ConversationRow } from '../../gateway/protocol/model.ts'

/** all; with unread messages; where the other side wrote last. */
export type ConversationFilter = 'all' | 'unread' | 'unanswered'

/** all of the shop's; assigned to me; assigned to nobody. */
export type ConversationShelf = 'all' | 'mine' | 'waiting'

export interface ConversationQuestion {
  /** Absent: all. */
  readonly shelf?: ConversationShelf
  /** The reader's participant id, for `mine`. */
  readonly me?: string | undefined
  /** Words that must all occur in the name, the id or the last message; case and accents are ignored. */
  readonly query: string
  readonly filter: ConversationFilter
  /** Unread conversations above the read ones, or by last activity alone. */
  readonly unreadFirst: boolean
  /**
   * Recently opened conversations, and whether they were unread then. They keep their place, so that reading a row does not move it away from the
   * reader.
   */
  readonly held?: ReadonlyMap<string, boolean>
}

/** The other side wrote last. */
export const isUnanswered = (row: ConversationRow): boolean => row.last !== undefined && row.last.side === row.to

/** The assignment of a conversation decides its shelf. */
export function isOnShelf({ service }: ConversationRow, shelf: ConversationShelf, me: string | undefined): boolean {
  if (shelf === 'all') return true
  return shelf === 'waiting' ? service?.phase === 'waiting' : service?.phase === 'open' && service.agent?.id === me
}

/** Lower case, without accents, full-width forms normalized. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

const folded = new WeakMap<ConversationRow, string>()

function searchText(row: ConversationRow): string {
  let text = folded.get(row)
  if (text === undefined) {
    text = fold(`${row.name ?? ''}\n${row.to}\n${row.last?.body.text ?? ''}`)
    folded.set(row, text)
  }
  return text
}

/** Number of rows with unread messages, as shown in a title or tab. */
export const unreadConversationCount = (rows: readonly ConversationRow[]): number => rows.reduce((count, row) => count + (row.unread > 0 ? 1 : 0), 0)

/** On the waiting shelf the longest wait comes first, whatever `unreadFirst` says. */
export function filterConversations(rows: readonly ConversationRow[], question: ConversationQuestion): readonly ConversationRow[] {
  const { filter, held, me, shelf = 'all', unreadFirst } = question
  const words = fold(question.query).split(/\s+/).filter(Boolean)
  const isShown = (row: ConversationRow): boolean =>
    filter === 'all' || held?.has(row.to) || (filter === 'unread' ? row.unread > 0 : isUnanswered(row))
  const isAbove = (row: ConversationRow): boolean => row.unread > 0 || held?.get(row.to) === true
  const since = (row: ConversationRow): number => row.service?.since ?? row.at
  const order = (a: ConversationRow, b: ConversationRow): number =>
    shelf === 'waiting' ? since(a) - since(b) : (unreadFirst ? Number(isAbove(b)) - Number(isAbove(a)) : 0) || b.at - a.at
  return rows
    .filter((row) => isOnShelf(row, shelf, me) && isShown(row) && words.every((word) => searchText(row).includes(word)))
    .sort((a, b) => order(a, b) || (a.to < b.to ? -1 : 1))
}

/**
 * Which conversations a list shows, and in which order. Pure: rows in, rows out, the same array for the same question,
 * so that a renderer may compare by identity. Written for thousands of rows: what is searched in a row is folded once.
 */
import type { ConversationRow } from '../../gateway/protocol/model.ts'

/** all; with unread messages; where the other side wrote last, so an answer is owed. */
export type ConversationFilter = 'all' | 'unread' | 'unanswered'

export interface ConversationQuestion {
  /** Words that must all occur in name, id or last line; upper and lower case and accents do not matter. */
  readonly query: string
  readonly filter: ConversationFilter
  /** Unread conversations above the read ones, or by last activity alone. */
  readonly unreadFirst: boolean
  /**
   * Conversations opened lately, and whether they were unread then. They stay where they were: reading a row must not make it
   * jump away from under the reader's eyes, and the way back must lead where he came from.
   */
  readonly held?: ReadonlyMap<string, boolean>
}

/** The other side wrote last. */
export const isUnanswered = (row: ConversationRow): boolean => row.last !== undefined && row.last.side === row.to

/** Lower case, without accents, full-width forms made plain: what is typed finds what was meant. */
export const fold = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

const folded = new WeakMap<ConversationRow, string>()

function searchText(row: ConversationRow): string {
  let text = folded.get(row)
  if (text === undefined) {
    text = fold(`${row.name ?? ''}\n${row.to}\n${row.last?.body.text ?? ''}`)
    folded.set(row, text)
  }
  return text
}

/** Number of rows with something unread: what a title or a tab shows. */
export const unreadConversationCount = (rows: readonly ConversationRow[]): number =>
  rows.reduce((count, row) => count + (row.unread > 0 ? 1 : 0), 0)

export function filterConversations(rows: readonly ConversationRow[], question: ConversationQuestion): readonly ConversationRow[] {
  const { filter, held, unreadFirst } = question
  const words = fold(question.query).split(/\s+/).filter(Boolean)
  const isShown = (row: ConversationRow): boolean =>
    filter === 'all' || held?.has(row.to) || (filter === 'unread' ? row.unread > 0 : isUnanswered(row))
  const isAbove = (row: ConversationRow): boolean => row.unread > 0 || held?.get(row.to) === true
  return rows
    .filter((row) => isShown(row) && words.every((word) => searchText(row).includes(word)))
    .sort((a, b) => (unreadFirst ? Number(isAbove(b)) - Number(isAbove(a)) : 0) || b.at - a.at || (a.to < b.to ? -1 : 1))
}

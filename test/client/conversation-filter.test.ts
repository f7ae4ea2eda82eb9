import { describe, expect, test } from 'vitest'
import type { ConversationRow } from '../../gateway/protocol/model.ts'
import { filterConversations, isUnanswered, type ConversationQuestion } from '../../widget/client/conversation-filter.ts'

interface Given {
  readonly at?: number
  readonly mine?: boolean
  readonly name?: string
  readonly text?: string
  readonly unread?: number
}

function row(to: string, { at = 1, mine = false, name, text = 'hi', unread = 0 }: Given = {}): ConversationRow {
  const side = mine ? 'shop:42' : to
  const last = { conversation: `shop:42~${to}`, epoch: 'e', seq: 1, id: to, from: side, side, kind: 'text', body: { text }, at }
  return { conversation: last.conversation, to, head: { epoch: 'e', seq: 1, id: to }, last, cursors: {}, unread, at, ...(name ? { name } : {}) }
}

const ask = (rows: readonly ConversationRow[], question: Partial<ConversationQuestion> = {}): string[] =>
  filterConversations(rows, { query: '', filter: 'all', unreadFirst: true, ...question }).map(({ to }) => to)

describe('which conversations a list shows', () => {
  test('the newest first, those with unread messages above', () => {
    const rows = [row('a', { at: 3 }), row('b', { at: 1, unread: 2 }), row('c', { at: 2 })]
    expect(ask(rows)).toEqual(['b', 'a', 'c'])
    expect(ask(rows, { unreadFirst: false })).toEqual(['a', 'c', 'b'])
  })

  test('an opened row stays where it was, and stays in the filter that showed it', () => {
    const rows = [row('a', { at: 3 }), row('b', { at: 1 })]
    expect(ask(rows, { held: new Map([['b', true]]) })).toEqual(['b', 'a'])
    expect(ask(rows, { filter: 'unread', held: new Map([['b', true]]) })).toEqual(['b'])
  })

  test('finds by name, id and last line, whatever the case, accents and width', () => {
    const rows = [row('u1', { name: 'Zoë Ångström' }), row('u2', { text: 'Where is ORDER ２０２４?' }), row('g-77')]
    expect(ask(rows, { query: 'angstrom zoe' })).toEqual(['u1'])
    expect(ask(rows, { query: 'order 2024' })).toEqual(['u2'])
    expect(ask(rows, { query: 'G-7' })).toEqual(['g-77'])
    expect(ask(rows, { query: 'zoe 2024' })).toEqual([])
  })

  test('unanswered are those in which the other side wrote last', () => {
    const rows = [row('a'), row('b', { mine: true })]
    expect(rows.filter(isUnanswered).map(({ to }) => to)).toEqual(['a'])
    expect(ask(rows, { filter: 'unanswered' })).toEqual(['a'])
  })
})

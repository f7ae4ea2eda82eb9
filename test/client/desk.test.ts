import { describe, expect, test } from 'vitest'
import type { ConversationRow, Assignment } from '../../gateway/protocol/model.ts'
import { filterConversations } from '../../widget/client/conversation-filter.ts'
import { markWords } from '../../widget/desk/search/mark-words.ts'
import { readQuickReplies, writeQuickReplies } from '../../widget/desk/replies/quick-reply-file.ts'

const row = (to: string, at: number, service?: Assignment): ConversationRow => ({
  conversation: `shop:1~${to}`,
  to,
  head: { epoch: 'e', seq: 1 },
  cursors: {},
  unread: 0,
  at,
  ...(service ? { service } : {}),
})

describe('shelves', () => {
  const rows = [
    row('a', 5, { phase: 'waiting', since: 4 }),
    row('b', 4, { phase: 'waiting', since: 2 }),
    row('c', 3, { phase: 'open', agent: { id: 'ann' }, since: 1 }),
    row('d', 2, { phase: 'open', agent: { id: 'bea' }, since: 1 }),
    row('e', 1, { phase: 'closed', agent: { id: 'ann' }, since: 1 }),
    row('f', 0),
  ]
  const on = (shelf: 'all' | 'mine' | 'waiting') =>
    filterConversations(rows, { query: '', filter: 'all', unreadFirst: true, shelf, me: 'ann' }).map(({ to }) => to)

  test('mine are the ones I have open; the one that has waited longest is first; all are all', () => {
    expect(on('mine')).toEqual(['c'])
    expect(on('waiting')).toEqual(['b', 'a'])
    expect(on('all')).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})

describe('the words that were found', () => {
  const found = (text: string, query: string) =>
    markWords(text, query)
      .filter(({ isFound }) => isFound)
      .map(({ text: word }) => word)

  test('are marked as they are written, whatever the case, accents and width', () => {
    expect(found('Zoë asked ZOE twice', 'zoe')).toEqual(['Zoë', 'ZOE'])
    expect(found('Order ２０２４-7', '2024')).toEqual(['２０２４'])
    expect(markWords('nothing here', 'x')).toEqual([{ text: 'nothing here', isFound: false }])
  })

  test('a long text starts shortly before the first, and ten thousand marks stay short', () => {
    expect(markWords(`${'a '.repeat(200)}kettle`, 'kettle')[0]!.text.length).toBeLessThan(30)
    const pieces = markWords(`k${'\u0301'.repeat(10_000)}ettle`, 'kettle')
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1000)
  })
})

describe('a file of quick replies', () => {
  let count = 0
  const read = (text: string) => readQuickReplies(text, () => `new-${++count}`)

  test('is imported as it was exported', () => {
    const quickReplies = [{ id: 'a', scope: 'shop', folder: 'Hi', title: 'Hello', text: 'Hello {customer}' }] as const
    expect(read(writeQuickReplies(quickReplies))).toEqual({ quickReplies })
  })

  test('is refused as a whole, and the refusal names the entry', () => {
    expect(read('{')).toEqual({ fault: 'notJson' })
    expect(read('7')).toEqual({ fault: 'noList' })
    expect(read('[]')).toEqual({ fault: 'empty' })
    expect(read(JSON.stringify(Array(501).fill({ title: 'a', text: 'b' })))).toEqual({ fault: 'tooMany', n: 500 })
    expect(read('[{"title":"a","text":"\\u200b\\u2060"}]')).toEqual({ fault: 'badEntry', n: 1 })
    expect(read('[{"title":"a","text":"b"},{"title":"a"}]')).toEqual({ fault: 'badEntry', n: 2 })
    expect(read(`[{"title":"${'a'.repeat(81)}","text":"b"}]`)).toEqual({ fault: 'badEntry', n: 1 })
    expect(read(`"${'x'.repeat(1_000_001)}"`)).toEqual({ fault: 'tooLarge' })
  })

  test("an entry without id and scope gets an id and is the agent's own", () => {
    expect(read('[{"title":" a ","text":"b","folder":" "}]')).toEqual({
      quickReplies: [{ id: expect.stringMatching(/^new-/) as string, scope: 'own', title: 'a', text: 'b' }],
    })
  })
})

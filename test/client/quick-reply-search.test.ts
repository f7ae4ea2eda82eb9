import { describe, expect, test } from 'vitest'
import { fillQuickReply, searchQuickReplies } from '../../widget/desk/replies/quick-reply-search.ts'

const REPLIES = [
  { id: '1', title: 'Hello', text: 'Hello {customer}, how can I help?' },
  { id: '2', title: 'Shipping times', text: 'Orders before noon leave the same day.', folder: 'Delivery' },
  { id: '3', title: 'Return label', text: 'Here is your label.', folder: 'Returns' },
  { id: '4', title: 'Überweisung', text: 'Bank details follow.' },
]

const find = (query: string): string[] => searchQuickReplies(REPLIES, query).map(({ id }) => id)

describe('quick replies', () => {
  test('no text offers all, in their order', () => expect(find('')).toEqual(['1', '2', '3', '4']))
  test('a match in a title comes before one in a text, at a start before one in a middle', () => expect(find('l')[0]).toBe('3'))
  test('letters in order are enough', () => expect(find('shptm')).toEqual(['2']))
  test('accents and case do not matter', () => expect(find('uber')).toEqual(['4']))
  test('a folder finds its replies', () => expect(find('delivery')).toEqual(['2']))
  test('text that is nowhere finds nothing', () => expect(find('zzz')).toEqual([]))

  test('known names are filled in, unknown ones stay visible', () => {
    expect(fillQuickReply('Hello {customer}, about {order} and {nothing}', { customer: 'Kim', order: undefined })).toBe(
      'Hello Kim, about {order} and {nothing}',
    )
  })
})

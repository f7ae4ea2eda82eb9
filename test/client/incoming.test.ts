/** What strangers wrote, and what other programs left in the storage, enters in the types that the code behind it counts on. */
import { describe, expect, test } from 'vitest'
import {
  answerFrom,
  copyFrom,
  guestFrom,
  handshakeFrom,
  messageFrom,
  pushFrom,
  refusalFrom,
  welcomeFrom,
  outboxItemFrom,
} from '../../widget/client/incoming.ts'
import { MAILBOX_CHECKS } from '../../widget/client/incoming-mailbox.ts'

const MESSAGE = { conversation: 'shop:1~a', epoch: 'e', seq: 1, id: 'x', from: 'a', side: 'a', kind: 'text', body: { text: 'Hello' }, at: 5 }
const ROW = { conversation: 'shop:1~a', to: 'a', head: { epoch: 'e', seq: 1 }, cursors: {}, unread: 1, at: 5 }
/** Values of every type that JSON has, and those that break what handles them. */
const WRONG: readonly unknown[] = [null, true, 0, -1, 1e300, '', 'x', [], [1], {}, { toString: 1 }, { valueOf: null, length: 1e9 }, '__proto__']

describe('a message', () => {
  test('keeps its number, whatever its body is', () => {
    for (const body of WRONG) expect(messageFrom({ ...MESSAGE, body })).toMatchObject({ seq: 1, body: { text: expect.any(String) } })
  })

  const fields = ['title', 'price', 'number', 'status', 'total', 'url', 'image', 'width', 'height', 'progress', 'problem']
  test.each(fields)('%s is of its type or absent', (field) => {
    for (const value of WRONG) {
      const body = messageFrom({ ...MESSAGE, body: { text: 'x', [field]: value } })!.body as Readonly<Record<string, unknown>>
      expect(['undefined', 'string', 'number']).toContain(typeof body[field])
    }
  })

  test('a picture of a stranger has no `data:` and no progress', () => {
    const body = { text: '', url: 'data:image/svg+xml,x', image: 'javascript:alert(1)', progress: 1 }
    expect(messageFrom({ ...MESSAGE, body })!.body).toEqual({ text: '' })
  })

  test('fields that only the own page knows stay', () => {
    expect(messageFrom({ ...MESSAGE, kind: 'visit', body: { text: 'x', place: { lat: 1 } } })!.body).toEqual({ text: 'x', place: { lat: 1 } })
  })
})

describe('pushes, answers, welcomes', () => {
  test('any value in any place is taken or ignored, and never throws', () => {
    for (const value of WRONG) {
      for (const name of ['messagePush', 'conversationPush', 'transferPush', 'presencePush', 'byePush', 'noticePush'] as const)
        pushFrom(MAILBOX_CHECKS, name, value)
      for (const name of ['history', 'conversations', 'customer', 'presence', 'queue', 'send'] as const) answerFrom(MAILBOX_CHECKS, name, value)
      expect(welcomeFrom(value)).toBeUndefined()
    }
  })

  test('a row that cannot be used is left out, the others stay', () => {
    const rows = [ROW, { ...ROW, to: '__proto__' }, { ...ROW, head: 1 }, { ...ROW, to: 'b', name: { toString: 1 } }]
    expect(answerFrom(MAILBOX_CHECKS, 'conversations', { ok: true, conversations: rows, more: false })!.conversations).toEqual([
      ROW,
      { ...ROW, to: 'b' },
    ])
  })

  test('fields of a newer gateway stay', () => {
    expect(pushFrom(MAILBOX_CHECKS, 'presencePush', { side: 'a', online: true, mood: 'good' })).toEqual({ side: 'a', online: true, mood: 'good' })
  })

  test.each([
    [1e300, 3_600_000],
    [-5, 0],
    ['soon', undefined],
    [null, undefined],
    [250, 250],
  ])('afterMs %j is waited %j', (afterMs, waited) => {
    expect(refusalFrom({ code: 'rate_limited', afterMs }).afterMs).toBe(waited)
    expect(pushFrom(MAILBOX_CHECKS, 'byePush', { code: 'draining', reconnect: true, afterMs } as never)!.afterMs).toBe(waited)
  })

  test('a welcome without fields is ignored', () => {
    expect(welcomeFrom({})).toBeUndefined()
    expect(welcomeFrom({ sid: 's', identity: { id: 'a', role: 'customer', side: 'a', expiresAt: 1 }, resumed: [] })).toBeDefined()
  })

  test.each(['', '{}', '[]', '{"sid":"x"}', '{"sid":"x","pingInterval":"y","pingTimeout":1}'])('handshake %j is none', (json) => {
    expect(handshakeFrom(json)).toBeUndefined()
  })
})

test('nothing of the wrong shape is read from the storage', () => {
  for (const value of WRONG) for (const check of [copyFrom, outboxItemFrom, guestFrom]) expect(check(value)).toBeUndefined()
})

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backendKey,
  conversationId,
  conversationSides,
  isId,
  isShopSide,
  participantId,
  shardNumber,
  shopSide,
  userChannel,
} from '../../gateway/protocol/keys.ts'

interface Vector {
  readonly name: string
  readonly sourceid: string | null
  readonly fromid: string
  readonly key: string
  readonly numbers: Readonly<Record<string, number>>
}

const committed = readFileSync('test/protocol/key-vectors.json', 'utf8')
const vectors = JSON.parse(committed) as Vector[]

describe('keys and server numbers', () => {
  test('the committed examples are what PHP computes', () => {
    expect(execFileSync('php', ['test/protocol/key-vectors.php'], { encoding: 'utf8' })).toBe(committed)
  })

  test.each(vectors)('$key', ({ name, sourceid, fromid, key, numbers }) => {
    expect(backendKey(name, sourceid ?? undefined, fromid)).toBe(key)
    for (const [count, number] of Object.entries(numbers)) expect(shardNumber(key, Number(count))).toBe(number)
  })

  test("a user's channel is the key ImMsgPub of that user", () => {
    expect(userChannel(participantId('wx', '10086'))).toBe(backendKey('ImMsgPub', 'wx', '10086'))
  })
})

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => isId(text) && !isShopSide(text))
const side = fc.oneof(id, fc.string({ minLength: 1, maxLength: 20 }).map(shopSide).filter(isId))

describe("a conversation's id", () => {
  test('is the same from both sides, and contains both', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        fc.pre(a !== b && !(isShopSide(a) && isShopSide(b)))
        const made = conversationId(a, b)
        expect(conversationId(b, a)).toBe(made)
        expect([...(conversationSides(made) ?? [])].sort()).toEqual([a, b].sort())
      }),
    )
  })

  test('names the shop first', () => {
    expect(conversationId('a', 'shop:z')).toBe('shop:z~a')
  })

  test.each(['', '~', 'a', 'a~', '~a', 'a~a', 'b~a', 'a~shop:1', 'a~b~c', 'a b~c', 'a~{b}', 'a~b\n', 'shop:1~shop:2', 'shop:~a', 'shop:1~shop:'])(
    'is not %j',
    (text) => {
      expect(conversationSides(text)).toBe(undefined)
    },
  )
})

test.each([
  ['a', true],
  ['张三', true],
  ['👩‍💻', false],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['a b', false],
  ['a\u0000', false],
  ['a~b', false],
  ['{a}', false],
  ['shop:1', true],
])('isId(%j) is %s', (text, expected) => {
  expect(isId(text)).toBe(expected)
})

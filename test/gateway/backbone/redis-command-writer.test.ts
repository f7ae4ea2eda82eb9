/** Commands as bytes: what Redis would read is what was to be said, whatever its length in characters and in bytes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandWriter } from '../../../gateway/backbone/redis/command-writer.ts'

const expected = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

/** Lone surrogates have no bytes of their own. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

function write(writer: CommandWriter, words: readonly string[]): string {
  const from = writer.length
  writer.begin(words.length)
  for (const word of words) writer.word(word)
  return writer.slice(from, writer.length).toString()
}

test('each word has the number of its bytes before it, also where that has more digits than the number of its characters', () => {
  const writer = new CommandWriter()
  for (const length of [0, 1, 4, 5, 9, 10, 33, 34, 99, 100, 333, 334, 999, 1000, 3334, 9999, 10_000, 33_334]) {
    for (const character of ['x', 'ä', '客', '😀', '\r', '\0']) {
      const words = ['SET', character.repeat(length), 'end']
      writer.clear()
      expect(write(writer, words)).toBe(expected(words))
    }
  }
})

test('any words, one command behind another, are written as they are', () => {
  const writer = new CommandWriter()
  const word = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 400 })).map(wellFormed)
  fc.assert(
    fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 20 }), { maxLength: 5 }), (commands) => {
      writer.clear()
      expect(commands.map((words) => write(writer, words))).toEqual(commands.map(expected))
    }),
  )
})

test('a lone surrogate is replaced, and counted as what replaces it', () => {
  const words = ['a\ud800', '\udc00']
  expect(write(new CommandWriter(), words)).toBe(expected(words.map(wellFormed)))
})

test('what was written stays as it is while more is written behind it, however much', () => {
  const writer = new CommandWriter()
  const first = ['FIRST', '客'.repeat(5000)]
  const { length } = Buffer.from(write(writer, first))
  for (let n = 0; n < 12; n++) write(writer, ['MORE', 'x'.repeat(2 ** (n + 8))])
  expect(writer.slice(0, length).toString()).toBe(expected(first))
})

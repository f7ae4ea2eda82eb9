/** What stays of an insertion that is far too long. The limit is 4000 to send and 8000 in the field. */
import { expect, test } from 'vitest'
import { cutInsertion } from '../../widget/chat/composer/cut-insertion.ts'

const long = 'x'.repeat(1_000_000)

test('below the field’s limit nothing is cut, though it is too long to be sent', () => {
  expect(cutInsertion('', { text: 'x'.repeat(7999), caret: 7999 })).toBeUndefined()
})

test('a megabyte in an empty field: its beginning stays', () => {
  expect(cutInsertion('', { text: long, caret: long.length })).toEqual({ text: 'x'.repeat(4000), caret: 4000 })
})

test('text before and after the caret is not cut', () => {
  const cut = cutInsertion('Hello, world', { text: `Hello, ${long}world`, caret: 7 + long.length })
  expect(cut?.text).toHaveLength(4000)
  expect(cut?.text).toMatch(/^Hello, x+world$/)
  expect(cut?.caret).toBe(3995)
})

test('the selected text is replaced', () => {
  const cut = cutInsertion('one two three', { text: `one ${long} three`, caret: 4 + long.length })
  expect(cut?.text).toMatch(/^one x+ three$/)
  expect(cut?.text).toHaveLength(4000)
})

test('a text that was too long before gets none of it, and loses nothing', () => {
  const before = 'y'.repeat(5000)
  expect(cutInsertion(before, { text: before + long, caret: before.length + long.length })).toEqual({ text: before, caret: 5000 })
})

test('a letter typed into a full field is left out, and nothing else', () => {
  const before = 'y'.repeat(7999)
  expect(cutInsertion(before, { text: `${before}z`, caret: 8000 })).toEqual({ text: before, caret: 7999 })
})

test('no emoji is cut in half', () => {
  expect(cutInsertion('', { text: `x${'😀'.repeat(10_000)}`, caret: 20_001 })?.text).toBe(`x${'😀'.repeat(1999)}`)
})

test('a script that put the caret elsewhere', () => {
  expect(cutInsertion('', { text: long, caret: 0 })).toEqual({ text: 'x'.repeat(4000), caret: 0 })
})

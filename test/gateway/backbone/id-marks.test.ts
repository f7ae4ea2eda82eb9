import { expect, test } from 'vitest'
import { IdMarks } from '../../../gateway/backbone/embedded/id-marks.ts'
import { idHash } from '../../../gateway/backbone/embedded/keys-on-disk.ts'

test('an id that was added may be there, however many follow it', () => {
  const marks = new IdMarks()
  for (let n = 0; n < 20_000; n++) marks.add(idHash('a', `m${n}`))
  for (let n = 0; n < 20_000; n++) expect(marks.mayHave(idHash('a', `m${n}`))).toBe(true)
})

test.each([0, 1, 10, 100, 1_000, 4_000])('of ids that were not added, with %i others, nearly all are certain to be new', (count) => {
  const marks = new IdMarks()
  for (let n = 0; n < count; n++) marks.add(idHash('a', `m${n}`))
  const unsure = Array.from({ length: 1_000 }, (_, n) => marks.mayHave(idHash('b', `m${n}`))).filter(Boolean)
  expect(unsure.length).toBeLessThan(100)
})

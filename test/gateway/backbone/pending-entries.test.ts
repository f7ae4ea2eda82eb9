/** The entries between journal and `main` are found like those of a Map, whatever is added, settled, undone and forgotten in which order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idHash, type IdHash } from '../../../gateway/backbone/embedded/keys-on-disk.ts'
import { PendingEntries } from '../../../gateway/backbone/embedded/pending-entries.ts'

test('any order of commits, failures and checkpoints leaves what a list would have', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 9 }), fails: fc.boolean() }) },
    fc.record({ kind: fc.constant('forget' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const entries = new PendingEntries()
      let expected: { id: string; batch: Buffer; start: number; end: number }[] = []
      let made = 0
      for (const one of steps) {
        if (one.kind === 'forget') {
          const count = Math.floor(one.share * expected.length)
          entries.forget(count)
          expected = expected.slice(count)
        } else {
          const batch = Buffer.alloc(1)
          const added = Array.from({ length: one.count }, (_, n) => ({ id: `m${++made}`, batch, start: n, end: made }))
          for (const { id } of added) entries.note(idHash('a', id))
          for (const [n, { id }] of added.entries()) expect(entries.find(idHash('a', id))).toBe(expected.length + n)
          if (one.fails) entries.rollBack()
          else for (const part of added) entries.settle(part)
          if (!one.fails) expected.push(...added)
        }
        expect(entries.length).toBe(expected.length)
        for (const [index, { id, ...part }] of expected.entries()) {
          expect(entries.find(idHash('a', id))).toBe(index)
          expect(entries.part(index)).toEqual(part)
          expect(entries.hash(index)).toEqual(idHash('a', id))
        }
        expect(entries.find(idHash('a', `m${made + 1}`))).toBeUndefined()
        if (made > expected.length) expect(entries.find(idHash('b', `m${made}`))).toBeUndefined()
      }
    }),
  )
})

test('hashes of one pattern do not make one another slow', () => {
  const cpuOf = (hashOf: (n: number) => IdHash): number => {
    const entries = new PendingEntries()
    const startedAt = process.cpuUsage()
    for (let n = 0; n < 30_000; n++) {
      entries.note(hashOf(n))
      entries.settle({ batch: Buffer.alloc(0), start: 0, end: 0 })
    }
    return process.cpuUsage(startedAt).user
  }
  const usual = Math.min(...[1, 2, 3].map(() => cpuOf((n) => idHash('a', `m${n}`))))
  // the lowest half of each is the same
  expect(cpuOf((n) => ({ high: (n << 17) >>> 0, low: (n << 16) >>> 0 }))).toBeLessThan(8 * usual)
})

/** Reading from files is done in one go: many who read much at once do not keep everything else waiting for all of it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

test('a hundred pages of half a megabyte, asked for at once, are read over many turns; small ones within one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-turns-'))
  const { store, close } = await openEmbedded({ dataDir: folder })
  onTestFinished(async () => {
    await close()
    await rm(folder, { recursive: true })
  })
  const append = (conversation: string, n: number, bulk: string) =>
    store.append({ conversation, id: `m${n}`, from: 'c', side: 'c', kind: 'text', body: { text: 'x', ...{ bulk } }, at: n, origin: '' })
  await Promise.all(Array.from({ length: 10 }, (_, n) => append('shop:1~c', n, 'x'.repeat(60_000))))
  await append('shop:2~c', 1, '')
  await turn()
  const turnsOf = async (reads: readonly Promise<unknown>[]): Promise<number> => {
    let [turns, isDone] = [0, false]
    const done = Promise.all(reads).then(() => {
      isDone = true
    })
    for (; !isDone; turns++) await turn()
    await done
    return turns
  }
  expect(await turnsOf(Array.from({ length: 100 }, () => store.read('shop:1~c', { limit: 100 })))).toBeGreaterThanOrEqual(99)
  expect(await turnsOf(Array.from({ length: 100 }, () => store.list('shop:1', { limit: 100 })))).toBeGreaterThan(10)
  await turn()
  expect(await turnsOf(Array.from({ length: 100 }, () => store.read('shop:2~c', { limit: 100 })))).toBeLessThanOrEqual(1)
  // closed while somebody waits: no answer of a store that is gone
  const waiting = Array.from({ length: 10 }, () =>
    store.read('shop:1~c', { limit: 100 }).then(
      () => 'read',
      (error: Error) => error.name,
    ),
  )
  void close()
  expect(await Promise.all(waiting)).toContain('Unavailable')
})

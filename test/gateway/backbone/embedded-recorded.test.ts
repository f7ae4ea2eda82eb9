/**
 * Upgrade and rollback of a data folder. `recorded/` has what a gateway wrote in November 2026 (`makeSound`), and stays as it is: whoever changes the format adds a
 * recording of the new one beside it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkData } from '../../../gateway/backbone/embedded/check-data.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { FORMAT, openFiles } from '../../../gateway/backbone/embedded/files.ts'
import { contentOf, dataOf, EACH, FILES, scratchFolder, TALKS } from './damage.ts'

let root: string
beforeAll(() => {
  root = scratchFolder('recorded')
})
afterAll(() => rmSync(root, { recursive: true }))

function recorded(format: number, place: string): string {
  for (const name of FILES) {
    mkdirSync(join(place, name), { recursive: true })
    writeFileSync(dataOf(place, name), gunzipSync(readFileSync(join(import.meta.dirname, 'recorded', `folder-format-${format}-${name}.mdb.gz`))))
  }
  return place
}

it('a folder of format 3 is read with everything in it, and written on', async () => {
  const folder = recorded(3, join(root, 'three'))
  expect(await checkData(folder)).toMatchObject({ conversationCount: TALKS, messageCount: TALKS * EACH, recordCount: 3, imageCount: 6, faults: [] })
  const backbone = await openEmbedded({ dataDir: folder })
  const { pages, listed, blocked } = await contentOf(backbone)
  expect(listed).toEqual(Array.from({ length: TALKS }, (_, c) => `shop:7~c${c}`))
  expect(blocked).toEqual(['c1', 'c2', 'c3'])
  for (const [c, { messages, names }] of pages.entries()) {
    expect(messages.map(({ seq, id, body }) => [seq, id, body.text])).toEqual(
      Array.from({ length: EACH }, (_, i) => [i + 1, `m${i + 1}`, `${c}.${i + 1} `.repeat((i + 1) * 20)]),
    )
    expect(names).toEqual({ [`c${c}`]: `Customer ${c}` })
  }
  expect(pages[1]!.assignment).toMatchObject({ text: 'closed' })
  expect(pages[2]!.cursors).toEqual({ c2: { delivered: EACH, read: EACH }, 'shop:7': { delivered: 20, read: 10 } })
  const next = { conversation: 'shop:7~c0', id: 'next', from: 'c0', side: 'c0', kind: 'text', body: { text: 'on' }, at: 1e12, origin: '' }
  expect(await backbone.store.append({ ...next, id: 'm1' })).toMatchObject({ seq: 1, duplicate: true })
  expect(await backbone.store.append(next)).toMatchObject({ seq: EACH + 1, prev: `m${EACH}` })
  await backbone.close()
})

it('a folder of a newer format is refused by each command and by the start, unchanged', async () => {
  const folder = recorded(3, join(root, 'newer'))
  const files = await openFiles(folder)
  await files.about.put(Buffer.from('format'), String(FORMAT + 1))
  await files.close()
  const before = FILES.map((name) => readFileSync(dataOf(folder, name)).toString('latin1'))
  const { backup, restore } = await import('../../../gateway/backbone/embedded/backup.ts')
  const { openMoveSource } = await import('../../../gateway/backbone/embedded/move-source.ts')
  await expect(openEmbedded({ dataDir: folder })).rejects.toThrow(/was written in format \d+, this build reads \d+; start a newer build/)
  await expect(checkData(folder)).rejects.toThrow(/is of format \d+.*use the version that wrote it/)
  await expect(backup(folder, join(root, 'copy'))).rejects.toThrow(/is of format \d+/)
  await expect(restore(folder, join(root, 'restored'))).rejects.toThrow(/is of format \d+/)
  await expect(openMoveSource(folder)).rejects.toThrow(/format \d+/)
  expect(FILES.map((name) => readFileSync(dataOf(folder, name)).toString('latin1'))).toEqual(before)
})

/** What the embedded store of images does by and by, and how much it takes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EmbeddedImages } from '../../../gateway/backbone/embedded/embedded-images.ts'
import { openFiles, type Files } from '../../../gateway/backbone/embedded/files.ts'

let folder: string
let files: Files
let now: number
beforeEach(async () => {
  now = Date.parse('2026-01-01')
  folder = mkdtempSync(join(tmpdir(), 'im-chat-images-'))
  files = await openFiles(folder)
})
afterEach(async () => {
  await files.close()
  rmSync(folder, { recursive: true })
})

const image = (bytesCount: number) => ({ type: 'image/png', bytes: Buffer.alloc(bytesCount, 7) })
const entries = (): number => files.images.raw.getKeysCount({})

test('a sweep deletes what has expired, with all that belongs to it, and reads nothing else', async () => {
  const images = new EmbeddedImages(files, { now: () => now, limitBytes: 0 })
  const old = await images.put(image(10)) // as an older build wrote it
  const ids = await Promise.all(Array.from({ length: 130 }, (_, n) => images.put(image(10), 1000 + n)))
  for (const id of ids.slice(0, 5)) expect(await images.keep(id)).toBeGreaterThan(0)
  now += 1100
  expect(await images.sweep()).toBe(96)
  expect(await images.sweep()).toBe(0)
  // the folder's stamp, the old one, the kept, and three entries for each that still waits
  expect(entries()).toBe(1 + 1 + 5 + 3 * 29)
  now += 1e12
  expect(await images.sweep()).toBe(29)
  for (const id of [old, ...ids.slice(0, 5)]) expect(await images.get(id)).toBeDefined()
  expect(await images.get(ids[9]!)).toBeUndefined()
})

test('a sweep and a keep at once: the kept image is there', async () => {
  const images = new EmbeddedImages(files, { now: () => now, limitBytes: 0 })
  const ids = await Promise.all(Array.from({ length: 60 }, () => images.put(image(10), 1000)))
  now += 999
  const kept = ids.map((id) => images.keep(id))
  now += 1
  const swept = images.sweep()
  const left = await Promise.all(kept)
  await swept
  for (const [n, id] of ids.entries()) expect((await images.get(id)) !== undefined).toBe(left[n] !== undefined)
})

test('no more than the limit is stored, and swept images free their room', async () => {
  const images = new EmbeddedImages(files, { now: () => now, limitBytes: 1_000_000 })
  for (let n = 0; n < 9; n++) await images.put(image(100_000), 1000)
  await expect(images.put(image(100_000))).rejects.toMatchObject({ name: 'Full', message: expect.stringContaining('IMAGES_MB') as string })
  now += 1000
  await images.sweep()
  await images.put(image(100_000))
})

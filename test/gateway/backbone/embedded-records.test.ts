/** Records of the embedded store that do not fit into memory: what is read is the same, and what is held is bounded. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EmbeddedRecords } from '../../../gateway/backbone/embedded/embedded-records.ts'
import { openFiles, type Files } from '../../../gateway/backbone/embedded/files.ts'

const NOW = 1_700_000_000_000
let folder: string
let files: Files
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  files = await openFiles(folder)
})
afterEach(async () => {
  await files.close()
  await rm(folder, { recursive: true })
})

const shops = Array.from({ length: 300 }, (_, n) => `shop:${n}/open`)
const put = (records: EmbeddedRecords, collection: string, key: string, fields = {}) =>
  records.put({ collection, key, value: `of ${collection}`, now: NOW, ...fields })

test('thousands of collections do not stay in memory, and each is read as it was written', async () => {
  const records = new EmbeddedRecords(files, 20_000)
  await Promise.all(shops.flatMap((shop) => ['a', 'b'].map((key) => put(records, shop, key))))
  expect(records.bytes).toBeLessThanOrEqual(20_000)
  for (const shop of shops) {
    const items = await records.items(shop, NOW)
    expect(items.map(({ key, value }) => [key, value])).toEqual([
      ['a', `of ${shop}`],
      ['b', `of ${shop}`],
    ])
  }
  expect(records.bytes).toBeLessThanOrEqual(20_000)
})

test('a collection that is not in memory is still compared, set and removed', async () => {
  const records = new EmbeddedRecords(files, 20_000)
  const first = await put(records, 'x/things', 'k')
  await Promise.all(shops.map((shop) => put(records, shop, 'a')))
  expect((await put(records, 'x/things', 'k', { expect: '' })).isPut).toBe(false)
  expect((await put(records, 'x/things', 'k', { expect: first.isPut ? first.version : '' })).isPut).toBe(true)
  await Promise.all(shops.map((shop) => put(records, shop, 'a')))
  expect(await records.remove({ collection: 'x/things', key: 'k', now: NOW })).toBe(true)
  await Promise.all(shops.map((shop) => put(records, shop, 'a')))
  expect(await records.items('x/things', NOW)).toEqual([])
})

test('a read that has shown a change under way never shows the older value again', async () => {
  const records = new EmbeddedRecords(files, 1)
  await put(records, 'x/things', 'k', { value: '0' })
  for (let n = 1; n < 50; n++) {
    const putting = put(records, 'x/things', 'k', { value: `${n}` })
    await Promise.resolve()
    await Promise.resolve()
    await records.items('y/things', NOW)
    await putting
    expect((await records.items('x/things', NOW)).map(({ value }) => value)).toEqual([`${n}`])
  }
})

test('expired items leave the disk, in memory or not', async () => {
  const records = new EmbeddedRecords(files, 20_000)
  await Promise.all(shops.map((shop) => put(records, shop, 'a', { expiresAt: NOW + 1000 })))
  await put(records, 'x/things', 'k', { now: NOW + 200_000 })
  await put(records, 'x/things', 'k', { now: NOW + 300_000 })
  expect([...files.records.getRange({})].length).toBe(1)
})

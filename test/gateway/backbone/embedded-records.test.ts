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

const onDisk = () => [...files.records.getRange({})].map(({ key }) => key.toString().split('\0')[1])
const readBy = async (records: EmbeddedRecords) => (await records.items('x/things', NOW)).map(({ key, value }) => [key, value])

test('a deferred item is read at once, replaces the one before, and is on the disk at the latest when the store is closed', async () => {
  const records = new EmbeddedRecords(files, 1)
  await put(records, 'x/things', 'at once')
  await put(records, 'x/things', 'later', { isDeferred: true, value: 'first' })
  await put(records, 'x/things', 'later', { isDeferred: true, value: 'second' })
  const all = [
    ['at once', 'of x/things'],
    ['later', 'second'],
  ]
  expect([await readBy(records), onDisk()]).toEqual([all, ['at once']])
  await records.close()
  expect(onDisk()).toEqual(['at once', 'later'])
  const next = new EmbeddedRecords(files, 1)
  await put(next, 'x/things', 'later', { isDeferred: true, value: 'third' })
  expect(await readBy(next)).toEqual([
    ['at once', 'of x/things'],
    ['later', 'third'],
  ])
  await next.close()
})

test('while the disk is full, deferred items of so many collections wait and no more', async () => {
  const requireSpace = (): void => {
    throw new Error('full')
  }
  const records = new EmbeddedRecords({ main: files.main, records: files.records, requireSpace })
  for (let n = 0; n < 100_000; n++) await put(records, `${n}/here`, 'k', { isDeferred: true })
  await expect(put(records, 'one more/here', 'k', { isDeferred: true })).rejects.toThrow('Too many records wait for the disk.')
  expect(await put(records, '7/here', 'other', { isDeferred: true })).toMatchObject({ isPut: true })
  await records.close()
})

test('a deferred item that is removed never reaches the disk', async () => {
  const records = new EmbeddedRecords(files, 1)
  const later = await put(records, 'x/things', 'later', { isDeferred: true })
  const removal = { collection: 'x/things', key: 'later', now: NOW }
  expect(await records.remove({ ...removal, expect: 'another' })).toBe(false)
  expect(await records.remove({ ...removal, expect: later.isPut ? later.version : '' })).toBe(true)
  await records.close()
  expect(onDisk()).toEqual([])
})

test('a deferred item that changes or goes while it is being written stays changed or gone', async () => {
  const records = new EmbeddedRecords(files)
  for (const key of ['changes', 'goes']) await put(records, 'x/things', key, { isDeferred: true })
  const closing = records.close()
  const changes = [
    put(records, 'x/things', 'changes', { isDeferred: true, value: 'after' }),
    records.remove({ collection: 'x/things', key: 'goes', now: NOW }),
  ]
  expect(await readBy(records)).toEqual([
    ['changes', 'after'],
    ['goes', 'of x/things'],
  ])
  await Promise.all(changes)
  await closing
  expect(onDisk()).toEqual(['changes'])
})

test('thousands of deferred items are written, each once', async () => {
  const records = new EmbeddedRecords(files, 20_000)
  await Promise.all(shops.flatMap((shop) => ['a', 'b', 'c'].map((key) => put(records, shop, key, { isDeferred: true }))))
  await records.close()
  expect(onDisk().length).toBe(3 * shops.length)
})

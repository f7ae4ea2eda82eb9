import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { NewItem } from '../../../../gateway/backbone/records.ts'
import type { World } from './world.ts'

const NOW = 1_700_000_000_000

export function describeRecords(world: World): void {
  describe('records', () => {
    const newCollection = (): string => `shop:r-${randomUUID()}/things`
    const item = (collection: string, fields: Partial<NewItem> = {}): NewItem => ({ collection, key: 'k1', value: 'one', now: NOW, ...fields })
    const values = async (collection: string, now = NOW): Promise<Record<string, string>> =>
      Object.fromEntries((await world.other.records.items(collection, now)).map(({ key, value }) => [key, value]))

    it('are absent in an unknown collection', async () => {
      expect(await world.backbone.records.items(newCollection(), NOW)).toEqual([])
    })

    it('are those that were put last, in their own collection', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      const hostile = '{"text":"two words\\n\\u0000 满100减5 "}'
      await records.put(item(collection))
      await records.put(item(collection, { key: '张三 n1', value: hostile }))
      await records.put(item(collection, { value: '' }))
      await records.put(item(newCollection(), { value: 'elsewhere' }))
      expect(await values(collection)).toEqual({ k1: '', '张三 n1': hostile })
    })

    it('have a new version after each put, which the put answers', async () => {
      const collection = newCollection()
      const versions = new Set<string>()
      for (const value of ['a', 'a', 'b']) {
        const put = await world.backbone.records.put(item(collection, { value }))
        const [found] = await world.other.records.items(collection, NOW)
        expect(put).toEqual({ isPut: true, version: found!.version })
        versions.add(found!.version)
      }
      expect([versions.size, versions.has('')]).toEqual([3, false])
    })

    it('change only if the version is the expected one, and a refusal contains the stored item', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      expect(await records.put(item(collection, { expect: 'v' }))).toEqual({ isPut: false })
      const first = await records.put(item(collection, { expect: '' }))
      if (!first.isPut) throw new Error('refused')
      const { version } = first
      expect(await records.put(item(collection, { value: 'two', expect: '' }))).toEqual({ isPut: false, found: { key: 'k1', value: 'one', version } })
      expect(await records.put(item(collection, { value: 'two', expect: version }))).toMatchObject({ isPut: true })
      expect(await records.put(item(collection, { value: 'three', expect: version }))).toMatchObject({ isPut: false })
      expect(await values(collection)).toEqual({ k1: 'two' })
    })

    it('are there for all nodes also where they are deferred, until they expire or are removed', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      await records.put(item(collection))
      await records.put(item(collection, { key: 'k2', isDeferred: true }))
      const again = await records.put(item(collection, { key: 'k2', value: 'two', isDeferred: true, expiresAt: NOW + 1000 }))
      if (!again.isPut) throw new Error('refused')
      const found = (await world.other.records.items(collection, NOW)).find(({ key }) => key === 'k2')
      expect(found).toEqual({ key: 'k2', value: 'two', version: again.version })
      expect(await values(collection, NOW + 2000)).toEqual({ k1: 'one' })
      expect(await records.remove({ collection, key: 'k2', now: NOW, expect: 'another' })).toBe(false)
      expect(await records.remove({ collection, key: 'k2', now: NOW })).toBe(true)
      expect(await values(collection)).toEqual({ k1: 'one' })
    })

    it('let one of many that expect the same succeed', async () => {
      const collection = newCollection()
      const puts = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? world.backbone : world.other).records.put(item(collection, { value: String(n), expect: '' })),
        ),
      )
      const winners = puts.flatMap(({ isPut }, n) => (isPut ? [String(n)] : []))
      expect(winners).toHaveLength(1)
      expect(await values(collection)).toEqual({ k1: winners[0] })
    })

    it("are gone once they have expired, by the caller's clock", async () => {
      const collection = newCollection()
      const { records } = world.backbone
      const old = await records.put(item(collection, { expiresAt: NOW + 5000 }))
      await records.put(item(collection, { key: 'k2' }))
      expect(await values(collection, NOW + 4999)).toEqual({ k1: 'one', k2: 'one' })
      expect(await values(collection, NOW + 5000)).toEqual({ k2: 'one' })
      const version = old.isPut ? old.version : ''
      expect(await records.put(item(collection, { now: NOW + 5000, expect: version }))).toEqual({ isPut: false })
      expect(await records.put(item(collection, { now: NOW + 5000, expect: '' }))).toMatchObject({ isPut: true })
      expect(await values(collection, NOW + 900_000)).toEqual({ k1: 'one', k2: 'one' })
    })

    it('can be prolonged before they expire', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      await records.put(item(collection, { expiresAt: NOW + 5000 }))
      await records.put(item(collection, { now: NOW + 4000, expiresAt: NOW + 9000 }))
      expect(await values(collection, NOW + 8999)).toEqual({ k1: 'one' })
      expect(await values(collection, NOW + 9000)).toEqual({})
    })

    it('are removed, and with an expected version only in that one', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      const put = await records.put(item(collection))
      const key = { collection, key: 'k1', now: NOW }
      expect(await records.remove({ ...key, expect: 'other' })).toBe(false)
      expect(await values(collection)).toEqual({ k1: 'one' })
      expect(await records.remove({ ...key, expect: put.isPut ? put.version : '' })).toBe(true)
      expect(await values(collection)).toEqual({})
      expect(await records.remove({ ...key, expect: 'other' })).toBe(true)
      await records.put(item(collection))
      expect(await records.remove(key)).toBe(true)
      expect(await values(collection)).toEqual({})
    })

    it('are still there after a restart, and removed ones are not', async () => {
      const collection = newCollection()
      const { records } = world.backbone
      await Promise.all(['a', 'b', 'c'].map((key) => records.put(item(collection, { key, value: key }))))
      await records.remove({ collection, key: 'b', now: NOW })
      await world.restart()
      expect(await values(collection)).toEqual({ a: 'a', c: 'c' })
    })

    it('lose nothing while many are put at once', async () => {
      const collection = newCollection()
      const keys = Array.from({ length: 200 }, (_, n) => `k${n}`)
      await Promise.all(keys.map((key, n) => (n % 2 === 0 ? world.backbone : world.other).records.put(item(collection, { key, value: key }))))
      expect(Object.keys(await values(collection)).sort()).toEqual([...keys].sort())
    })
  })
}

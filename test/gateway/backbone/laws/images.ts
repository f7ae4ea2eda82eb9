import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { wholeImage } from '../../../kit/whole-image.ts'
import type { World } from './world.ts'

export function describeImages(world: World): void {
  describe('images', () => {
    it('are read as they were put, byte for byte, on every node', async () => {
      const every = { type: 'image/png', bytes: Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256)) }
      const id = await world.backbone.images.put(every)
      expect(await wholeImage(await world.other.images.get(id))).toEqual(every)
      expect(await wholeImage(await world.backbone.images.get(id))).toEqual(every)
    })

    it('are read in portions, wherever these begin and end, in any order, and each portion is a copy', async () => {
      const { images } = world.backbone
      for (const size of [1, 2, 3, 4, 1000, 66_000, 132_000, 200_001]) {
        const bytes = randomBytes(size)
        const stored = (await images.get(await images.put({ type: 'image/webp', bytes })))!
        expect([stored.type, stored.bytesCount]).toEqual(['image/webp', size])
        const ends = [
          [0, size],
          [0, 1],
          [size - 1, size],
          [Math.floor(size / 3), Math.ceil(size / 2)],
          [Math.floor(size / 2), size],
        ] as const
        const portions = ends.filter(([from, to]) => from < to)
        const read = await Promise.all(portions.map(([from, to]) => stored.read(from, to)))
        await images.get(await images.put({ type: 'image/webp', bytes: randomBytes(size) }))
        portions.forEach(([from, to], n) => expect(read[n]!.equals(bytes.subarray(from, to))).toBe(true))
      }
    })

    it('have ids that nobody can guess, a new one each time', async () => {
      const one = { type: 'image/gif', bytes: Buffer.from('\n\n') }
      const ids = await Promise.all(Array.from({ length: 20 }, () => world.backbone.images.put(one)))
      expect(new Set(ids).size).toBe(20)
      for (const id of ids) expect(id).toMatch(/^[\w-]{24}$/)
    })

    it('are absent where none was put, whatever id is asked for', async () => {
      const { images } = world.backbone
      for (const id of ['', '../x', 'a'.repeat(24), 'a'.repeat(5000), '\n', '张']) expect(await images.get(id)).toBeUndefined()
    })

    it('that wait are there until their time is over, and those that were kept meanwhile stay', async () => {
      const [{ images }, { images: others }] = [world.backbone, world.other]
      const one = { type: 'image/png', bytes: Buffer.from('one') }
      const ids = (await Promise.all([600, 600, undefined, 600].map((waitMs) => images.put(one, waitMs)))) as [string, string, string, string]
      for (const id of ids) expect(await wholeImage(await others.get(id))).toEqual(one)
      const [waits, named, kept, undone] = ids
      const left = (await others.keep(named))!
      expect(left > 0 && left <= 600).toBe(true)
      expect(await images.keep(named)).toBe(Infinity)
      expect(await images.keep(kept)).toBe(Infinity)
      const again = (await images.keep(undone))!
      await others.letGo(undone, again)
      await expect.poll(() => images.get(waits), { timeout: 10_000 }).toBeUndefined()
      expect(await images.keep(waits)).toBeUndefined()
      await expect.poll(() => images.get(undone), { timeout: 10_000 }).toBeUndefined()
      for (const id of [named, kept]) expect(await wholeImage(await images.get(id))).toEqual(one)
      await world.restart()
      expect(await world.backbone.images.get(waits)).toBeUndefined()
      for (const id of [named, kept]) expect(await wholeImage(await world.backbone.images.get(id))).toEqual(one)
    })

    it('cannot be kept once they are deleted, and letGo of an unknown id does nothing', async () => {
      const { images } = world.backbone
      for (const id of ['', 'a'.repeat(24), 'a'.repeat(5000), '\n', '张']) {
        expect(await images.keep(id)).toBeUndefined()
        await images.letGo(id, 10)
        expect(await images.get(id)).toBeUndefined()
      }
    })

    it('whose time ends at the moment they are named are there afterwards, or were not found', async () => {
      const { images } = world.backbone
      const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => images.put({ type: 'image/png', bytes: Buffer.from('x') }, 20 + n * 3)))
      const left = await Promise.all(ids.map((id) => images.keep(id)))
      const again = await Promise.all(ids.map((id) => world.other.images.get(id)))
      left.forEach((ms, n) => expect(ms === undefined).toBe(again[n] === undefined))
    })

    it('of four megabytes are intact while messages are written, and after a restart', async () => {
      const large = { type: 'image/jpeg', bytes: randomBytes(4 * 1024 * 1024) }
      const conversation = `shop:i-${large.bytes.toString('hex', 0, 8)}~c1`
      const [id, appended] = await Promise.all([
        world.backbone.images.put(large),
        world.backbone.store.append({
          conversation,
          id: 'm1',
          from: 'c1',
          side: 'c1',
          kind: 'text',
          body: { text: 'hello' },
          at: 1,
          origin: '',
        }),
      ])
      expect(appended.seq).toBe(1)
      await world.restart()
      const found = await wholeImage(await world.backbone.images.get(id))
      expect([found?.type, found?.bytes.equals(large.bytes)]).toEqual(['image/jpeg', true])
    })
  })
}

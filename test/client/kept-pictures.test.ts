/** Pictures of an outbox that the local storage has no room for. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Body } from '../../gateway/protocol/model.ts'
import { Outbox } from '../../widget/client/outbox.ts'
import type { PictureStore } from '../../widget/client/picture-store.ts'
import { ScopedStorage } from '../../widget/client/scoped-storage.ts'
import type { OutboxItem } from '../../widget/client/types.ts'
import { MovableClock } from '../kit/clock.ts'
import { MemoryStorage } from '../kit/memory-storage.ts'

const bytes = (n: number): string => `data:image/jpeg;base64,${String(n).repeat(200_000)}`
const picture = (n: number): Body => ({ text: 'Image', url: bytes(n), width: 4, height: 3 }) as Body
const ARRIVED = { text: 'Image', url: '/v1/images/x', width: 4, height: 3 } as Body
const NOTHING_NEW = { messages: [], lost: undefined, isCaughtUp: true }

class MemoryPictures implements PictureStore {
  readonly kept = new Map<string, string>()
  room = Infinity
  isSilent = false
  async put(key: string, url: string): Promise<void> {
    if (this.isSilent) return new Promise(() => {})
    if (this.kept.size >= this.room) throw new Error('full')
    this.kept.set(key, url)
  }
  async get(key: string): Promise<string | undefined> {
    return this.kept.get(key)
  }
  async remove(prefix: string): Promise<void> {
    for (const key of this.kept.keys()) if (key.startsWith(prefix)) this.kept.delete(key)
  }
}

describe('pictures that do not fit the local storage', () => {
  let clock: MovableClock
  let storage: MemoryStorage
  let pictures: MemoryPictures
  let isConnected: boolean
  let sends: Body[]
  let uploads: { readonly url: string; readonly done: (body: Body) => void; readonly fail: (code: string) => void }[]

  const open = (): Outbox => {
    const outbox: Outbox = new Outbox({
      to: 'shop:1',
      clock,
      random: Math.random,
      isConnected: () => isConnected,
      storage: new ScopedStorage(storage.openWindow().storage, 'k~'),
      pictures,
      upload: ({ body }) => {
        const { url } = body as { url?: string }
        if (!url?.startsWith('data:')) return undefined
        return new Promise((done, fail) => void uploads.push({ url, done, fail: (code) => fail({ code, message: '', retry: true }) }))
      },
      send: async ({ body }) => {
        sends.push(body)
        return { ok: true, conversation: 'shop:1~c', epoch: 'e', seq: sends.length, at: 0 }
      },
      onSent: () => outbox.reconcile(NOTHING_NEW),
    })
    return outbox
  }
  const onlyHere = ({ items }: Outbox): readonly boolean[] => items.value.map(({ isOnlyHere }) => isOnlyHere === true)
  const urls = (items: readonly OutboxItem[]): unknown[] => items.map(({ body }) => (body as { url?: string }).url)

  beforeEach(() => {
    clock = new MovableClock()
    storage = new MemoryStorage()
    storage.limit = 100_000
    pictures = new MemoryPictures()
    isConnected = false
    sends = []
    uploads = []
  })

  test('wait in the picture store, and the next page sends them once, in order, with the text behind them', async () => {
    const first = open()
    for (const n of [1, 2, 3]) first.add('image', picture(n))
    first.add('text', { text: 'these' })
    await clock.advance(0)
    expect(onlyHere(first)).toEqual([false, false, false, false])
    expect([...storage.values.values()].join('').length).toBeLessThan(2000)
    const next = open()
    await clock.advance(0)
    expect(urls(next.items.value)).toEqual([bytes(1), bytes(2), bytes(3), undefined])
    isConnected = true
    next.reconcile(NOTHING_NEW)
    await clock.advance(2000)
    for (const n of [1, 2, 3]) {
      expect(uploads).toHaveLength(n)
      expect(uploads.at(-1)!.url).toBe(bytes(n))
      uploads.at(-1)!.done({ ...ARRIVED, url: `/v1/images/${n}` } as Body)
      await clock.advance(2000)
    }
    expect(sends.map((body) => (body as { url?: string }).url ?? body.text)).toEqual([1, 2, 3].map((n) => `/v1/images/${n}`).concat('these'))
    expect([pictures.kept.size, storage.values.size]).toEqual([0, 0])
  })

  test('are said to be only here where neither store takes them, and no longer once they were sent', async () => {
    pictures.room = 1
    const outbox = open()
    for (const n of [1, 2]) outbox.add('image', picture(n))
    await clock.advance(0)
    expect(onlyHere(outbox)).toEqual([false, true])
    expect([...storage.values.values()].some((value) => value.includes('isOnlyHere'))).toBe(false)
    isConnected = true
    outbox.reconcile(NOTHING_NEW)
    uploads[0]!.done(ARRIVED)
    await clock.advance(0)
    uploads[1]!.done(ARRIVED)
    await clock.advance(0)
    expect([outbox.items.value, pictures.kept.size]).toEqual([[], 0])
  })

  test('are said to be only here while the store does not answer', async () => {
    pictures.isSilent = true
    const outbox = open()
    outbox.add('image', picture(1))
    await clock.advance(1999)
    expect(onlyHere(outbox)).toEqual([false])
    await clock.advance(1)
    expect(onlyHere(outbox)).toEqual([true])
  })

  test('leave no bytes behind when they are discarded, even before the store has them', async () => {
    const outbox = open()
    outbox.discard(outbox.add('image', picture(1)))
    const second = outbox.add('image', picture(2))
    await clock.advance(0)
    outbox.discard(second)
    await clock.advance(0)
    expect([pictures.kept.size, storage.values.size, outbox.items.value]).toEqual([0, 0, []])
  })

  test('whose bytes have vanished fail with a reason and hold nobody up', async () => {
    const first = open()
    first.add('image', picture(1))
    first.add('text', { text: 'next' })
    await clock.advance(0)
    pictures.kept.clear()
    isConnected = true
    const next = open()
    next.reconcile(NOTHING_NEW)
    await clock.advance(2000)
    expect(next.items.value).toMatchObject([{ state: 'failed', refusal: { code: 'image_gone' } }])
    expect(sends).toEqual([{ text: 'next' }])
  })

  test('that hang are cancelled at once: what stands behind them is sent, and their late answer changes nothing', async () => {
    isConnected = true
    const outbox = open()
    const hanging = outbox.add('image', picture(1))
    outbox.add('image', picture(2))
    await clock.advance(0)
    outbox.discard(hanging)
    expect(uploads.map(({ url }) => url)).toEqual([bytes(1), bytes(2)])
    uploads[0]!.fail('disconnected')
    await clock.advance(0)
    outbox.add('text', { text: 'after' })
    await clock.advance(0)
    expect(sends).toEqual([])
    uploads[1]!.done(ARRIVED)
    await clock.advance(0)
    expect(sends).toEqual([ARRIVED, { text: 'after' }])
  })
})

test('without any storage a text is only here, too', async () => {
  const outbox = new Outbox({
    to: 'shop:1',
    clock: new MovableClock(),
    random: Math.random,
    isConnected: () => false,
    storage: new ScopedStorage(null, 'k~'),
    upload: () => undefined,
    send: () => new Promise(() => {}),
    onSent: () => {},
  })
  outbox.add('text', { text: 'hello' })
  expect(outbox.items.value).toMatchObject([{ isOnlyHere: true }])
})

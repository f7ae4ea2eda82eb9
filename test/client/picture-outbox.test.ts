import { beforeEach, describe, expect, test } from 'vitest'
import type { Body } from '../../gateway/protocol/model.ts'
import { ScopedStorage } from '../../widget/client/scoped-storage.ts'
import { Outbox } from '../../widget/client/outbox.ts'
import { RefusalError } from '../../widget/client/refusal-error.ts'
import type { OutboxItem } from '../../widget/client/types.ts'
import { MovableClock } from '../kit/clock.ts'
import { MemoryStorage } from '../kit/memory-storage.ts'

const WAITING = { text: 'Image', url: 'data:image/png;base64,AAAA', width: 4, height: 3 }
const ARRIVED = { ...WAITING, url: '/v1/images/x' }
const OTHER = { ...WAITING, url: '/v1/images/y' }
const NOTHING_NEW = { messages: [], lost: undefined, isCaughtUp: true }

interface Upload {
  readonly progress: (part: number) => boolean
  readonly done: (body: Body) => void
  readonly fail: (no: { code: string; message: string; retry: boolean; afterMs?: number }) => void
}

describe('a picture in the outbox', () => {
  let clock: MovableClock
  let storage: MemoryStorage
  let uploads: Upload[]
  let sends: Body[]
  let isConnected: boolean
  let refusal: { readonly code: 'image_gone'; readonly retry: boolean } | undefined

  const open = (): Outbox => {
    const outbox: Outbox = new Outbox({
      to: 'shop:1',
      clock,
      random: Math.random,
      isConnected: () => isConnected,
      storage: new ScopedStorage(storage.openWindow().storage, 'k~'),
      upload: ({ body }: OutboxItem, progress) =>
        body === undefined || !(body as typeof WAITING).url?.startsWith('data:')
          ? undefined
          : new Promise((done, fail) => void uploads.push({ progress, done, fail })),
      send: async ({ body }) => {
        sends.push(body)
        if (!isConnected) throw new RefusalError({ code: 'disconnected' })
        if (refusal) throw new RefusalError(refusal)
        return { ok: true, conversation: 'shop:1~c', epoch: 'e', seq: sends.length, at: 0 }
      },
      onSent: () => outbox.reconcile(NOTHING_NEW),
    })
    return outbox
  }
  const kept = (): OutboxItem[] => [...storage.values.values()].map((value) => JSON.parse(value) as OutboxItem)

  beforeEach(() => {
    clock = new MovableClock()
    storage = new MemoryStorage()
    uploads = []
    sends = []
    isConnected = true
    refusal = undefined
  })

  test('is uploaded first and then sent, and later messages stay behind it', async () => {
    const outbox = open()
    outbox.add('image', WAITING)
    outbox.add('text', { text: 'this one' })
    await clock.advance(60_000)
    expect([uploads.length, sends.length]).toEqual([1, 0])
    uploads[0]!.done(ARRIVED)
    await clock.advance(0)
    expect(sends).toEqual([ARRIVED, { text: 'this one' }])
    expect([outbox.items.value, kept()]).toEqual([[], []])
  })

  test('shows its progress, can be cancelled meanwhile, and does not store the progress', async () => {
    const outbox = open()
    const id = outbox.add('image', WAITING)
    expect(uploads[0]!.progress(0.4)).toBe(true)
    expect(outbox.items.value).toMatchObject([{ id, state: 'waiting', body: { progress: 0.4 } }])
    expect(kept()).toMatchObject([{ id, body: WAITING }])
    outbox.discard(id)
    expect(uploads[0]!.progress(0.5)).toBe(false)
    uploads[0]!.done(ARRIVED)
    outbox.add('text', { text: 'sorry' })
    await clock.advance(0)
    expect(sends).toEqual([{ text: 'sorry' }])
    expect([outbox.items.value, kept()]).toEqual([[], []])
  })

  test('that has arrived is not uploaded again if the connection breaks before its message is sent', async () => {
    const outbox = open()
    outbox.add('image', WAITING)
    isConnected = false
    uploads[0]!.done(ARRIVED)
    await clock.advance(0)
    expect(outbox.items.value).toMatchObject([{ state: 'waiting', body: ARRIVED }])
    expect(kept()).toMatchObject([{ body: ARRIVED }])
    isConnected = true
    outbox.reconcile(NOTHING_NEW)
    await clock.advance(0)
    expect([uploads.length, sends]).toEqual([1, [ARRIVED, ARRIVED]])
  })

  test('that was deleted before its message came is uploaded again, also by the next page, and not for ever', async () => {
    refusal = { code: 'image_gone', retry: false }
    isConnected = false
    open().add('image', WAITING)
    isConnected = true
    const first = open()
    first.reconcile(NOTHING_NEW)
    await clock.advance(2000)
    first.stop()
    isConnected = false
    uploads[0]!.done(ARRIVED)
    await clock.advance(0)
    isConnected = true
    const outbox = open()
    outbox.reconcile(NOTHING_NEW)
    await clock.advance(2000)
    // the bytes are still there
    expect(uploads).toHaveLength(2)
    refusal = undefined
    uploads[1]!.done(OTHER)
    await clock.advance(0)
    expect(sends.at(-1)).toEqual(OTHER)
    expect([outbox.items.value, kept()]).toEqual([[], []])
    refusal = { code: 'image_gone', retry: false }
    outbox.add('image', WAITING)
    for (let n = 2; n < 6; n++) {
      uploads[n]!.done(ARRIVED)
      await clock.advance(0)
    }
    expect([uploads.length, outbox.items.value[0]]).toMatchObject([6, { state: 'failed', refusal: { code: 'image_gone' } }])
  })

  test('survives the page, and the next page uploads it', async () => {
    isConnected = false
    open().add('image', WAITING)
    isConnected = true
    const next = open()
    next.reconcile(NOTHING_NEW)
    await clock.advance(2000)
    expect(uploads).toHaveLength(1)
    uploads[0]!.done(ARRIVED)
    await clock.advance(0)
    expect(sends).toEqual([ARRIVED])
  })

  test('that is refused shows its reason, keeps its bytes, does not delay the rest, and is sent again when asked', async () => {
    const outbox = open()
    const id = outbox.add('image', WAITING)
    outbox.add('text', { text: 'next' })
    uploads[0]!.progress(0.9)
    uploads[0]!.fail({ code: 'image_too_large', message: 'too large', retry: false })
    await clock.advance(0)
    expect(outbox.items.value).toEqual([expect.objectContaining({ id, state: 'failed', body: WAITING })])
    expect(sends).toEqual([{ text: 'next' }])
    outbox.retry(id)
    uploads[1]!.done(ARRIVED)
    await clock.advance(0)
    expect(sends[1]).toEqual(ARRIVED)
  })

  test('waits as the gateway said, and for the connection where that is gone', async () => {
    const outbox = open()
    outbox.add('image', WAITING)
    uploads[0]!.fail({ code: 'rate_limited', message: '', retry: true, afterMs: 3000 })
    await clock.advance(2999)
    expect(uploads).toHaveLength(1)
    expect(outbox.items.value).toMatchObject([{ state: 'waiting', refusal: { code: 'rate_limited' } }])
    await clock.advance(1)
    expect(uploads).toHaveLength(2)
    uploads[1]!.progress(0)
    expect(outbox.items.value[0]).not.toHaveProperty('refusal')
    isConnected = false
    uploads[1]!.fail({ code: 'disconnected', message: '', retry: true })
    await clock.advance(60_000)
    expect(uploads).toHaveLength(2)
    isConnected = true
    outbox.reconcile(NOTHING_NEW)
    expect(uploads).toHaveLength(3)
  })
})

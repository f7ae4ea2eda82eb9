import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadRange, Store } from '../../../../gateway/backbone/backbone.ts'
import type { Message } from '../../../../gateway/protocol/model.ts'
import type { World } from './world.ts'
import { newTalk, type Talk } from './conversation.ts'

type Step =
  | { readonly do: 'append'; readonly by: 'customer' | 'shop'; readonly id: string }
  | { readonly do: 'advance'; readonly by: 'customer' | 'shop'; readonly delivered: number; readonly read: number }
  | { readonly do: 'read'; readonly range: ReadRange }

const by = fc.constantFrom('customer' as const, 'shop' as const)
const seq = fc.integer({ min: 0, max: 12 })
const limit = fc.integer({ min: 1, max: 6 })
const range: fc.Arbitrary<ReadRange> = fc.oneof(fc.record({ limit }), fc.record({ limit, before: seq }), fc.record({ limit, after: seq }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), by, id: fc.constantFrom(...'abcdef') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), by, delivered: seq, read: seq }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), range }) },
)

/** The simplest log that could be right: an array and two cursors. */
class Model {
  readonly messages: Message[] = []
  readonly cursors: Record<string, { delivered: number; read: number }> = {}

  page({ before, after, limit: count }: ReadRange): number[] {
    const seqs = this.messages.map((message) => message.seq)
    if (after !== undefined) return seqs.filter((one) => one > after).slice(0, count)
    return seqs.filter((one) => before === undefined || one < before).slice(-count)
  }

  advance(side: string, delivered: number, read: number): { delivered: number; read: number } {
    const old = this.cursors[side] ?? { delivered: 0, read: 0 }
    const clip = (value: number): number => Math.min(value, this.messages.length)
    const moved = { delivered: Math.max(old.delivered, clip(delivered), clip(read)), read: Math.max(old.read, clip(read)) }
    this.cursors[side] = moved
    return moved
  }
}

export function describeModel(world: World): void {
  describe('the store', () => {
    it('behaves like an array and two cursors, whatever it is asked', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const talk = newTalk()
          const model = new Model()
          for (const one of steps) await check(world.backbone.store, talk, model, one)
          const { messages, cursors } = await world.backbone.store.read(talk.conversation, { limit: 100 })
          expect(messages).toEqual(model.messages)
          for (const [side, cursor] of Object.entries(model.cursors)) {
            expect(cursors[side] ?? { delivered: 0, read: 0 }).toEqual(cursor)
          }
        }),
        { numRuns: 40 },
      )
    })
  })
}

async function check(store: Store, talk: Talk, model: Model, one: Step): Promise<void> {
  if (one.do === 'read') {
    const { messages, head } = await store.read(talk.conversation, one.range)
    expect(messages.map((message) => message.seq)).toEqual(model.page(one.range))
    expect(head.seq).toBe(model.messages.length)
    return
  }
  const side = one.by === 'customer' ? talk.customer : talk.shop
  if (one.do === 'advance') {
    const { delivered, read } = one
    const cursor = await store.advance({ conversation: talk.conversation, side, delivered, read, origin: '' })
    expect(cursor).toEqual(model.advance(side, delivered, read))
    return
  }
  const { origin: _, ...message } = talk.message({ from: side, id: one.id })
  const appended = await store.append({ ...message, origin: '' })
  const known = model.messages.find((old) => old.from === side && old.id === one.id)
  const prev = model.messages.at(-1)?.id
  const expected = known ?? {
    ...message,
    epoch: appended.epoch,
    seq: model.messages.length + 1,
    ...(prev === undefined ? {} : { prev }),
  }
  expect({ seq: appended.seq, at: appended.at, prev: appended.prev, duplicate: appended.duplicate }).toEqual({
    seq: expected.seq,
    at: expected.at,
    prev: expected.prev,
    duplicate: known !== undefined,
  })
  if (known !== undefined) return
  model.messages.push(expected)
  model.advance(side, expected.seq, expected.seq)
}

import { describe, expect, it } from 'vitest'
import { Muted, type NewAssignment } from '../../../../gateway/backbone/backbone.ts'
import type { World } from './world.ts'
import { newTalk, type Talk } from './conversation.ts'

const AT = 1_700_000_000_000

export function describeService(world: World): void {
  const set = async (talk: Talk, fields: Partial<NewAssignment> = {}) =>
    world.backbone.store.setAssignment({ conversation: talk.conversation, text: '{}', expect: '', phase: 'open', ...fields })
  /** Sets it where it must succeed; returns the version. */
  const mustSet = async (talk: Talk, fields: Partial<NewAssignment> = {}): Promise<string> => {
    const result = await set(talk, fields)
    if (!result.isSet) throw new Error('refused')
    return result.version
  }
  const stored = async (talk: Talk) => (await world.other.store.read(talk.conversation, { limit: 1 })).assignment

  describe('the assignment of a conversation', () => {
    it('is absent before it is set, and then the one that was set last, in pages and rows', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message())
      expect(await stored(talk)).toBeUndefined()
      const text = '{"note":"two words\\n\\u0000 满100减5 "} and more'
      const first = await mustSet(talk, { text: 'first' })
      const version = await mustSet(talk, { text, expect: first })
      expect(new Set(['', first, version]).size).toBe(3)
      expect(await stored(talk)).toEqual({ text, version })
      const {
        rows: [row],
      } = await world.other.store.list(talk.shop, { limit: 5 })
      expect(row!.assignment).toEqual({ text, version })
    })

    it('changes only if the version is the expected one, and a refusal contains the stored one', async () => {
      const talk = newTalk()
      expect(await set(talk, { expect: 'v' })).toEqual({ isSet: false })
      const version = await mustSet(talk, { text: 'one two' })
      expect(await set(talk, { text: 'x' })).toEqual({ isSet: false, found: { text: 'one two', version } })
      const next = await mustSet(talk, { text: 'two', expect: version })
      expect(await set(talk, { text: 'x', expect: version })).toEqual({ isSet: false, found: { text: 'two', version: next } })
      expect(await stored(talk)).toEqual({ text: 'two', version: next })
    })

    it('lets one of many that expect the same succeed, on any node', async () => {
      const talk = newTalk()
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? world.backbone : world.other).store.setAssignment({
            conversation: talk.conversation,
            text: String(n),
            expect: '',
            phase: 'open',
          }),
        ),
      )
      const winners = results.flatMap(({ isSet }, n) => (isSet ? [String(n)] : []))
      expect(winners).toHaveLength(1)
      expect((await stored(talk))?.text).toBe(winners[0])
    })

    it('can be set in an empty conversation, and the log begins as usual', async () => {
      const talk = newTalk()
      const version = await mustSet(talk, { text: 'early' })
      const later = newTalk()
      for (let n = 0; n < 3; n++) await world.backbone.store.append(later.message())
      await world.restart()
      const page = await world.backbone.store.read(talk.conversation, { limit: 5 })
      expect([page.head.seq, page.messages, page.assignment]).toEqual([0, [], { text: 'early', version }])
      expect(await world.backbone.store.list(talk.shop, { limit: 5 })).toEqual({ rows: [] })
      expect(await world.backbone.store.append(talk.message())).toMatchObject({ seq: 1, duplicate: false, phase: 'open' })
    })

    it('is there after a restart, with phase and muted side', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message())
      const version = await mustSet(talk, { text: 'stored', phase: 'waiting', muted: [{ side: talk.customer }] })
      await world.restart()
      expect(await stored(talk)).toEqual({ text: 'stored', version })
      await expect(world.backbone.store.append(talk.message())).rejects.toBeInstanceOf(Muted)
      const answered = await world.backbone.store.append(talk.message({ from: talk.shop }))
      expect(answered).toMatchObject({ seq: 2, phase: 'waiting' })
    })

    it('moves neither head nor cursors nor lists', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message({ name: 'Ann' }))
      const { assignment: _, ...before } = await world.backbone.store.read(talk.conversation, { limit: 5 })
      await mustSet(talk)
      const { assignment, ...after } = await world.backbone.store.read(talk.conversation, { limit: 5 })
      expect(after).toEqual(before)
      expect(assignment).toBeDefined()
    })
  })

  describe('append and the assignment', () => {
    it('answers with the phase, where one is set, also to a duplicate', async () => {
      const talk = newTalk()
      const message = talk.message()
      expect((await world.backbone.store.append(message)).phase).toBeUndefined()
      const version = await mustSet(talk)
      expect(await world.other.store.append(talk.message())).toMatchObject({ seq: 2, phase: 'open' })
      await mustSet(talk, { expect: version, phase: 'closed' })
      expect(await world.other.store.append(message)).toMatchObject({ seq: 1, duplicate: true, phase: 'closed' })
    })

    it('refuses the muted side with the reason, on every node, and stores and publishes nothing', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message({ id: 'before' }))
      await mustSet(talk, { text: 'why', muted: [{ side: talk.customer, until: AT + 5000 }] })
      for (const { store } of [world.backbone, world.other]) {
        await expect(store.append(talk.message({ at: AT + 4999 }))).rejects.toMatchObject({ name: 'Muted', assignment: 'why', until: AT + 5000 })
      }
      expect((await world.backbone.store.read(talk.conversation, { limit: 5 })).head.seq).toBe(1)
      expect(await world.backbone.store.append(talk.message({ from: talk.shop, at: AT + 100 }))).toMatchObject({ seq: 2 })
      expect(await world.other.store.append(talk.message({ id: 'late', at: AT + 5000 }))).toMatchObject({ seq: 3, prev: expect.any(String) })
    })

    it('answers a message that was stored before as the first time, muted or not', async () => {
      const talk = newTalk()
      const message = talk.message()
      const first = await world.backbone.store.append(message)
      await mustSet(talk, { muted: [{ side: talk.customer }] })
      expect(await world.other.store.append(message)).toEqual({ ...first, duplicate: true, phase: 'open' })
      const again = await world.backbone.store.append(talk.message({ id: 'new' })).catch((error: unknown) => error)
      expect(again).toMatchObject({ name: 'Muted', until: undefined })
    })

    it('lets the side write again when it is not muted any more', async () => {
      const talk = newTalk()
      const version = await mustSet(talk, { muted: [{ side: talk.customer }] })
      await expect(world.backbone.store.append(talk.message())).rejects.toBeInstanceOf(Muted)
      await mustSet(talk, { expect: version })
      expect(await world.backbone.store.append(talk.message())).toMatchObject({ seq: 1 })
    })

    it('can mute both sides, each until its own time', async () => {
      const talk = newTalk()
      await mustSet(talk, { muted: [{ side: talk.customer }, { side: talk.shop, until: AT + 5000 }] })
      for (const { store } of [world.backbone, world.other]) {
        await expect(store.append(talk.message({ at: AT + 9000 }))).rejects.toMatchObject({ name: 'Muted', until: undefined })
        await expect(store.append(talk.message({ from: talk.shop, at: AT + 4999 }))).rejects.toMatchObject({ name: 'Muted', until: AT + 5000 })
      }
      await world.restart()
      await expect(world.backbone.store.append(talk.message({ at: AT + 9000 }))).rejects.toBeInstanceOf(Muted)
      expect(await world.backbone.store.append(talk.message({ from: talk.shop, at: AT + 5000 }))).toMatchObject({ seq: 1 })
    })

    it('stores nothing after a mute has resolved, however many write at once', async () => {
      const talk = newTalk()
      const write = (n: number) =>
        (n % 2 === 0 ? world.backbone : world.other).store.append(talk.message()).then(
          () => true,
          () => false,
        )
      const early = Array.from({ length: 30 }, (_, n) => write(n))
      await mustSet(talk, { muted: [{ side: talk.customer }] })
      const { head } = await world.other.store.read(talk.conversation, { limit: 1 })
      const late = await Promise.all(Array.from({ length: 30 }, (_, n) => write(n)))
      expect(late).not.toContain(true)
      expect((await Promise.all(early)).filter(Boolean)).toHaveLength((await world.backbone.store.read(talk.conversation, { limit: 1 })).head.seq)
      expect((await world.backbone.store.read(talk.conversation, { limit: 1 })).head).toEqual(head)
    })
  })
}

/** A conversation is marked before it changes, on a real embedded store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Unavailable, type Backbone } from '../../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { MarkingStore } from '../../../../gateway/domain/webhooks/marking-store.ts'
import { WebhookMarks } from '../../../../gateway/domain/webhooks/webhook-marks.ts'
import { conversationTag } from '../../../../gateway/protocol/keys.ts'

const CONVERSATION = 'shop:7~c1'
const TAG = conversationTag(CONVERSATION)
const START_AT = 1_000_000_000_000

let folder: string
let backbone: Backbone
let clock: number
let putCount: number
let isAway: boolean
let marks: WebhookMarks
let store: MarkingStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-marks-'))
  backbone = await openEmbedded({ dataDir: folder })
  ;[clock, putCount, isAway] = [START_AT, 0, false]
  const { records } = backbone
  const counted: Backbone['records'] = {
    items: (...asked) => records.items(...asked),
    remove: (item) => records.remove(item),
    put: (item) => {
      putCount++
      return isAway ? Promise.reject(new Unavailable('away')) : records.put(item)
    },
  }
  marks = new WebhookMarks({ records: counted, now: () => clock, uptime: () => clock, report: () => undefined })
  store = new MarkingStore({ store: backbone.store, marks, onChanged: () => undefined, withdrawing: async () => undefined })
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true, force: true })
})

const append = (id: string) =>
  store.append({ conversation: CONVERSATION, id, from: 'c1', side: 'c1', kind: 'text', body: { text: id }, at: clock, origin: '' })

test('when a first message is stored the mark is there, and messages that waited for it keep their order', async () => {
  const under = Array.from({ length: 20 }, (_, n) => append(`m${n}`))
  // more come while the mark is being written, and right when it is
  const later = [(async () => (await marks.mark(CONVERSATION), append('at once')))(), under[0]!.then(() => append('after'))]
  await under[0]
  expect((await marks.all(TAG)).map(({ conversation }) => conversation)).toEqual([CONVERSATION])
  const all = await Promise.all([...under, ...later])
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
  expect(putCount).toBe(1)
})

test('a conversation is marked once a minute; the mark says for how long it has stood', async () => {
  await append('m1')
  const [first] = await marks.all(TAG)
  clock += 59_000
  await append('m2')
  expect(await marks.all(TAG)).toEqual([first])
  clock += 2000
  await append('m3')
  const [second] = await marks.all(TAG)
  expect(second).toMatchObject({ since: first!.since, at: START_AT + 61_000 })
  expect(second!.version).not.toBe(first!.version)
})

test('a mark that was seen before it was renewed is not removed', async () => {
  await append('m1')
  const [seen] = await marks.all(TAG)
  clock += 61_000
  await append('m2')
  await marks.remove(seen!)
  expect(await marks.all(TAG)).toHaveLength(1)
})

test('where the store refuses the mark it still takes the message, and the mark is made later', async () => {
  isAway = true
  expect(await append('m1')).toMatchObject({ seq: 1 })
  expect(await marks.all(TAG)).toEqual([])
  isAway = false
  await marks.settleOwed()
  expect(await marks.all(TAG)).toMatchObject([{ conversation: CONVERSATION }])
})

test('after a gap what was marked lately is marked again, since the store may have lost it', async () => {
  await append('m1')
  await marks.remove((await marks.all(TAG))[0]!)
  marks.doubt()
  await marks.settleOwed()
  expect(await marks.all(TAG)).toHaveLength(1)
})

/** Whatever throws while a batch is made fails its own message alone. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backbone, NewMessage } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

let folder: string
let backbone: Backbone
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = await openEmbedded({ dataDir: folder })
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

/** `JSON.stringify` of it overflows the stack. */
const DEEP = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown

const message = (id: string, more: object = {}): NewMessage => ({
  conversation: 'shop:1~c1',
  id,
  from: 'c1',
  side: 'c1',
  kind: 'text',
  body: { text: id, ...more },
  at: 1,
  origin: '',
})

test('a message that cannot become JSON is refused, and the others of its batch are numbered and stored as usual', async () => {
  const results = await Promise.allSettled([
    backbone.store.append(message('m1')),
    backbone.store.append(message('bad', { deep: DEEP })),
    backbone.store.append(message('m2')),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  await backbone.store.append(message('m3'))
  const { messages, head } = await backbone.store.read('shop:1~c1', { limit: 10 })
  expect(messages.map(({ id, seq, prev }) => [id, seq, prev])).toEqual([
    ['m1', 1, undefined],
    ['m2', 2, 'm1'],
    ['m3', 3, 'm2'],
  ])
  expect(head.seq).toBe(3)
})

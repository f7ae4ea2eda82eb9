/** Most new client ids are known to be new without a look into the database; one that was used is recognised all the same. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

const CONVERSATION = 'shop:1~c'
const COUNT = 60

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'im-ids-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** Everything is checkpointed at once. */
const open = (dataDir: string): Promise<Backbone> => openEmbedded({ dataDir, checkpointBytes: 0 })

async function send({ store }: Backbone, name: string, count = COUNT): Promise<string[]> {
  const answers: string[] = []
  for (let n = 0; n < count; n++) {
    const author = n % 2 === 0 ? { from: 'c', side: 'c' } : { from: 'a', side: 'shop:1' }
    const { seq, duplicate } = await store.append({
      conversation: CONVERSATION,
      id: `${name}${n}`,
      ...author,
      kind: 'text',
      body: { text: '' },
      at: n,
      origin: '',
    })
    answers.push(`${seq}${duplicate ? ' again' : ''}`)
  }
  return answers
}

const again = (first: number): string[] => Array.from({ length: COUNT }, (_, n) => `${first + n} again`)

test('a client id is recognised once it is in the database, in the process that wrote it and in the next', async () => {
  const folder = await newFolder()
  const before = await open(folder)
  await send(before, 'old')
  expect(await send(before, 'old')).toEqual(again(1))
  await before.close()
  const after = await open(folder)
  // some looks, after which the ids of the log are read at once, and others that are written since
  await send(after, 'new')
  expect(await send(after, 'old')).toEqual(again(1))
  expect(await send(after, 'new')).toEqual(again(COUNT + 1))
  await after.close()
})

test('after an erasure the same client ids are new again, and then recognised', async () => {
  const backbone = await open(await newFolder())
  await send(backbone, 'old')
  await backbone.store.erase(CONVERSATION)
  expect(await send(backbone, 'old')).toEqual(Array.from({ length: COUNT }, (_, n) => `${n + 1}`))
  expect(await send(backbone, 'old')).toEqual(again(1))
  await backbone.close()
})

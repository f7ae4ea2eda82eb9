/** What is replaced is replaced on the disk, too: in the log's rows, after checkpoints, and in a salvage. */
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { salvage } from '../../../gateway/backbone/embedded/salvage.ts'
import { newTalk, type Talk } from './laws/conversation.ts'

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'im-chat-replace-'))
const textsOf = async ({ store }: Backbone, { conversation }: Talk): Promise<string[]> =>
  (await store.read(conversation, { limit: 100 })).messages.map(({ body }) => body.text)

async function fill({ store }: Backbone, talk: Talk, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await store.append(talk.message())
}

async function replace({ store }: Backbone, talk: Talk, seq: number, text: string): Promise<void> {
  const { messages } = await store.read(talk.conversation, { after: seq - 1, limit: 1 })
  expect(await store.replace({ ...messages[0]!, body: { text } })).toBe(true)
}

it('after checkpoints the log itself has it, whatever was replaced while they ran', async () => {
  const dataDir = newFolder()
  let backbone = await openEmbedded({ dataDir, checkpointBytes: 0 })
  const [talk, other] = [newTalk(), newTalk()]
  await fill(backbone, talk, 30)
  const expected = await textsOf(backbone, talk)
  for (let round = 0; round < 40; round++) {
    const seq = 1 + ((round * 7) % expected.length)
    expected[seq - 1] = `replaced ${round}`
    expected.push(`text ${expected.length + 1}`)
    await Promise.all([
      replace(backbone, talk, seq, `replaced ${round}`),
      backbone.store.append(talk.message()),
      ...Array.from({ length: round % 5 }, () => backbone.store.append(other.message())),
    ])
  }
  // so much later that nothing of it is left in the journal
  await fill(backbone, other, 300)
  expect(await textsOf(backbone, talk)).toEqual(expected)
  await backbone.close()
  backbone = await openEmbedded({ dataDir, checkpointBytes: 0 })
  expect(await textsOf(backbone, talk)).toEqual(expected)
  await backbone.close()
  rmSync(dataDir, { recursive: true })
})

it('a salvage does not bring the words back', async () => {
  const dataDir = newFolder()
  const first = await openEmbedded({ dataDir, checkpointBytes: 0 })
  const talk = newTalk()
  await fill(first, talk, 4)
  await fill(first, newTalk(), 50)
  await first.close()
  const second = await openEmbedded({ dataDir })
  await replace(second, talk, 2, 'gone')
  await second.close()
  truncateSync(join(dataDir, 'images', 'data.mdb'), 5000)
  await salvage(dataDir)
  const third = await openEmbedded({ dataDir })
  expect(await textsOf(third, talk)).toEqual(['text 1', 'gone', 'text 3', 'text 4'])
  await third.close()
  rmSync(dataDir, { recursive: true })
})

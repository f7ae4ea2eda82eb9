/** What is erased is not on the disk any more: the tests look for the bytes in every file of the folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { salvage } from '../../../gateway/backbone/embedded/salvage.ts'
import { bundled } from './bundled.ts'
import { newTalk, type Talk } from './laws/conversation.ts'

const script = bundled('erase-until-killed')
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'im-chat-erase-'))
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
/** In which files of the folder these bytes are. */
const filesWith = (folder: string, marker: string): string[] => filesOf(folder).filter((path) => readFileSync(path).includes(marker))

async function fill({ store }: Backbone, talk: Talk, { count, word }: { count: number; word: string }): Promise<void> {
  const appending = Array.from({ length: count }, (_, i) =>
    store.append(talk.message({ body: { text: `${word} ${'x'.repeat(i % 300)}` }, name: `${word}${i % 7}` })),
  )
  await Promise.all(appending)
  const { assignment } = await store.read(talk.conversation, { limit: 1 })
  await store.setAssignment({ conversation: talk.conversation, text: `rated ${word}`, expect: assignment?.version ?? '', phase: 'closed' })
}

const picture = (word: string): Buffer => Buffer.concat(Array.from({ length: 3000 }, (_, i) => Buffer.from(`${word}${i}`)))

it.each([
  ['in the journal', 8_388_608],
  ['in the journal and in the log', 20_000],
  ['in the log', 0],
])('%s: not one byte of a message, name, rating, note or picture is found, and everything of others is', async (_, checkpointBytes) => {
  const dataDir = newFolder()
  const backbone = await openEmbedded({ dataDir, checkpointBytes })
  const { store, records, images } = backbone
  const talks = Array.from({ length: 30 }, () => newTalk())
  const [gone] = talks
  const note = (talk: Talk, word: string) => records.put({ collection: `${talk.conversation}/notes`, key: 'n', value: word, now: 1 })
  let image = ''
  for (let round = 0; round < 6; round++) {
    for (const talk of talks) {
      const word = talk === gone ? 'ERASEDWORD' : 'OTHERWORD'
      await fill(backbone, talk, { count: 12, word })
      await note(talk, `${word} ${'n'.repeat(round * 90)}`)
      const id = await images.put({ type: 'image/png', bytes: picture(word) })
      if (talk === gone) image = id
      if (talk === gone && round < 5) await images.remove(id)
    }
  }
  const before = await store.read(talks[1]!.conversation, { limit: 100 })
  expect(filesWith(dataDir, 'ERASEDWORD')).not.toEqual([])
  await store.erase(gone!.conversation)
  await records.remove({ collection: `${gone!.conversation}/notes`, key: 'n', now: 1 })
  await images.remove(image)
  await backbone.scrub()
  expect(filesWith(dataDir, 'ERASEDWORD')).toEqual([])
  expect(filesWith(dataDir, 'OTHERWORD')).not.toEqual([])
  console.log('ids', filesWith(dataDir, gone!.customer))
  expect(await store.read(talks[1]!.conversation, { limit: 100 })).toEqual(before)
  await fill(backbone, gone!, { count: 40, word: 'OTHERWORD' })
  await backbone.close()
  expect(filesWith(dataDir, 'ERASEDWORD')).toEqual([])
  const again = await openEmbedded({ dataDir, checkpointBytes })
  expect(await again.store.read(talks[1]!.conversation, { limit: 100 })).toEqual(before)
  expect((await again.store.read(gone!.conversation, { limit: 1 })).head.seq).toBe(40)
  await again.close()
  rmSync(dataDir, { recursive: true })
})

it('others write and read while the bytes are overwritten, and lose nothing', async () => {
  const dataDir = newFolder()
  const backbone = await openEmbedded({ dataDir, checkpointBytes: 100_000 })
  const [gone, ...talks] = Array.from({ length: 20 }, () => newTalk())
  for (const talk of talks) await fill(backbone, talk, { count: 100, word: 'OTHERWORD' })
  await fill(backbone, gone!, { count: 10_000, word: 'ERASEDWORD' })
  const ids = new Map<string, string[]>()
  let isOver = false
  const writing = Promise.all(
    talks.map(async (talk) => {
      const mine: string[] = []
      ids.set(talk.conversation, mine)
      while (!isOver) {
        const message = talk.message({ body: { text: `OTHERWORD ${'y'.repeat(mine.length % 500)}` } })
        await backbone.store.append(message)
        mine.push(message.id)
        await backbone.records.put({
          collection: `${talk.conversation}/notes`,
          key: String(mine.length % 40),
          value: 'OTHERWORD'.repeat(mine.length % 90),
          now: 1,
        })
        await backbone.store.list(talk.shop, { limit: 9 })
      }
    }),
  )
  await backbone.store.erase(gone!.conversation)
  await backbone.scrub()
  expect(filesWith(dataDir, 'ERASEDWORD')).toEqual([])
  isOver = true
  await writing
  await backbone.close()
  // a start reads every page and every checksum
  const again = await openEmbedded({ dataDir })
  for (const { conversation } of talks) {
    const stored: string[] = []
    for (let after = 0, more = true; more;) {
      const { messages, head } = await again.store.read(conversation, { after, limit: 500 })
      stored.push(...messages.map(({ id }) => id))
      after = messages.at(-1)!.seq
      more = after < head.seq
    }
    expect(stored.slice(100)).toEqual(ids.get(conversation))
  }
  await again.close()
  rmSync(dataDir, { recursive: true })
})

it('a salvage does not bring it back', async () => {
  const dataDir = newFolder()
  const [gone, kept] = [newTalk(), newTalk()]
  const first = await openEmbedded({ dataDir, checkpointBytes: 0 })
  await fill(first, gone, { count: 30, word: 'ERASEDWORD' })
  await fill(first, kept, { count: 30, word: 'OTHERWORD' })
  await first.close()
  const second = await openEmbedded({ dataDir })
  await second.store.erase(gone.conversation)
  await second.store.append(gone.message({ body: { text: 'written later' } }))
  await second.close()
  truncateSync(join(dataDir, 'images', 'data.mdb'), 5000)
  await salvage(dataDir)
  const third = await openEmbedded({ dataDir })
  expect((await third.store.read(gone.conversation, { limit: 99 })).messages.map(({ body }) => body.text)).toEqual(['written later'])
  expect((await third.store.read(kept.conversation, { limit: 99 })).messages).toHaveLength(30)
  await third.close()
  rmSync(dataDir, { recursive: true })
})

it('an erasure that a kill interrupts anywhere is whole after a start, or can be repeated', async () => {
  for (const delayMs of [0, 3, 10, 25, 60, 140]) {
    const dataDir = newFolder()
    const [gone, kept] = [newTalk(), newTalk()]
    const child = spawn(process.execPath, [script, dataDir, gone.conversation, kept.conversation, String(delayMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    child.stdout.on('data', (text: Buffer) => said.push(text.toString()))
    await once(child, 'exit')
    const backbone = await openEmbedded({ dataDir, checkpointBytes: 20_000 })
    const { head } = await backbone.store.read(gone.conversation, { limit: 1 })
    // what was answered is done
    expect([0, 10_000]).toContain(head.seq)
    if (said.join('').includes('erased')) expect(head.seq).toBe(0)
    expect((await backbone.store.read(kept.conversation, { limit: 1 })).head.seq).toBe(50)
    await backbone.store.erase(gone.conversation)
    await backbone.scrub()
    expect(filesWith(dataDir, 'ERASEDWORD')).toEqual([])
    expect((await backbone.store.read(kept.conversation, { limit: 1 })).head.seq).toBe(50)
    await backbone.close()
    rmSync(dataDir, { recursive: true })
  }
}, 60_000)

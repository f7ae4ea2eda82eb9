/**
 * What is whole of a damaged folder is a folder again: never more than was acknowledged, never a hole in a conversation, never a signal, and the
 * damaged files are kept. The salvages run in a process of their own, which a signal would end.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Muted } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { SALVAGING } from '../../../gateway/backbone/embedded/check-folder.ts'
import { reportOf, salvage, type Salvaged } from '../../../gateway/backbone/embedded/salvage.ts'
import { bundled } from './bundled.ts'
import { change, chances, contentOf, cut, dataOf, EACH, FILES, makeSound, PAGE, scratchFolder, TALKS, type Content } from './damage.ts'

let root: string
let sound: string
let acknowledged: Content
const script = bundled('salvage-folders')

beforeAll(async () => {
  root = scratchFolder('salvage')
  sound = join(root, 'sound')
  await makeSound(sound)
  const backbone = await openEmbedded({ dataDir: sound })
  acknowledged = await contentOf(backbone)
  await backbone.close()
})
afterAll(() => rmSync(root, { recursive: true }))

type Damage = (folder: string) => void

interface Outcome {
  readonly folder: string
  readonly name?: string
  readonly message?: string
  readonly salvaged?: Salvaged | null
  readonly content?: Content
  readonly appended?: number
}

let count = 0

/** Each damage on a copy of its own; one process salvages all of them. */
async function salvageAfter(damages: readonly Damage[]): Promise<Outcome[]> {
  const folders = damages.map((damage) => {
    const folder = join(root, `t${count++}`)
    cpSync(sound, folder, { recursive: true })
    damage(folder)
    cpSync(folder, `${folder}-before`, { recursive: true })
    return folder
  })
  const child = spawn(process.execPath, [script, ...folders], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code, signal]] = await Promise.all([
    text(child.stdout),
    new Promise<[number | null, string | null]>((resolve) => child.once('exit', (...how) => resolve(how))),
  ])
  const outcomes = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome)
  expect([code, signal, outcomes.length]).toEqual([0, null, damages.length])
  for (const outcome of outcomes) check(outcome)
  for (const folder of folders) for (const path of [folder, `${folder}-before`]) rmSync(path, { recursive: true })
  return outcomes
}

function check({ folder, name, message, salvaged, content, appended }: Outcome): void {
  if (name !== undefined) {
    expect([name, message]).toEqual(['DataFolderError', expect.stringMatching(/^Nothing in .* can be recovered/)])
    for (const file of FILES) expect(existsSync(dataOf(folder, file))).toBe(existsSync(dataOf(`${folder}-before`, file)))
    return
  }
  const { pages, listed, blocked } = content!
  for (const [c, { messages, head, cursors, assignment }] of pages.entries()) {
    const before = acknowledged.pages[c]!
    // what is there was acknowledged, and in that order
    const places = messages.map(({ id }) => before.messages.findIndex((one) => one.id === id))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    for (const [i, { seq, prev, epoch, ...rest }] of messages.entries()) {
      const { seq: _seq, prev: _prev, epoch: _epoch, ...said } = before.messages[places[i]!]!
      expect(rest).toEqual(said)
      expect([seq, prev, epoch]).toEqual([i + 1, messages[i - 1]?.id, head.epoch])
    }
    expect(head).toEqual({ epoch: head.epoch, seq: messages.length, ...(messages.length > 0 ? { id: messages.at(-1)!.id } : {}) })
    expect(listed.includes(`shop:7~c${c}`)).toBe(messages.length > 0)
    for (const cursor of Object.values(cursors)) expect(cursor.delivered).toBeLessThanOrEqual(messages.length)
    if (assignment !== undefined) expect(assignment.text).toBe('closed')
    const missing = salvaged?.missing.find(({ conversation }) => conversation === `shop:7~c${c}`)?.count ?? 0
    expect(messages.length + missing).toBeLessThanOrEqual(EACH)
  }
  expect(acknowledged.blocked).toEqual(expect.arrayContaining([...blocked]))
  expect(appended).toBe(pages[0]!.messages.length + 1)
  if (!salvaged) return expect(pages).toEqual(acknowledged.pages)
  expect(pages[0]!.head.epoch).not.toBe(acknowledged.pages[0]!.head.epoch)
  for (const file of FILES) {
    const before = dataOf(`${folder}-before`, file)
    if (existsSync(before)) expect(readFileSync(dataOf(salvaged.aside, file)).equals(readFileSync(before))).toBe(true)
  }
}

const sizeOf = (name: string): number => statSync(dataOf(sound, name)).size
const messagesIn = ({ content }: Outcome): number => content!.pages.reduce((sum, { messages }) => sum + messages.length, 0)
const ALL = TALKS * EACH

it.each(FILES)('%s cut, with a page of zeros, with flipped bytes, or missing', async (name) => {
  const chance = chances(3)
  const next = (below: number): number => Math.floor(chance.next().value! * below)
  const at =
    (path: (folder: string) => string, run: (bytes: Buffer) => void): Damage =>
    (folder) =>
      change(path(folder), run)
  const file = (folder: string): string => dataOf(folder, name)
  const size = sizeOf(name)
  const outcomes = await salvageAfter([
    ...[0, 3 * PAGE, next(size), next(size)].map(
      (length): Damage =>
        (folder) =>
          cut(file(folder), length),
    ),
    ...[0, 4, next(size / PAGE)].map((page) => at(file, (bytes) => bytes.fill(0, page * PAGE, (page + 1) * PAGE))),
    ...[2 * PAGE, size, size, size].map((below, i) =>
      at(file, (bytes) => {
        for (let n = 0; n <= i; n++) bytes[next(below)]! ^= 1 << next(8)
      }),
    ),
    (folder) => rmSync(join(folder, name), { recursive: true }),
  ])
  for (const outcome of outcomes) if (name === 'images') expect(messagesIn(outcome)).toBe(ALL)
  expect(outcomes.some(({ salvaged }) => (salvaged?.problems[0] ?? '').startsWith(`${name}/data.mdb: `))).toBe(true)
})

it('a page of zeros loses what was on it, and the report says whose messages those were', async () => {
  // the last quarter of the file: pages that are in use
  const pages = Array.from({ length: 6 }, (_, i) => Math.floor(sizeOf('main') / PAGE) - 2 - i)
  const outcomes = await salvageAfter(
    pages.map((page): Damage => (folder) => {
      change(dataOf(folder, 'main'), (bytes) => bytes.fill(0, page * PAGE, (page + 1) * PAGE))
    }),
  )
  for (const outcome of outcomes) {
    expect(messagesIn(outcome)).toBeGreaterThan(ALL * 0.8)
    const missing = (outcome.salvaged?.missing ?? []).reduce((sum, one) => sum + one.count, 0)
    expect(messagesIn(outcome) + missing).toBe(ALL)
  }
  expect(outcomes.some(({ salvaged }) => (salvaged?.missing.length ?? 0) > 0)).toBe(true)
})

it('cursors, assignments, blocked sides, names, records and pictures are recovered, and a picture that no message names yet is counted once', async () => {
  const folder = join(root, 'along')
  const pictures = await makeSound(folder)
  const before = await openEmbedded({ dataDir: folder })
  await before.images.put({ type: 'image/png', bytes: Buffer.alloc(9) }, 3_600_000)
  await before.close()
  change(dataOf(folder, 'main'), (bytes) => bytes.fill(0, 0, PAGE))
  const salvaged = (await salvage(folder))!
  expect(reportOf(salvaged)).toMatch(/^Salvaged into .*along: 150 messages of 6 conversations, 7 pictures, 3 records\./)
  const backbone = await openEmbedded({ dataDir: folder })
  const { pages, blocked, images } = await contentOf(backbone, pictures)
  expect(pages.map(({ cursors, names, assignment }) => [cursors, names, assignment?.text])).toEqual(
    acknowledged.pages.map(({ cursors, names, assignment }) => [cursors, names, assignment?.text]),
  )
  expect([blocked, images]).toEqual([['c1', 'c2', 'c3'], pictures])
  await expect(
    backbone.store.append({
      conversation: 'shop:7~c1',
      id: 'x',
      from: 'c1',
      side: 'c1',
      kind: 'text',
      body: { text: 'x' },
      at: 1e13,
      origin: '',
    }),
  ).rejects.toThrow(Muted)
  await backbone.close()
  expect(await salvage(folder)).toBeUndefined()
})

it('the cursors of a conversation with a hole in the middle stay at the same messages', async () => {
  const folder = join(root, 'hole')
  const early = await openEmbedded({ dataDir: folder })
  for (let i = 1; i <= 9; i++) {
    const body = { text: 'x'.repeat(6000) }
    await early.store.append({ conversation: 'a~b', id: `m${i}`, from: 'a', side: 'a', kind: 'text', body, at: i, origin: '' })
  }
  await early.store.advance({ conversation: 'a~b', side: 'b', read: 7, origin: '' })
  await early.close()
  change(dataOf(folder, 'journal'), (bytes) => {
    bytes[bytes.indexOf('"id":"m4"') + 200]! ^= 1
  })
  const { missing, messageCount } = (await salvage(folder))!
  expect([missing, messageCount]).toEqual([[{ conversation: 'a~b', count: 1 }], 8])
  const backbone = await openEmbedded({ dataDir: folder })
  const { messages, cursors } = await backbone.store.read('a~b', { limit: 100 })
  expect(messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'm5', 'm6', 'm7', 'm8', 'm9'])
  expect(messages[cursors.b!.read - 1]!.id).toBe('m7')
  await backbone.close()
})

it("another folder's journal is ignored", async () => {
  const other = join(root, 'other')
  await makeSound(other)
  const [outcome] = await salvageAfter([(folder) => cpSync(join(other, 'journal'), join(folder, 'journal'), { recursive: true })])
  expect(outcome!.salvaged!.problems).toEqual(['journal/data.mdb: it is of another folder'])
})

describe('a salvage that was killed', () => {
  it('while it was building begins again, and until then no gateway starts on the folder', async () => {
    const folder = join(root, 'half')
    cpSync(sound, folder, { recursive: true })
    change(dataOf(folder, 'main'), (bytes) => bytes.fill(0, 0, PAGE))
    cpSync(join(sound, 'images'), join(folder, SALVAGING, 'new', 'images'), { recursive: true })
    await expect(openEmbedded({ dataDir: folder })).rejects.toThrow(/did not finish\. Start once more with --salvage/)
    expect((await salvage(folder))!.messageCount).toBe(ALL)
    expect(existsSync(join(folder, SALVAGING))).toBe(false)
  })

  it.each([0, 1, 2, 3])('after %i of its files were in place is completed', async (placed) => {
    const folder = join(root, `placed${placed}`)
    cpSync(sound, folder, { recursive: true })
    change(dataOf(folder, 'main'), (bytes) => bytes.fill(0, 0, PAGE))
    const { aside, folder: _folder, ...found } = (await salvage(folder))!
    const built = join(folder, SALVAGING)
    mkdirSync(join(built, 'new'), { recursive: true })
    for (const name of FILES.slice(placed)) {
      renameSync(join(folder, name), join(built, 'new', name))
      // one of them was moved aside already
      if (name !== FILES[placed]) renameSync(join(aside, name), join(folder, name))
    }
    writeFileSync(join(built, 'complete.json'), JSON.stringify({ aside: basename(aside), found }))
    await expect(openEmbedded({ dataDir: folder })).rejects.toThrow(/did not finish/)
    expect(await salvage(folder)).toMatchObject({ aside, messageCount: ALL })
    for (const name of FILES) expect(existsSync(dataOf(aside, name))).toBe(true)
    const backbone = await openEmbedded({ dataDir: folder })
    for (const { messages } of (await contentOf(backbone)).pages) expect(messages).toHaveLength(EACH)
    await backbone.close()
  })
})

it('where there is no data, or another gateway, it says so and changes nothing', async () => {
  const folder = join(root, 'none')
  await expect(salvage(folder)).rejects.toThrow(/There is nothing to salvage/)
  expect(existsSync(folder)).toBe(false)
  const gateway = await openEmbedded({ dataDir: folder })
  await expect(salvage(folder)).rejects.toThrow(/in use by another gateway/)
  await gateway.close()
})

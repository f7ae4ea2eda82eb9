/**
 * What a disk, a crash or a person can do to the data folder. Never a signal, never a message that is silently wrong or not there: a start
 * either has everything that was acknowledged, or ends with one sentence. Each damage is tried on every file.
 */
import { cpSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataFolderError } from '../../../gateway/backbone/embedded/folder.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { wholeImage } from '../../kit/whole-image.ts'
import { chances, change, dataOf, FILES, PAGE, scratchFolder } from './damage.ts'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'

const TALKS = 6
const EACH = 30
let root: string
let sound: string
let picture: string
/** Everything that can be read of a sound folder. */
let whole: unknown

beforeAll(async () => {
  root = scratchFolder('damage')
  sound = join(root, 'sound')
  const backbone = await openEmbedded({ dataDir: sound, checkpointBytes: 40_000 })
  for (let i = 1; i <= EACH; i++) {
    await Promise.all(
      Array.from({ length: TALKS }, (_, c) =>
        backbone.store.append({
          conversation: `shop:7~c${c}`,
          id: `m${i}`,
          from: `c${c}`,
          side: `c${c}`,
          kind: 'text',
          body: { text: `${i} `.repeat(i * 20) },
          at: i,
          origin: '',
        }),
      ),
    )
  }
  await backbone.records.put({ collection: 'shop:7/blocked', key: 'c1', value: 'spam', now: 1 })
  picture = await backbone.images.put({ type: 'image/png', bytes: Buffer.alloc(9000, 7) })
  whole = await everything(backbone)
  await backbone.close()
})
afterAll(() => rmSync(root, { recursive: true }))

async function everything({ store, records, images }: Backbone): Promise<unknown> {
  const pages = await Promise.all(Array.from({ length: TALKS }, (_, c) => store.read(`shop:7~c${c}`, { limit: 100 })))
  const { rows } = await store.list('shop:7', { limit: 100 })
  const kept = [await records.items('shop:7/blocked', 2), await wholeImage(await images.get(picture))]
  return [pages, rows.map(({ conversation }) => conversation).sort(), ...kept]
}

let count = 0

/** What comes of a start after `damage`: 'whole', or the sentence. Anything else fails the test. */
async function startAfter(damage: (folder: string) => void): Promise<string> {
  const dataDir = join(root, `t${count++}`)
  cpSync(sound, dataDir, { recursive: true })
  damage(dataDir)
  try {
    const backbone = await openEmbedded({ dataDir })
    expect(await everything(backbone)).toEqual(whole)
    await backbone.close()
    return 'whole'
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error
    expect(error.message).toMatch(/Restore the whole folder from one backup|restore it, set DATA_DIR/)
    return error.message
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

describe.each(FILES)('%s', (name) => {
  const size = (): number => statSync(dataOf(sound, name)).size

  it('cut short anywhere is intact or refused, and refused where pages in use are missing', async () => {
    const chance = chances(1)
    const lengths = [0, 1, 100, PAGE, 2 * PAGE, size() - PAGE, ...Array.from({ length: 12 }, () => Math.floor(chance.next().value! * size()))]
    for (const length of lengths) {
      const said = await startAfter((folder) => truncateSync(dataOf(folder, name), length))
      if (length <= 2 * PAGE) expect([length, said]).not.toEqual([length, 'whole'])
    }
  })

  it('with a page of zeros is intact or refused', async () => {
    const outcomes = new Set<string>()
    for (let page = 0; page * PAGE < size(); page += Math.max(1, Math.floor(size() / PAGE / 24))) {
      outcomes.add(await startAfter((folder) => change(dataOf(folder, name), (bytes) => bytes.fill(0, page * PAGE, (page + 1) * PAGE))))
    }
    expect(outcomes.size).toBeGreaterThan(1)
  })

  it('with a flipped byte is intact or refused', async () => {
    const chance = chances(2)
    for (let i = 0; i < 60; i++) {
      // the first pages say where all the others are
      const at = Math.floor(chance.next().value! * (i % 3 === 0 ? 2 * PAGE : size()))
      const at160 = i % 3 === 0 ? Math.floor(at / PAGE) * PAGE + (at % 160) : at
      const bit = 1 << Math.floor(chance.next().value! * 8)
      await startAfter((folder) =>
        change(dataOf(folder, name), (bytes) => {
          bytes[at160]! ^= bit
        }),
      )
    }
  })

  it('missing beside the others is refused', async () => {
    expect(await startAfter((folder) => rmSync(dataOf(folder, name)))).toMatch(/missing or empty/)
    expect(await startAfter((folder) => rmSync(join(folder, name), { recursive: true }))).toMatch(/missing or empty/)
  })

  it('of another folder is refused', async () => {
    const other = join(root, `other-${name}`)
    await (await openEmbedded({ dataDir: other })).close()
    expect(await startAfter((folder) => cpSync(dataOf(other, name), dataOf(folder, name)))).not.toBe('whole')
  })

  it('does not need its lock file, whatever is in it', async () => {
    expect(await startAfter((folder) => rmSync(join(folder, name, 'lock.mdb')))).toBe('whole')
    expect(await startAfter((folder) => truncateSync(join(folder, name, 'lock.mdb'), 10))).toBe('whole')
    expect(await startAfter((folder) => writeFileSync(join(folder, name, 'lock.mdb'), 'x'.repeat(20_000)))).toBe('whole')
  })
})

it('a journal older than the rest is refused', async () => {
  const dataDir = join(root, 'older')
  const early = await openEmbedded({ dataDir, checkpointBytes: 1000 })
  const append = (i: number) =>
    early.store.append({
      conversation: 'a~b',
      id: `m${i}`,
      from: 'a',
      side: 'a',
      kind: 'text',
      body: { text: 'x'.repeat(900) },
      at: i,
      origin: '',
    })
  await append(1)
  cpSync(join(dataDir, 'journal'), join(root, 'journal-early'), { recursive: true })
  for (let i = 2; i < 20; i++) await append(i)
  await early.close()
  rmSync(join(dataDir, 'journal'), { recursive: true })
  cpSync(join(root, 'journal-early'), join(dataDir, 'journal'), { recursive: true })
  await expect(openEmbedded({ dataDir })).rejects.toThrow(DataFolderError)
})

/** A sound data folder with something of everything in it, and what a machine can do to one. */
import { existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backbone, Page } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'

export const FILES = ['journal', 'main', 'images'] as const
export const TALKS = 6
export const EACH = 25
export const PAGE = 4096

export interface Content {
  readonly pages: readonly Page[]
  readonly listed: readonly string[]
  readonly blocked: readonly string[]
  readonly images: readonly string[]
}

/** Half of it is checkpointed, half in the journal. Returns the names of its pictures. */
export async function makeSound(dataDir: string): Promise<readonly string[]> {
  const backbone = await openEmbedded({ dataDir, checkpointBytes: 40_000 })
  const { store, records, images } = backbone
  await Promise.all(
    Array.from({ length: TALKS }, async (_, c) => {
      for (let i = 1; i <= EACH; i++) {
        const body = { text: `${c}.${i} `.repeat(i * 20) }
        await store.append({
          conversation: `shop:7~c${c}`,
          id: `m${i}`,
          from: `c${c}`,
          side: `c${c}`,
          name: `Customer ${c}`,
          kind: 'text',
          body,
          at: i,
          origin: '',
        })
      }
    }),
  )
  await store.setAssignment({ conversation: 'shop:7~c1', expect: '', text: 'closed', phase: 'closed', muted: [{ side: 'c1' }] })
  await store.advance({ conversation: 'shop:7~c2', side: 'shop:7', delivered: 20, read: 10, origin: '' })
  for (const key of ['c1', 'c2', 'c3']) await records.put({ collection: 'shop:7/blocked', key, value: 'spam', now: 1 })
  const pictures: string[] = []
  for (let i = 1; i <= 6; i++) pictures.push(await images.put({ type: 'image/png', bytes: Buffer.alloc(3000 * i, i) }))
  await backbone.close()
  return pictures
}

export async function contentOf({ store, records, images }: Backbone, pictures: readonly string[] = []): Promise<Content> {
  const { rows } = await store.list('shop:7', { limit: 100 })
  const found: string[] = []
  for (const id of pictures) if ((await images.get(id)) !== undefined) found.push(id)
  return {
    pages: await Promise.all(Array.from({ length: TALKS }, (_, c) => store.read(`shop:7~c${c}`, { limit: 100 }))),
    listed: rows.map(({ conversation }) => conversation).sort(),
    blocked: (await records.items('shop:7/blocked', 2)).map(({ key }) => key).sort(),
    images: found,
  }
}

/** For many small folders: in memory, where the system has a place for that. */
export const scratchFolder = (name: string): string => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `im-chat-${name}-`))

export const dataOf = (folder: string, name: string): string => join(folder, name, 'data.mdb')

/** The same numbers in each run. */
export function* chances(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

export function change(path: string, run: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path)
  run(bytes)
  writeFileSync(path, bytes)
}

export const cut = (path: string, length: number): void => truncateSync(path, length)

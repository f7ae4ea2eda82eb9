import { randomUUID } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import type { Item, NewItem, Put, Records } from '../records.ts'
import type { Files } from './files.ts'

interface Kept extends Item {
  readonly expiresAt: number | undefined
}

type Removal = Parameters<Records['remove']>[0]

/** What a wish changes, decided against what those before it in the batch have led to. */
interface Wish {
  readonly now: number
  decide(): Change | undefined
  settle(): void
  fail(error: Error): void
}

interface Change {
  readonly collection: string
  readonly key: string
  readonly kept: Kept | undefined
}

/** What expired is kept for so long in case a caller's clock is behind, and looked for so often. */
const SWEEP_MS = 60_000

/**
 * All records in memory, and each change on disk before it is answered. What gathers while a batch is being written is the
 * next one, so any number of changes at once costs two flushes. Reading may show a change that is on its way to the disk.
 */
export class EmbeddedRecords implements Records {
  readonly #files: Pick<Files, 'main' | 'mustHaveRoom' | 'records'>
  readonly #collections = new Map<string, Map<string, Kept>>()
  #wishes: Wish[] = []
  #running: Promise<void> | undefined
  #sweptAt = 0
  #isClosed = false

  constructor(files: Pick<Files, 'main' | 'mustHaveRoom' | 'records'>) {
    this.#files = files
    for (const { key, value } of files.records.getRange({})) {
      const [collection, name] = key.toString().split('\0') as [string, string]
      this.#place({ collection, key: name, kept: { key: name, ...(JSON.parse(value.toString()) as Omit<Kept, 'key'>) } })
    }
  }

  async items(collection: string, now: number): Promise<readonly Item[]> {
    if (this.#isClosed) throw closed()
    const all = [...(this.#collections.get(collection)?.values() ?? [])]
    return all.filter((kept) => isLive(kept, now)).map(asItem)
  }

  put(item: NewItem): Promise<Put> {
    const { collection, key, value, now, expiresAt, expect } = item
    const version = randomUUID()
    let answer: Put = { isPut: true, version }
    return this.#wish(now, () => {
      const found = this.#find(collection, key, now)
      if (expect === undefined || expect === (found?.version ?? '')) return { collection, key, kept: { key, value, version, expiresAt } }
      answer = found === undefined ? { isPut: false } : { isPut: false, found: asItem(found) }
      return undefined
    }, () => answer)
  }

  remove({ collection, key, now, expect }: Removal): Promise<boolean> {
    let isGone = true
    return this.#wish(now, () => {
      const found = this.#find(collection, key, now)
      isGone = found === undefined || expect === undefined || expect === found.version
      return found !== undefined && isGone ? { collection, key, kept: undefined } : undefined
    }, () => isGone)
  }

  /** Takes nothing more; resolves when all that is under way has been answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #wish<T>(now: number, decide: Wish['decide'], answer: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#wishes.push({ now, decide, settle: () => resolve(answer()), fail: reject })
      this.#running ??= Promise.resolve().then(() => this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#wishes.length > 0) {
      const wishes = this.#wishes
      this.#wishes = []
      await this.#commit(wishes)
    }
    this.#running = undefined
  }

  /** In memory first, so that a wish sees those before it; back again where the disk refuses. */
  async #commit(wishes: readonly Wish[]): Promise<void> {
    const undo: Change[] = []
    const changes: Change[] = []
    const change = (one: Change): void => {
      undo.unshift({ ...one, kept: this.#collections.get(one.collection)?.get(one.key) })
      this.#place(one)
      changes.push(one)
    }
    const decided = wishes.filter((wish) => {
      try {
        const one = wish.decide()
        if (one !== undefined) change(one)
        return true
      } catch (error) {
        wish.fail(error as Error) // a bug: of this wish alone
        return false
      }
    })
    if (changes.length > 0) for (const one of this.#expired(wishes.at(-1)!.now)) change(one)
    try {
      if (changes.length > 0) this.#files.mustHaveRoom()
      if (changes.length > 0) await this.#files.main.batch(() => { for (const one of changes) this.#write(one) })
      for (const wish of decided) wish.settle()
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined)
      for (const one of undo) this.#place(one)
      const unavailable = new Unavailable(`The data folder could not be written: ${(error as Error).message}`, { cause: error })
      for (const wish of decided) wish.fail(unavailable)
    }
  }

  #expired(now: number): Change[] {
    if (now - this.#sweptAt < SWEEP_MS) return []
    this.#sweptAt = now
    return [...this.#collections].flatMap(([collection, items]) => [...items.values()]
      .filter((kept) => !isLive(kept, now - SWEEP_MS))
      .map(({ key }) => ({ collection, key, kept: undefined })))
  }

  #write({ collection, key, kept }: Change): void {
    const name = Buffer.from(`${collection}\0${key}`)
    if (kept === undefined) return void this.#files.records.remove(name)
    const { value, version, expiresAt } = kept
    void this.#files.records.put(name, JSON.stringify({ value, version, expiresAt }))
  }

  #place({ collection, key, kept }: Change): void {
    const items = this.#collections.get(collection) ?? new Map<string, Kept>()
    if (kept === undefined) items.delete(key)
    else items.set(key, kept)
    if (items.size === 0) this.#collections.delete(collection)
    else this.#collections.set(collection, items)
  }

  #find(collection: string, key: string, now: number): Kept | undefined {
    const kept = this.#collections.get(collection)?.get(key)
    return kept !== undefined && isLive(kept, now) ? kept : undefined
  }
}

const closed = (): Unavailable => new Unavailable('The store is closed.')
const isLive = ({ expiresAt }: Kept, now: number): boolean => expiresAt === undefined || expiresAt > now
const asItem = ({ key, value, version }: Kept): Item => ({ key, value, version })

import { randomUUID } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import type { Item, NewItem, Put, Records } from '../records.ts'
import type { Files } from './files.ts'

interface Stored extends Item {
  readonly expiresAt: number | undefined
}

type Removal = Parameters<Records['remove']>[0]

/** A write in the queue. It is decided against the state that the earlier writes of its batch lead to. */
interface QueuedWrite {
  readonly now: number
  decide(): Change | undefined
  settle(): void
  fail(error: Error): void
}

interface Change {
  readonly collection: string
  readonly key: string
  readonly stored: Stored | undefined
}

/** How often expired items are looked for, and for how long they stay after they expired, because a caller's clock may be behind. */
const SWEEP_MS = 60_000
/** A sweep looks at so many rows; the next one continues behind them. */
const SWEEP_COUNT = 5000
/** Memory for all collections together, about. Above it the ones used longest ago are dropped: the disk has them. */
const HELD_BYTES = 16_777_216
const ITEM_BYTES = 300

/** How long deferred items wait, and how many of them are written at once: some milliseconds of the main thread. */
const DEFERRED_MS = 1000
const DEFERRED_COUNT = 200
/** Collections with deferred items; more wait only while the disk is full, and then strangers must not fill the memory. */
const DEFERRED_MOST = 100_000

interface Collection {
  readonly items: Map<string, Stored>
  bytes: number
}

/**
 * The collections that were used last are in memory, and every change is on the disk before it is answered. Writes that arrive while a batch
 * is being written form the next batch, so any number of changes at once cost two flushes. A read may show a change before it is durable.
 * Deferred items wait in memory for a batch a second: thousands who connect at once cost some flushes instead of hundreds.
 */
export class EmbeddedRecords implements Records {
  readonly #files: Pick<Files, 'main' | 'requireSpace' | 'records'>
  readonly #heldBytes: number
  /** Ordered by use: the first was used longest ago. */
  readonly #collections = new Map<string, Collection>()
  #bytes = 0
  /** By collection and key: they stand in the place of what the disk has. */
  readonly #deferred = new Map<string, Map<string, Stored>>()
  #deferredTimer: NodeJS.Timeout | undefined
  /** Collections with a change that the disk does not have yet; they must stay in memory. */
  readonly #changing = new Set<string>()
  /** Where the next sweep begins. */
  #sweepFrom: Buffer = Buffer.alloc(0)
  #writes: QueuedWrite[] = []
  #running: Promise<void> | undefined
  #sweptAt = 0
  #isClosed = false

  constructor(files: Pick<Files, 'main' | 'requireSpace' | 'records'>, heldBytes = HELD_BYTES) {
    this.#files = files
    this.#heldBytes = heldBytes
  }

  /** Bytes held in memory, about. */
  get bytes(): number {
    return this.#bytes
  }

  async items(collection: string, now: number): Promise<readonly Item[]> {
    if (this.#isClosed) throw closed()
    const items: Item[] = []
    const deferred = this.#deferred.get(collection)
    for (const stored of this.#collection(collection).items.values()) {
      if (deferred?.has(stored.key) !== true && isLive(stored, now)) items.push(asItem(stored))
    }
    for (const stored of deferred?.values() ?? []) if (isLive(stored, now)) items.push(asItem(stored))
    this.#release()
    return items
  }

  put(item: NewItem): Promise<Put> {
    if (item.isDeferred === true) return this.#defer(item)
    const { collection, key, value, now, expiresAt, expect } = item
    const version = randomUUID()
    let answer: Put = { isPut: true, version }
    return this.#queued(
      now,
      () => {
        const found = this.#find(collection, key, now)
        if (expect === undefined || expect === (found?.version ?? '')) return { collection, key, stored: { key, value, version, expiresAt } }
        answer = found === undefined ? { isPut: false } : { isPut: false, found: asItem(found) }
        return undefined
      },
      () => answer,
    )
  }

  remove({ collection, key, now, expect }: Removal): Promise<boolean> {
    let isGone = true
    return this.#queued(
      now,
      () => {
        const found = this.#find(collection, key, now)
        isGone = found === undefined || expect === undefined || expect === found.version
        return found !== undefined && isGone ? { collection, key, stored: undefined } : undefined
      },
      () => isGone,
    )
  }

  /** Refuses every later call; resolves when all writes under way are answered. */
  async close(): Promise<void> {
    clearTimeout(this.#deferredTimer)
    await this.#writeDeferred()
    this.#isClosed = true
    await this.#running
  }

  async #defer({ collection, key, value, expiresAt }: NewItem): Promise<Put> {
    if (this.#isClosed) throw closed()
    const version = randomUUID()
    const stored = { key, value, version, expiresAt }
    const others = this.#deferred.get(collection)
    if (others === undefined && this.#deferred.size >= DEFERRED_MOST) throw new Unavailable('Too many records wait for the disk.')
    if (others === undefined) this.#deferred.set(collection, new Map([[key, stored]]))
    else others.set(key, stored)
    this.#writeLater()
    return { isPut: true, version }
  }

  #writeLater(): void {
    this.#deferredTimer ??= setTimeout(() => {
      void this.#writeDeferred().then(() => {
        this.#deferredTimer = undefined
        if (this.#deferred.size > 0 && !this.#isClosed) this.#writeLater()
      })
    }, DEFERRED_MS).unref()
  }

  /** Until all are written. What cannot be written stays deferred. */
  async #writeDeferred(): Promise<void> {
    while (this.#deferred.size > 0) {
      const writes: Promise<void>[] = []
      for (const [collection, items] of this.#deferred) {
        for (const stored of items.values()) writes.push(this.#writeOne({ collection, key: stored.key, stored }))
        if (writes.length >= DEFERRED_COUNT) break
      }
      const results = await Promise.allSettled(writes)
      if (results.some(({ status }) => status === 'rejected')) return
    }
  }

  #writeOne(change: Change): Promise<void> {
    const isStill = (): boolean => this.#deferred.get(change.collection)?.get(change.key) === change.stored
    return this.#queued(
      // it is the newest of its key, so nothing depends on what has expired
      0,
      () => (isStill() ? change : undefined),
      () => {
        if (!isStill()) return
        this.#undefer(change)
        // the collection may have been read meanwhile
        this.#place(change)
      },
    )
  }

  /** Forgets a deferred item that is written, or has made way for another. */
  #undefer({ collection, key }: Change): void {
    const items = this.#deferred.get(collection)
    if (items?.delete(key) === true && items.size === 0) this.#deferred.delete(collection)
  }

  #queued<T>(now: number, decide: QueuedWrite['decide'], answer: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#writes.push({ now, decide, settle: () => resolve(answer()), fail: reject })
      this.#running ??= Promise.resolve().then(() => this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#writes.length > 0) {
      const writes = this.#writes
      this.#writes = []
      await this.#commit(writes)
    }
    this.#running = undefined
  }

  /** Changes memory first, so that each write sees the ones before it; undoes that if the disk fails. */
  async #commit(writes: readonly QueuedWrite[]): Promise<void> {
    const undo: Change[] = []
    const changes: Change[] = []
    const change = (one: Change): void => {
      undo.unshift({ ...one, stored: this.#collections.get(one.collection)?.items.get(one.key) })
      this.#changing.add(one.collection)
      this.#place(one)
      if (this.#deferred.get(one.collection)?.get(one.key) !== one.stored) this.#undefer(one)
      changes.push(one)
    }
    const decided = writes.filter((queued) => {
      try {
        const one = queued.decide()
        if (one !== undefined) change(one)
        return true
      } catch (error) {
        queued.fail(error as Error) // a bug: only this write fails
        return false
      }
    })
    try {
      if (changes.length > 0) this.#files.requireSpace()
      // inside the try: the sweep reads the disk, which may fail as a write may
      if (changes.length > 0) for (const one of this.#expired(writes.at(-1)!.now)) change(one)
      if (changes.length > 0)
        await this.#files.main.batch(() => {
          for (const one of changes) this.#write(one)
        })
      for (const queued of decided) queued.settle()
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `error` says it, below
      for (const one of undo) this.#place(one)
      const unavailable = new Unavailable(`The data folder could not be written: ${(error as Error).message}`, { cause: error })
      for (const queued of decided) queued.fail(unavailable)
    } finally {
      this.#changing.clear()
      this.#release()
    }
  }

  #expired(now: number): Change[] {
    if (now - this.#sweptAt < SWEEP_MS) return []
    this.#sweptAt = now
    const rows = [...this.#files.records.getRange({ start: this.#sweepFrom, limit: SWEEP_COUNT })]
    this.#sweepFrom = rows.length < SWEEP_COUNT ? Buffer.alloc(0) : rows.at(-1)!.key
    return rows.flatMap(({ key, value }) => {
      const [collection, name] = key.toString().split('\0') as [string, string]
      const held = this.#collections.get(collection)
      // an earlier write of this batch may have renewed it
      const stored = held === undefined ? storedOf(name, value) : held.items.get(name)
      return stored === undefined || isLive(stored, now - SWEEP_MS) ? [] : [{ collection, key: name, stored: undefined }]
    })
  }

  #write({ collection, key, stored }: Change): void {
    const name = Buffer.from(`${collection}\0${key}`)
    if (stored === undefined) return void this.#files.records.remove(name)
    const { value, version, expiresAt } = stored
    void this.#files.records.put(name, JSON.stringify({ value, version, expiresAt }))
  }

  /** Changes an item in memory, where its collection is there. */
  #place({ collection, key, stored }: Change): void {
    const held = this.#collections.get(collection)
    if (held === undefined) return
    const before = held.items.get(key)
    const grown = (stored === undefined ? 0 : bytesOf(stored)) - (before === undefined ? 0 : bytesOf(before))
    held.bytes += grown
    this.#bytes += grown
    if (stored === undefined) held.items.delete(key)
    else held.items.set(key, stored)
  }

  #find(collection: string, key: string, now: number): Stored | undefined {
    const stored = this.#deferred.get(collection)?.get(key) ?? this.#collection(collection).items.get(key)
    return stored !== undefined && isLive(stored, now) ? stored : undefined
  }

  /** From memory or else from the disk; it becomes the one used last. */
  #collection(name: string): Collection {
    const held = this.#collections.get(name) ?? this.#load(name)
    this.#collections.delete(name)
    this.#collections.set(name, held)
    return held
  }

  #load(name: string): Collection {
    const loaded: Collection = { items: new Map(), bytes: ITEM_BYTES + name.length }
    for (const { key, value } of this.#files.records.getRange({ start: Buffer.from(`${name}\0`), end: Buffer.from(`${name}\x01`) })) {
      const stored = storedOf(key.toString().slice(name.length + 1), value)
      loaded.items.set(stored.key, stored)
      loaded.bytes += bytesOf(stored)
    }
    this.#bytes += loaded.bytes
    return loaded
  }

  /** Drops the collections used longest ago until the rest fits, except those with a change that is not on the disk yet. */
  #release(): void {
    for (const [name, { bytes }] of this.#collections) {
      if (this.#bytes <= this.#heldBytes) return
      if (this.#changing.has(name)) continue
      this.#collections.delete(name)
      this.#bytes -= bytes
    }
  }
}

const storedOf = (key: string, value: Buffer): Stored => ({ key, ...(JSON.parse(value.toString()) as Omit<Stored, 'key'>) })
const bytesOf = ({ key, value }: Stored): number => ITEM_BYTES + key.length + value.length
const closed = (): Unavailable => new Unavailable('The store is closed.')
const isLive = ({ expiresAt }: Stored, now: number): boolean => expiresAt === undefined || expiresAt > now
const asItem = ({ key, value, version }: Stored): Item => ({ key, value, version })

import type { Body } from '../../gateway/protocol/model.ts'
import { isWaitingPicture } from './body-refusal.ts'
import type { Clock } from './clock.ts'
import { outboxItemFrom } from './incoming.ts'
import { plainJson } from './plain-json.ts'
import type { PictureStore } from './picture-store.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { StoredItem } from './stored.ts'

export interface OutboxStorageOptions {
  readonly storage: ScopedStorage
  readonly clock: Clock
  /** Undefined: all of an item is kept in `storage`. */
  readonly pictures: PictureStore | undefined
  /** It has become known whether an item would survive the page. */
  readonly onChange: (id: string) => void
}

/** Stored briefly under an item's key: it was confirmed or discarded. */
const GONE = { gone: true }
/** A picture of up to so many characters is kept in the local storage, whose 5 MB are for texts and copies. */
const LIGHT_LENGTH = 65_536
/** Some engines never answer; until then nobody is told that a picture would be lost. */
const PATIENCE_MS = 2000
/** In place of a picture's bytes where those are in the picture store. A release that knows nothing of it calls it no picture, and keeps the item. */
const ELSEWHERE = 'data:'

/**
 * Keeps each item of the outbox under one key of the local storage. The bytes of a larger picture go to the picture store, under the same key, and the
 * item follows when they are there: whoever finds the item finds its bytes. If that cannot be, the local storage takes all of it, and if that is full,
 * the item lives as long as the page and no longer (`isOnlyHere`).
 */
export class OutboxStorage {
  readonly #options: OutboxStorageOptions
  readonly #prefix: string
  /** Their bytes are in the picture store. */
  readonly #elsewhere = new Set<string>()
  /** Their bytes are on the way to it; the newest state of each. */
  readonly #moving = new Map<string, StoredItem>()
  readonly #onlyHere = new Set<string>()

  constructor(prefix: string, options: OutboxStorageOptions) {
    this.#prefix = prefix
    this.#options = options
  }

  isOnlyHere(id: string): boolean {
    return this.#onlyHere.has(id)
  }

  write(item: StoredItem): void {
    const { id } = item
    const bytes = bytesOf(item)
    if (this.#moving.has(id)) this.#moving.set(id, item)
    else if (this.#elsewhere.has(id)) this.#set(withBytes(item, ELSEWHERE))
    else if (bytes === undefined || bytes.length <= LIGHT_LENGTH || !this.#options.pictures) this.#set(item)
    else this.#move(item, bytes)
  }

  /** What is stored under a key; `shown`: the same item as this window has it, perhaps with its bytes. */
  read(key: string, shown: StoredItem | undefined): StoredItem | undefined {
    const item = this.#options.storage.get(key, outboxItemFrom)
    if (!item || !isElsewhere(item)) return item
    this.#elsewhere.add(item.id)
    const bytes = shown && bytesOf(shown)
    return bytes === undefined ? item : withBytes(item, bytes)
  }

  /** Undefined if the item has its bytes, or needs none. Resolves with undefined if they are gone; rejects if the store cannot tell. */
  complete(item: StoredItem): Promise<StoredItem | undefined> | undefined {
    if (!isElsewhere(item)) return undefined
    const { pictures } = this.#options
    if (!pictures) return Promise.resolve(undefined)
    return pictures.get(this.#keyOf(item.id)).then((bytes) => (bytes === undefined ? undefined : withBytes(item, bytes)))
  }

  /** Tells the other windows before the key is removed: a key that merely vanishes was cleared, and its item is still to be sent. */
  remove(id: string): void {
    this.#options.storage.set(this.#prefix + id, GONE)
    this.#options.storage.remove(this.#prefix + id)
    this.#moving.delete(id)
    this.#onlyHere.delete(id)
    if (this.#elsewhere.delete(id)) this.#removeBytes(id)
  }

  isGone(value: string | null): boolean {
    return value === plainJson(() => JSON.stringify(GONE))
  }

  #set(item: StoredItem): void {
    this.#know(item.id, this.#options.storage.set(this.#prefix + item.id, item))
  }

  #know(id: string, isKept: boolean): void {
    if (isKept !== this.#onlyHere.has(id)) return
    if (isKept) this.#onlyHere.delete(id)
    else this.#onlyHere.add(id)
    this.#options.onChange(id)
  }

  #move(item: StoredItem, bytes: string): void {
    const { clock, pictures, storage } = this.#options
    const { id } = item
    this.#moving.set(id, item)
    const stopTimer = clock.after(PATIENCE_MS, () => this.#know(id, false))
    const settle = (isThere: boolean): void => {
      stopTimer()
      const newest = this.#moving.get(id)
      this.#moving.delete(id)
      if (isThere && (!newest || storage.isOver)) return this.#removeBytes(id)
      if (!newest) return
      if (isThere) this.#elsewhere.add(id)
      this.#set(isThere ? withBytes(newest, ELSEWHERE) : newest)
    }
    const isWanted = (key: string): boolean => storage.hasRaw(key)
    pictures!.put(this.#keyOf(id), bytes, { now: clock.now(), isWanted }).then(
      () => settle(true),
      () => settle(false),
    )
  }

  /** What stays behind although nothing refers to it makes room for a later picture. */
  #removeBytes(id: string): void {
    this.#options.pictures?.remove(this.#keyOf(id)).catch(() => {})
  }

  #keyOf(id: string): string {
    return this.#options.storage.prefix + this.#prefix + id
  }
}

interface Pictured extends Body {
  readonly url?: unknown
  readonly problem?: unknown
}

const isElsewhere = ({ body, original }: StoredItem): boolean =>
  [body, original].some((each) => (each as Pictured)?.url === ELSEWHERE && (each as Pictured).problem === undefined)

/** The `data:` of the body, or of the body before the upload. */
function bytesOf({ body, original }: StoredItem): string | undefined {
  const { url } = (original ?? body) as Pictured
  return isWaitingPicture(url) && url !== ELSEWHERE ? url : undefined
}

/** The same item with other bytes in their place. */
function withBytes(item: StoredItem, url: string): StoredItem {
  const put = (body: Body): Body => (isWaitingPicture((body as Pictured).url) ? ({ ...body, url } as Body) : body)
  return { ...item, body: put(item.body), ...(item.original ? { original: put(item.original) } : {}) }
}

import type { Image, Images as Store, StoredImage } from '../../backbone/images.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Records } from '../../backbone/records.ts'
import type { Allowances, Spender } from '../allowances.ts'
import type { Report } from '../facts.ts'
import { imageHeader } from './image-header.ts'
import { Refusal } from '../refusal.ts'

/** The store deletes an image to which nothing refers after this time. */
const UNREFERENCED_MS = 3_600_000
/** Images to which one message, note or quick reply may refer; each costs a store call. */
const REFERENCE_COUNT = 20
const ADDRESS = /\/v1\/images\/([\w-]{24})(?![\w-])/g

/** The ids of this gateway's images whose addresses stand in a text or in JSON. */
export const imagesIn = (text: string): readonly string[] =>
  text.includes('/v1/images/') ? [...new Set([...text.matchAll(ADDRESS)].map(([, id]) => id!))] : []

/**
 * Of two messages that refer to one image the first may be withdrawn until `limits.withdrawMs` after it, and so may the second: that is how long the mark
 * has to tell that there is another.
 */
const SHARED_MS = 3_600_000
const sharedMark = (id: string): { readonly collection: string; readonly key: string } => ({ collection: `image ${id}`, key: 'shared' })

/** Something that no conversation is shows the image: it outlives every conversation in which it was sent. */
const standingMark = (id: string): { readonly collection: string; readonly key: string } => ({ ...sharedMark(id), key: 'standing' })

export interface SavedImage {
  readonly id: string
  readonly width: number
  readonly height: number
}

/** Decides which pictures are stored, and for whom. Reading one needs its id and nothing else: an `<img>` carries no pass. */
export class Images {
  readonly #store: Store
  readonly #allowances: Allowances
  readonly #records: Records
  readonly #now: () => number
  readonly #report: Report

  constructor(options: { store: Store; records: Records; allowances: Allowances; now: () => number; report: Report }) {
    this.#store = options.store
    this.#records = options.records
    this.#now = options.now
    this.#allowances = options.allowances
    this.#report = options.report
  }

  /**
   * Takes a picture of `bytesCount` bytes from the sender's allowances, before the bytes are read. Throws `image_too_large` or `rate_limited`.
   * A picture of unknown size counts as one of the largest; `counted` corrects that.
   */
  admit(spender: Spender, bytesCount: number = LIMITS.imageBytes): void {
    if (bytesCount > LIMITS.imageBytes) throw new Refusal('image_too_large')
    this.#allowances.take('image', spender)
    try {
      this.#allowances.take('imageBytes', spender, bytesCount)
    } catch (refusal) {
      this.#allowances.giveBack('image', spender)
      throw refusal
    }
  }

  /** Corrects the allowance for a picture that was admitted without its size: it has `bytesCount` bytes. */
  counted(spender: Spender, bytesCount: number): void {
    this.#allowances.giveBack('imageBytes', spender, LIMITS.imageBytes - bytesCount)
  }

  /**
   * Runs `write`, which stores something that refers to these images, and keeps them from now on. If `write` is refused, images to which nothing
   * else refers expire as before; if its outcome is unknown, they stay. Rejects with `image_gone` if `needed` is not stored (any more).
   * `isRepeat`: the same thing had been stored before.
   */
  async withReferences<T>(
    ids: readonly string[],
    needed: string | undefined,
    write: () => Promise<T>,
    isRepeat: (written: T) => boolean = () => false,
  ): Promise<T> {
    if (ids.length > REFERENCE_COUNT) throw new Refusal('bad_request', `more than ${REFERENCE_COUNT} images are named`)
    const leftMs = await Promise.all(ids.map((id) => this.#store.keep(id)))
    const unreferenced = ids.map((id, n) => [id, leftMs[n]] as const).filter(([, ms]) => ms !== undefined && ms <= UNREFERENCED_MS)
    try {
      if (needed !== undefined && leftMs[ids.indexOf(needed)] === undefined) throw new Refusal('image_gone')
      const marked = await this.#markShared(ids.filter((_, n) => leftMs[n] === Infinity))
      const written = await write()
      if (isRepeat(written)) await Promise.all(marked.map((mark) => this.#records.remove({ ...mark, now: this.#now() })))
      return written
    } catch (error) {
      if (error instanceof Refusal) await Promise.all(unreferenced.map(([id, ms]) => this.#store.letGo(id, ms!)))
      throw error
    }
  }

  /** The message that referred to these is withdrawn: an image to which nothing else refers is deleted, and no longer served from now on. */
  async withdrawn(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const marks = await this.#records.items(sharedMark(id).collection, this.#now())
        if (marks.length === 0) await this.#store.letGo(id, 0)
      }),
    )
  }

  /** To be called before a quick reply or a shop's record is stored that shows these. */
  async stand(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#records.put({ ...standingMark(id), value: '', now: this.#now() })))
  }

  /** Deletes what a conversation showed that is erased, but for what stands elsewhere. Resolves with how many there were. */
  async erase(ids: readonly string[]): Promise<number> {
    let count = 0
    for (const id of ids) {
      const { collection } = sharedMark(id)
      const marks = await this.#records.items(collection, this.#now())
      if (marks.some(({ key }) => key === standingMark(id).key)) continue
      if ((await this.#store.get(id)) !== undefined) count++
      await this.#store.remove(id)
      for (const { key } of marks) await this.#records.remove({ collection, key, now: this.#now() })
    }
    return count
  }

  /**
   * Something referred to these before. Resolves with the marks that were not there yet, each in the version made here: one that somebody else
   * has renewed meanwhile is theirs.
   */
  async #markShared(ids: readonly string[]): Promise<readonly (ReturnType<typeof sharedMark> & { readonly expect: string })[]> {
    const now = this.#now()
    const made = ids.map(async (id) => {
      const mark = { ...sharedMark(id), value: '', now, expiresAt: now + SHARED_MS }
      const first = await this.#records.put({ ...mark, expect: '' })
      if (first.isPut) return [{ ...sharedMark(id), expect: first.version }]
      await this.#records.put(mark)
      return []
    })
    return (await Promise.all(made)).flat()
  }

  /** Rejects with `image_too_large`, `image_unsupported` or `images_full`. */
  async save(bytes: Buffer): Promise<SavedImage> {
    if (bytes.length > LIMITS.imageBytes) throw new Refusal('image_too_large')
    const header = imageHeader(bytes)
    if (header === undefined) throw new Refusal('image_unsupported')
    const { type, width, height } = header
    if (width * height > LIMITS.imagePixels) throw new Refusal('image_too_large', `limits.imagePixels is ${LIMITS.imagePixels}`)
    const id = await this.#put({ type, bytes })
    this.#report({ fact: 'imageStored', bytesCount: bytes.length })
    return { id, width, height }
  }

  async #put(image: Image): Promise<string> {
    try {
      return await this.#store.put(image, UNREFERENCED_MS)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'Full') throw error
      this.#report({ fact: 'imagesFull', problem: error.message })
      throw new Refusal('images_full')
    }
  }

  get(id: string): Promise<StoredImage | undefined> {
    return this.#store.get(id)
  }
}

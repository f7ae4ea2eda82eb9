import type { Image, Images as Store, StoredImage } from '../../backbone/images.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Allowances, Spender } from '../allowances.ts'
import type { Report } from '../facts.ts'
import { imageHeader } from './image-header.ts'
import { Refusal } from '../refusal.ts'

/** An image that no message names for so long goes. */
const UNNAMED_MS = 3_600_000
/** Images in one message, note or quick reply; each costs the store a look. */
const NAMED_COUNT = 20
const ADDRESS = /\/v1\/images\/([\w-]{24})(?![\w-])/g

/** The ids of images of this gateway in a text, or in JSON. */
export const imagesIn = (text: string): readonly string[] =>
  text.includes('/v1/images/') ? [...new Set([...text.matchAll(ADDRESS)].map(([, id]) => id!))] : []

export interface KeptImage {
  readonly id: string
  readonly width: number
  readonly height: number
}

/** Which pictures may be kept, and of whom. Reading one needs its id and nothing else: an `<img>` carries no pass. */
export class Images {
  readonly #store: Store
  readonly #allowances: Allowances
  readonly #report: Report

  constructor(options: { store: Store; allowances: Allowances; report: Report }) {
    this.#store = options.store
    this.#allowances = options.allowances
    this.#report = options.report
  }

  /**
   * Before the bytes are read: may this one add another, of so many bytes, now? Where nobody says how many it is let in as one of the largest,
   * and `counted` puts that right.
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

  /** So many bytes came of a picture that was admitted without their number. */
  counted(spender: Spender, bytesCount: number): void {
    this.#allowances.giveBack('imageBytes', spender, LIMITS.imageBytes - bytesCount)
  }

  /**
   * Runs `write`, which stores something that names these images: they are kept from now on. Where it is refused, those that only waited
   * wait again; where nobody knows, they stay. Rejects with `image_gone` where `needed` is not there (any more).
   */
  async naming<T>(ids: readonly string[], needed: string | undefined, write: () => Promise<T>): Promise<T> {
    if (ids.length > NAMED_COUNT) throw new Refusal('bad_request', `more than ${NAMED_COUNT} images are named`)
    const left = await Promise.all(ids.map((id) => this.#store.keep(id)))
    const waited = ids.map((id, n) => [id, left[n]] as const).filter(([, ms]) => ms !== undefined && ms <= UNNAMED_MS)
    try {
      if (needed !== undefined && left[ids.indexOf(needed)] === undefined) throw new Refusal('image_gone')
      return await write()
    } catch (error) {
      if (error instanceof Refusal) await Promise.all(waited.map(([id, ms]) => this.#store.letGo(id, ms!)))
      throw error
    }
  }

  async keep(bytes: Buffer): Promise<KeptImage> {
    if (bytes.length > LIMITS.imageBytes) throw new Refusal('image_too_large')
    const header = imageHeader(bytes)
    if (header === undefined) throw new Refusal('image_unsupported')
    const { type, width, height } = header
    if (width * height > LIMITS.imagePixels) throw new Refusal('image_too_large', `limits.imagePixels is ${LIMITS.imagePixels}`)
    const id = await this.#put({ type, bytes })
    this.#report({ fact: 'imageKept', bytesCount: bytes.length })
    return { id, width, height }
  }

  async #put(image: Image): Promise<string> {
    try {
      return await this.#store.put(image, UNNAMED_MS)
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

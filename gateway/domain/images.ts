import type { Images as Store, StoredImage } from '../backbone/images.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { Allowances, Spender } from './allowances.ts'
import type { Report } from './facts.ts'
import { imageHeader } from './image-header.ts'
import { Refusal } from './refusal.ts'

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

  async keep(bytes: Buffer): Promise<KeptImage> {
    if (bytes.length > LIMITS.imageBytes) throw new Refusal('image_too_large')
    const header = imageHeader(bytes)
    if (header === undefined) throw new Refusal('image_unsupported')
    const { type, width, height } = header
    if (width * height > LIMITS.imagePixels) throw new Refusal('image_too_large', `limits.imagePixels is ${LIMITS.imagePixels}`)
    const id = await this.#store.put({ type, bytes })
    this.#report({ fact: 'imageKept', bytesCount: bytes.length })
    return { id, width, height }
  }

  get(id: string): Promise<StoredImage | undefined> {
    return this.#store.get(id)
  }
}

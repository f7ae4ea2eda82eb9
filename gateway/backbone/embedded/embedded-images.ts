import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import type { Image, Images } from '../images.ts'
import type { Files } from './files.ts'

const NEWLINE = 0x0a

/** An image is one value: its type, a newline, its bytes. In an environment of its own, so that no message waits for its pages. */
export class EmbeddedImages implements Images {
  readonly #files: Pick<Files, 'images' | 'mustHaveRoom'>
  #isClosed = false

  constructor(files: Pick<Files, 'images' | 'mustHaveRoom'>) {
    this.#files = files
  }

  async put({ type, bytes }: Image): Promise<string> {
    if (this.#isClosed) throw closed()
    const id = randomBytes(18).toString('base64url')
    try {
      this.#files.mustHaveRoom()
      await this.#files.images.put(Buffer.from(id), Buffer.concat([Buffer.from(`${type}\n`), bytes]))
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `error` is told below
      throw new Unavailable(`The data folder could not be written: ${(error as Error).message}`, { cause: error })
    }
    return id
  }

  async get(id: string): Promise<Image | undefined> {
    if (this.#isClosed) throw closed()
    const value = ID.test(id) ? this.#files.images.get(Buffer.from(id)) : undefined
    if (value === undefined) return undefined
    const end = value.indexOf(NEWLINE)
    return { type: value.toString('latin1', 0, end), bytes: value.subarray(end + 1) }
  }

  /** Takes nothing more; what is under way ends when the files do. */
  close(): void {
    this.#isClosed = true
  }
}

/** LMDB refuses long keys with an error of its own. */
const ID = /^[\w-]{24}$/

const closed = (): Unavailable => new Unavailable('The store is closed.')

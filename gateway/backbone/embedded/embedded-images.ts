import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import type { Image, Images, StoredImage } from '../images.ts'
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

  async get(id: string): Promise<StoredImage | undefined> {
    const about = this.#look(id, (value) => {
      const start = value.indexOf(NEWLINE) + 1
      return { type: value.toString('latin1', 0, start - 1), start, bytesCount: value.length - start }
    })
    if (about === undefined) return undefined
    const { start, ...rest } = about
    return { ...rest, read: async (from, to) => this.#read(id, start + from, start + to) }
  }

  #read(id: string, from: number, to: number): Buffer {
    const bytes = this.#look(id, (value) => Buffer.from(value.subarray(from, to)))
    if (bytes?.length !== to - from) throw new Unavailable('The picture is gone.')
    return bytes
  }

  #look<T>(id: string, look: (value: Buffer) => T): T | undefined {
    if (this.#isClosed) throw closed()
    return ID.test(id) ? this.#files.images.look(Buffer.from(id), look) : undefined
  }

  /** Takes nothing more; what is under way ends when the files do. */
  close(): void {
    this.#isClosed = true
  }
}

/** LMDB refuses long keys with an error of its own. */
const ID = /^[\w-]{24}$/

const closed = (): Unavailable => new Unavailable('The store is closed.')

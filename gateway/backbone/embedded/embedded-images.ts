import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import { Full, type Image, type Images, type StoredImage } from '../images.ts'
import type { Files } from './files.ts'
import { isImageId } from './keys-on-disk.ts'

const NEWLINE = 0x0a

/** One commit deletes at most so many expired images, so that a message never waits long for the disk. */
const SWEEP_COUNT = 50

/**
 * An image is one value: its type, a newline, its bytes. Images have an environment of their own, so that no message waits for their pages.
 * An image that no message names yet has two more entries, written with it and removed by `keep`: the time of its end by id, and its id by
 * that time, in order, so that a sweep reads nothing but what is due. Images of older builds have neither and are permanent.
 */
export class EmbeddedImages implements Images {
  readonly #files: Pick<Files, 'images' | 'requireSpace'>
  readonly #now: () => number
  readonly #limitBytes: number
  /** Whatever reads the end of an image and then changes it runs alone. */
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** `limitBytes` is the limit of all images together; 0 = no limit. */
  constructor(files: Pick<Files, 'images' | 'requireSpace'>, { now, limitBytes }: { now: () => number; limitBytes: number }) {
    this.#files = files
    this.#now = now
    this.#limitBytes = limitBytes
  }

  async put({ type, bytes }: Image, waitMs?: number): Promise<string> {
    if (this.#isClosed) throw closed()
    if (this.#limitBytes > 0 && this.#usedBytes() + bytes.length > this.#limitBytes) {
      throw new Full(`the pictures in DATA_DIR would take more than ${this.#limitBytes} bytes, see IMAGES_MB`)
    }
    const id = randomBytes(18).toString('base64url')
    await this.#write((images) => {
      void images.put(Buffer.from(id), Buffer.concat([Buffer.from(`${type}\n`), bytes]))
      if (waitMs !== undefined) this.#mark(id, this.#now() + waitMs)
    })
    return id
  }

  keep(id: string): Promise<number | undefined> {
    return this.#exclusive(async () => {
      if (this.#look(id, () => true) === undefined) return undefined
      const end = this.#endOf(id)
      if (end === undefined) return Infinity
      const leftMs = end - this.#now()
      if (leftMs <= 0) return undefined
      await this.#write(() => this.#unmark(id, end))
      return leftMs
    })
  }

  letGo(id: string, waitMs: number): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#look(id, () => true) === undefined) return
      const end = this.#endOf(id)
      await this.#write(() => {
        if (end !== undefined) this.#unmark(id, end)
        this.#mark(id, this.#now() + waitMs)
      })
    })
  }

  remove(id: string): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#look(id, () => true) === undefined) return
      const end = this.#endOf(id)
      await this.#write((images) => {
        void images.remove(Buffer.from(id))
        if (end !== undefined) this.#unmark(id, end)
      })
    })
  }

  /** Deletes the images that expired. Resolves with their count. */
  async sweep(): Promise<number> {
    for (let swept = 0; ;) {
      const count = this.#isClosed ? 0 : await this.#exclusive(() => this.#sweepSome())
      swept += count
      if (count < SWEEP_COUNT) return swept
    }
  }

  async #sweepSome(): Promise<number> {
    const due = [...this.#files.images.getRange({ start: endKey(0, ''), end: endKey(this.#now() + 1, ''), limit: SWEEP_COUNT })]
    if (due.length === 0) return 0
    await this.#write((images) => {
      for (const { key } of due) {
        const { id, end } = readEndKey(key)
        void images.remove(Buffer.from(id))
        this.#unmark(id, end)
      }
    })
    return due.length
  }

  /** Whether its time has run out and the sweep has not deleted it yet. */
  #isExpired(id: string): boolean {
    return !this.#isClosed && isImageId(id) && (this.#endOf(id) ?? Infinity) <= this.#now()
  }

  #endOf(id: string): number | undefined {
    const end = this.#files.images.get(waitKey(id))
    return end === undefined ? undefined : Number(end)
  }

  #mark(id: string, end: number): void {
    void this.#files.images.put(waitKey(id), String(end))
    void this.#files.images.put(endKey(end, id), '')
  }

  #unmark(id: string, end: number): void {
    void this.#files.images.remove(waitKey(id))
    void this.#files.images.remove(endKey(end, id))
  }

  async #write(write: (images: Files['images']) => void): Promise<void> {
    if (this.#isClosed) throw closed()
    try {
      this.#files.requireSpace()
      await this.#files.images.batch(() => write(this.#files.images))
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `error` says it, below
      throw new Unavailable(`The data folder could not be written: ${(error as Error).message}`, { cause: error })
    }
  }

  #exclusive<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(run, run)
    this.#queue = mine.catch(() => undefined) // the caller gets the error
    return mine
  }

  /** Bytes of the pages in use. The file itself never shrinks. */
  #usedBytes(): number {
    const { pageSize, overflowPages, treeLeafPageCount, treeBranchPageCount } = this.#files.images.raw.getStats() as Readonly<Record<string, number>>
    return pageSize! * (overflowPages! + treeLeafPageCount! + treeBranchPageCount!)
  }

  async get(id: string): Promise<StoredImage | undefined> {
    if (this.#isExpired(id)) return undefined
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
    if (bytes?.length !== to - from) throw new Unavailable('The picture was deleted.')
    return bytes
  }

  #look<T>(id: string, look: (value: Buffer) => T): T | undefined {
    if (this.#isClosed) throw closed()
    return isImageId(id) ? this.#files.images.look(Buffer.from(id), look) : undefined
  }

  /** Refuses every later call; `files.close()` waits for the writes under way. */
  close(): void {
    this.#isClosed = true
  }
}

/** Longer than any id, so it never meets one. */
const waitKey = (id: string): Buffer => Buffer.from(`waits ${id}`)
const END_PREFIX = Buffer.from('ends  ')

/** Keys sort by the time of the end. */
function endKey(end: number, id: string): Buffer {
  const key = Buffer.alloc(END_PREFIX.length + 6 + id.length)
  END_PREFIX.copy(key)
  key.writeUIntBE(Math.max(0, Math.floor(end)), END_PREFIX.length, 6)
  key.write(id, END_PREFIX.length + 6)
  return key
}

const readEndKey = (key: Buffer): { readonly id: string; readonly end: number } => ({
  end: key.readUIntBE(END_PREFIX.length, 6),
  id: key.toString('latin1', END_PREFIX.length + 6),
})

const closed = (): Unavailable => new Unavailable('The store is closed.')

import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import { Full, type Image, type Images, type StoredImage } from '../images.ts'
import type { Files } from './files.ts'

const NEWLINE = 0x0a

/** Of those whose time has run out, so many are taken away in one commit: a message that waits for the disk waits for no more. */
const SWEEP_COUNT = 50

/**
 * An image is one value: its type, a newline, its bytes. In an environment of its own, so that no message waits for its pages. One that waits
 * to be named has two entries more, written with it and taken away by `keep`: its end by its id, and its id by its end, in order, so that a
 * sweep looks at nothing else. Images of older builds have none, and stay.
 */
export class EmbeddedImages implements Images {
  readonly #files: Pick<Files, 'images' | 'requireSpace'>
  readonly #now: () => number
  readonly #limitBytes: number
  /** Whoever looks at an end and then changes it does so alone. */
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** `limitBytes`: of all images together; 0 = no limit. */
  constructor(files: Pick<Files, 'images' | 'requireSpace'>, { now, limitBytes }: { now: () => number; limitBytes: number }) {
    this.#files = files
    this.#now = now
    this.#limitBytes = limitBytes
  }

  async put({ type, bytes }: Image, waitMs?: number): Promise<string> {
    if (this.#isClosed) throw closed()
    if (this.#limitBytes > 0 && this.#usedBytes() + bytes.length > this.#limitBytes) {
      throw new Full(`the pictures in DATA_DIR have ${this.#limitBytes} bytes, see IMAGES_MB`)
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

  /** Takes away what waited too long. Resolves with how many these were. */
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

  /** It waited too long, and is not swept yet. */
  #isExpired(id: string): boolean {
    return !this.#isClosed && ID.test(id) && (this.#endOf(id) ?? Infinity) <= this.#now()
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
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `error` is told below
      throw new Unavailable(`The data folder could not be written: ${(error as Error).message}`, { cause: error })
    }
  }

  #exclusive<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(run, run)
    this.#queue = mine.catch(() => undefined) // told to whoever asked
    return mine
  }

  /** Pages in use, not those of the file, which never shrinks. */
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

/** Longer than an id, and so none. */
const waitKey = (id: string): Buffer => Buffer.from(`waits ${id}`)
const END_PREFIX = Buffer.from('ends  ')

/** In the order of ends. */
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

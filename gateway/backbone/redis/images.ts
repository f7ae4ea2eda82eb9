import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import { Full, type Image, type Images, type StoredImage } from '../images.ts'
import { imageKey } from './keys.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

/**
 * An image is one string: its type, a newline, its bytes in base64, because commands and replies travel here as text. That takes
 * a third more memory, but each person reads an image about once: the HTTP response is cached for good. An image that no message
 * names yet has a key that expires: Redis removes it, and no two nodes can disagree.
 */
export class RedisImages implements Images {
  readonly #writes: Router
  readonly #reads: Router
  readonly #scripts: Scripts
  readonly #keepMs: number

  /** `keepMs` 0 = for ever. */
  constructor({ writes, reads, scripts, keepMs }: { writes: Router; reads: Router; scripts: Scripts; keepMs: number }) {
    this.#writes = writes
    this.#reads = reads
    this.#scripts = scripts
    this.#keepMs = keepMs
  }

  async put({ type, bytes }: Image, waitMs?: number): Promise<string> {
    const id = randomBytes(18).toString('base64url')
    const key = imageKey(id)
    const value = `${type}\n${bytes.toString('base64')}`
    await this.#requireRoom(key, value.length)
    const lastsMs = Math.min(waitMs ?? Infinity, this.#keepMs > 0 ? this.#keepMs : Infinity)
    const args = ['SET', key, value, ...(lastsMs < Infinity ? ['PX', String(Math.max(1, Math.round(lastsMs)))] : [])]
    // idempotent: the same value under the same key
    await this.#writes.run({ key, keys: [], args, weight: 1 + value.length / 20_000, parse: (reply) => reply })
    return id
  }

  async keep(id: string): Promise<number | undefined> {
    const key = imageKey(id)
    const left = await this.#writes.run({
      key,
      script: this.#scripts.keep,
      keys: [key],
      args: [],
      weight: 0.2,
      parse: (reply) => reply as number,
    })
    return left === -2 ? undefined : left === -1 ? Infinity : left
  }

  async letGo(id: string, waitMs: number): Promise<void> {
    const key = imageKey(id)
    await this.#writes.run({
      key,
      keys: [],
      args: ['PEXPIRE', key, String(Math.max(1, Math.round(waitMs))), 'LT'],
      weight: 0.2,
      parse: (reply) => reply,
    })
  }

  /** The last quarter of maxmemory is for messages. Redis itself is asked, so that nothing has to be counted here. */
  async #requireRoom(key: string, length: number): Promise<void> {
    let text: string
    try {
      text = String(await this.#ask(key, ['INFO', 'memory']))
    } catch (error) {
      if (error instanceof Unavailable) throw error
      return // this Redis user may not call INFO
    }
    const [used, limit] = ['used_memory', 'maxmemory'].map((name) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0)) as [
      number,
      number,
    ]
    if (limit > 0 && used + length > limit * IMAGES_SHARE)
      throw new Full(`Redis uses ${used} bytes of its maxmemory, ${limit}, and the last quarter is for messages`)
  }

  async get(id: string): Promise<StoredImage | undefined> {
    const key = imageKey(id)
    const [length, head, tail] = (await Promise.all([
      this.#ask(key, ['STRLEN', key]),
      this.#ask(key, ['GETRANGE', key, '0', String(HEAD_LENGTH - 1)]),
      this.#ask(key, ['GETRANGE', key, '-2', '-1']),
    ])) as [number, string, string]
    const start = head.indexOf('\n') + 1
    if (start === 0) return undefined
    const bytesCount = ((length - start) / 4) * 3 - (tail.length - tail.replaceAll('=', '').length)
    return { type: head.slice(0, start - 1), bytesCount, read: (from, to) => this.#read(key, { start, from, to }) }
  }

  /** Base64 writes three bytes as four letters: whole groups are read. */
  async #read(key: string, { start, from, to }: { start: number; from: number; to: number }): Promise<Buffer> {
    const [first, last] = [Math.floor(from / 3), Math.ceil(to / 3)]
    const text = (await this.#ask(key, ['GETRANGE', key, String(start + first * 4), String(start + last * 4 - 1)])) as string
    const bytes = Buffer.from(text, 'base64').subarray(from - first * 3, to - first * 3)
    if (bytes.length !== to - from) throw new Unavailable('The picture was deleted.')
    return bytes
  }

  #ask(key: string, args: readonly string[]): Promise<unknown> {
    return this.#reads.run({ key, keys: [], args, weight: 2, parse: (reply) => reply })
  }
}

/** Enough for a media type and its newline. */
const HEAD_LENGTH = 128
/** Share of maxmemory in use above which no image is added. */
const IMAGES_SHARE = 0.75

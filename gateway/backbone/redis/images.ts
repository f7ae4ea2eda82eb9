import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import { Full, type Image, type Images, type StoredImage } from '../images.ts'
import { imageKey } from './keys.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

/**
 * An image is one string on the server that its key picks: its type, a newline, its bytes in base64, because commands and
 * replies travel here as text. A third more memory, in a store that reads each image about once a person: the answer is
 * cached for good. One that waits to be named has its end as the expiry of its key: Redis sweeps, and no two nodes can disagree.
 */
export class RedisImages implements Images {
  readonly #writes: Router
  readonly #asks: Router
  readonly #scripts: Scripts
  readonly #keepMs: number

  /** `keepMs` 0 = for ever. */
  constructor({ writes, asks, scripts, keepMs }: { writes: Router; asks: Router; scripts: Scripts; keepMs: number }) {
    this.#writes = writes
    this.#asks = asks
    this.#scripts = scripts
    this.#keepMs = keepMs
  }

  async put({ type, bytes }: Image, waitMs?: number): Promise<string> {
    const id = randomBytes(18).toString('base64url')
    const key = imageKey(id)
    const value = `${type}\n${bytes.toString('base64')}`
    await this.#mustHaveRoom(key, value.length)
    const lastsMs = Math.min(waitMs ?? Infinity, this.#keepMs > 0 ? this.#keepMs : Infinity)
    const args = ['SET', key, value, ...(lastsMs < Infinity ? ['PX', String(Math.max(1, Math.round(lastsMs)))] : [])]
    // the same value under the same key: sent twice it changes nothing
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

  /** The last quarter of what Redis may use is for messages. Redis itself is asked, so that what was kept, went or expired needs no counting. */
  async #mustHaveRoom(key: string, length: number): Promise<void> {
    let text: string
    try {
      text = String(await this.#ask(key, ['INFO', 'memory']))
    } catch (error) {
      if (error instanceof Unavailable) throw error
      return // this user may not ask
    }
    const [used, most] = ['used_memory', 'maxmemory'].map((name) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0)) as [
      number,
      number,
    ]
    if (most > 0 && used + length > most * IMAGES_SHARE)
      throw new Full(`Redis uses ${used} bytes of its maxmemory, ${most}, and the last quarter is for messages`)
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

  /** Three bytes are four letters: whole groups of them are read. */
  async #read(key: string, { start, from, to }: { start: number; from: number; to: number }): Promise<Buffer> {
    const [first, last] = [Math.floor(from / 3), Math.ceil(to / 3)]
    const text = (await this.#ask(key, ['GETRANGE', key, String(start + first * 4), String(start + last * 4 - 1)])) as string
    const bytes = Buffer.from(text, 'base64').subarray(from - first * 3, to - first * 3)
    if (bytes.length !== to - from) throw new Unavailable('The picture is gone.')
    return bytes
  }

  #ask(key: string, args: readonly string[]): Promise<unknown> {
    return this.#asks.run({ key, keys: [], args, weight: 2, parse: (reply) => reply })
  }
}

/** A media type and a newline are within. */
const HEAD_LENGTH = 128
/** Of maxmemory: beyond it no image is added. */
const IMAGES_SHARE = 0.75

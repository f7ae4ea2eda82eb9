import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import type { Image, Images, StoredImage } from '../images.ts'
import { imageKey } from './keys.ts'
import type { Router } from './router.ts'

/**
 * An image is one string on the server that its key picks: its type, a newline, its bytes in base64, because commands and
 * replies travel here as text. A third more memory, in a store that reads each image about once a person: the answer is
 * cached for good.
 */
export class RedisImages implements Images {
  readonly #writes: Router
  readonly #asks: Router
  readonly #keepMs: number

  /** `keepMs` 0 = for ever. */
  constructor({ writes, asks, keepMs }: { writes: Router; asks: Router; keepMs: number }) {
    this.#writes = writes
    this.#asks = asks
    this.#keepMs = keepMs
  }

  async put({ type, bytes }: Image): Promise<string> {
    const id = randomBytes(18).toString('base64url')
    const key = imageKey(id)
    const value = `${type}\n${bytes.toString('base64')}`
    const args = ['SET', key, value, ...(this.#keepMs > 0 ? ['PX', String(this.#keepMs)] : [])]
    // the same value under the same key: sent twice it changes nothing
    await this.#writes.run({ key, keys: [], args, weight: 1 + value.length / 20_000, parse: (reply) => reply })
    return id
  }

  async get(id: string): Promise<StoredImage | undefined> {
    const key = imageKey(id)
    const [length, head, tail] = await Promise.all([
      this.#ask(key, ['STRLEN', key]), this.#ask(key, ['GETRANGE', key, '0', String(HEAD_LENGTH - 1)]), this.#ask(key, ['GETRANGE', key, '-2', '-1']),
    ]) as [number, string, string]
    const start = head.indexOf('\n') + 1
    if (start === 0) return undefined
    const bytesCount = (length - start) / 4 * 3 - (tail.length - tail.replaceAll('=', '').length)
    return { type: head.slice(0, start - 1), bytesCount, read: (from, to) => this.#read(key, { start, from, to }) }
  }

  /** Three bytes are four letters: whole groups of them are read. */
  async #read(key: string, { start, from, to }: { start: number; from: number; to: number }): Promise<Buffer> {
    const [first, last] = [Math.floor(from / 3), Math.ceil(to / 3)]
    const text = await this.#ask(key, ['GETRANGE', key, String(start + first * 4), String(start + last * 4 - 1)]) as string
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

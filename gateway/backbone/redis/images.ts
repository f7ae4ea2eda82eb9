import { randomBytes } from 'node:crypto'
import type { Image, Images } from '../images.ts'
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

  async get(id: string): Promise<Image | undefined> {
    const key = imageKey(id)
    return this.#asks.run({ key, keys: [], args: ['GET', key], weight: 50, parse: (reply) => imageOf(reply as string | null) })
  }
}

function imageOf(value: string | null): Image | undefined {
  if (value === null) return undefined
  const end = value.indexOf('\n')
  return { type: value.slice(0, end), bytes: Buffer.from(value.slice(end + 1), 'base64') }
}

import { randomBytes } from 'node:crypto'
import { Unavailable } from '../backbone.ts'
import { Full, type Image, type Images, type StoredImage } from '../images.ts'
import { infoField } from './check-server.ts'
import type { RedisContext } from './context.ts'
import { imageKey } from './keys.ts'
import { commandOp, keyOp } from './operations.ts'

type ImagesContext = Pick<RedisContext, 'writes' | 'reads' | 'scripts' | 'settings'>

/**
 * An image is one string: its type, a newline, its bytes in base64, because commands and replies travel here as text. That takes
 * a third more memory, but each person reads an image about once: the HTTP response is cached for good. An image that no message
 * names yet has a key that expires: Redis removes it, and no two nodes can disagree.
 */
export class RedisImages implements Images {
  readonly #context: ImagesContext

  constructor(context: ImagesContext) {
    this.#context = context
  }

  async put({ type, bytes }: Image, waitMs?: number): Promise<string> {
    const id = randomBytes(18).toString('base64url')
    const key = imageKey(id)
    const { writes, scripts, settings } = this.#context
    const { keepMs } = settings
    const head = `${type}\n`
    const length = head.length + Math.ceil(bytes.length / 3) * 4
    await this.#requireRoom(key, length)
    const lastsMs = Math.min(waitMs ?? Infinity, keepMs > 0 ? keepMs : Infinity)
    const restMs = lastsMs < Infinity ? Math.max(1, Math.round(lastsMs)) : 0
    for (let from = 0, offset = 0; from === 0 || from < bytes.length; from += PIECE_BYTES) {
      const piece = (from === 0 ? head : '') + bytes.toString('base64', from, from + PIECE_BYTES)
      const isLast = from + PIECE_BYTES >= bytes.length
      const lasts = isLast ? restMs : UNFINISHED_MS
      const reply = await writes.run(keyOp(scripts.image, key, [String(offset), piece, String(length), String(lasts)], 1 + piece.length / 20_000))
      if (reply !== 1) throw new Unavailable('Redis lost the beginning of the picture.')
      offset += piece.length
    }
    return id
  }

  async keep(id: string): Promise<number | undefined> {
    const { writes, scripts } = this.#context
    const left = (await writes.run(keyOp(scripts.keep, imageKey(id), [], 0.2))) as number
    return left === -2 ? undefined : left === -1 ? Infinity : left
  }

  async letGo(id: string, waitMs: number): Promise<void> {
    const key = imageKey(id)
    await this.#context.writes.run(commandOp(key, ['PEXPIRE', key, String(Math.max(1, Math.round(waitMs))), 'LT'], 0.2))
  }

  async remove(id: string): Promise<void> {
    const key = imageKey(id)
    await this.#context.writes.run(commandOp(key, ['UNLINK', key], 0.2))
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
    const [used, limit] = [Number(infoField(text, 'used_memory') ?? 0), Number(infoField(text, 'maxmemory') ?? 0)]
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
    return this.#context.reads.run(commandOp(key, args, 2))
  }
}

/**
 * An image travels in pieces: a command of megabytes would hold up everybody else's, and its strings stay in memory until a full
 * garbage collection. Divisible by 3, so that the base64 of the pieces is the base64 of the whole.
 */
const PIECE_BYTES = 66_000
/** An image that is never finished, because the node ends, stays this long. */
const UNFINISHED_MS = 60_000
/** Enough for a media type and its newline. */
const HEAD_LENGTH = 128
/** Share of maxmemory in use above which no image is added. */
const IMAGES_SHARE = 0.75

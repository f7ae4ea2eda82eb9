import { randomBytes } from 'node:crypto'
import { conversationChannel, conversationSides } from '../../protocol/keys.ts'
import { messageLink, messageTail } from '../../protocol/packets.ts'
import { DataError } from '../data-error.ts'
import type { MovedConversation, MovedImage, MovedRecord, MoveTarget } from '../move.ts'
import { settingsProblem } from './check-server.ts'
import { replies, type DirectServers } from './direct.ts'
import { FORMAT, MOVING } from './format.ts'
import { conversationKeys, formatKey, imageKey, keysOf, listKey, OUR_KEYS, recordsKey } from './keys.ts'
import { scoreIn, secondOf } from './list-seconds.ts'
import { assignmentLines, newStamp, parseHead } from './log-head.ts'
import type { Scripts } from './scripts.ts'

const EMPTY_IT = 'Give REDIS_URL an empty database, or empty this one (FLUSHDB) if nothing in it is needed'

export interface MoveTargetOptions {
  readonly servers: DirectServers
  readonly scripts: Pick<Scripts, 'put'>
  /** Ms since the epoch. */
  readonly now: number
  /** For how long Redis keeps entries, in ms; 0 = for ever. */
  readonly keepMs: number
}

/**
 * Writes what a gateway would have written. The key that says the data's format has a mark instead until the end, so no gateway becomes ready on a half; the
 * mark has the name of one move, so that two at once notice each other.
 */
export class RedisMoveTarget implements MoveTarget {
  readonly #options: MoveTargetOptions
  readonly #mark = MOVING + randomBytes(9).toString('base64url')

  constructor(options: MoveTargetOptions) {
    this.#options = options
  }

  async begin(): Promise<void> {
    const { all, isCluster } = this.#options.servers
    for (const { name, redis, tag } of all) {
      const problem = await settingsProblem(redis, isCluster)
      if (problem !== undefined) throw new DataError(`Redis ${name}: ${problem}.`)
      // of the first format it is a hash, and there are other keys
      const found = await redis.get(formatKey(tag)).catch(() => null)
      if (found?.startsWith(MOVING)) continue
      for await (const keys of keysOf(redis, OUR_KEYS)) {
        if (keys.length > 0) throw new DataError(`Redis ${name} is not empty: an im-chat has used it (${keys[0]}). ${EMPTY_IT}.`)
      }
    }
    for (const { redis, tag } of all) await redis.set(formatKey(tag), this.#mark)
    // what a move that did not finish has written, and nobody else: no gateway becomes ready beside the mark
    for (const server of all) {
      for await (const keys of keysOf(server.redis, OUR_KEYS)) {
        const removing = server.redis.pipeline()
        for (const key of keys) if (key !== formatKey(server.tag)) removing.unlink(key)
        await replies(removing)
      }
    }
  }

  async putConversation(moved: MovedConversation): Promise<number> {
    const { conversation, head, at, cursors, names, assignment } = moved
    const redis = this.#options.servers.of(conversationChannel(conversation))
    const keys = conversationKeys(conversation)
    const [one, two] = conversationSides(conversation) ?? []
    let [count, byOne, byTwo, stamp] = [0, 0, 0, '']
    await redis.unlink(keys.log)
    for (const messages of moved.portions()) {
      const entries = messages.map((message) => {
        stamp = newStamp()
        return `${stamp}${messageLink(message.seq, message.prev)}${messageTail(message)}`
      })
      await redis.rpush(keys.log, ...entries)
      count += messages.length
      for (const { seq, side } of messages) {
        if (side === one) byOne = seq
        if (side === two) byTwo = seq
      }
    }
    // the head comes last: without it the rest counts for nothing
    const writing = redis.pipeline().unlink(keys.meta).hset(keys.meta, 'o', '1')
    for (const [side, { delivered, read }] of Object.entries(cursors)) writing.hset(keys.meta, `c:${side}`, `${delivered} ${read}`)
    for (const [side, name] of Object.entries(names)) writing.hset(keys.meta, `n:${side}`, JSON.stringify(name))
    if (assignment !== undefined) writing.hset(keys.meta, 'v', assignment.version, 'd', assignment.text)
    if (this.#options.keepMs > 0 && count > 0) writing.pexpire(keys.log, Math.ceil(this.#options.keepMs))
    const lines = assignment === undefined ? '' : assignmentLines(assignment.version, assignment.phase, assignment.muted)
    const line = head.seq === 0 ? '' : `${stamp || newStamp()} ${head.epoch} ${head.seq} ${at} ${byOne} ${byTwo} 0 ${JSON.stringify(head.id)}`
    if (line + lines !== '') writing.set(keys.head, line + lines)
    await replies(writing)
    for (const list of head.seq > 0 ? [listKey(one!), listKey(two!)] : [])
      await this.#options.servers.of(list).zadd(list, scoreIn(secondOf(at), conversation), conversation)
    return count
  }

  async putRecord({ collection, key: name, value, version, expiresAt = 0 }: MovedRecord): Promise<void> {
    const { servers, scripts, now } = this.#options
    const key = recordsKey(collection)
    await servers.of(key).eval(scripts.put.source, 1, key, name, version, String(now), String(Math.round(expiresAt)), '*', value)
  }

  async putImage({ id, type, bytes, expiresAt = Infinity }: MovedImage): Promise<void> {
    const { servers, now, keepMs } = this.#options
    const key = imageKey(id)
    const lastsMs = Math.min(expiresAt - now, keepMs > 0 ? keepMs : Infinity)
    const redis = servers.of(key)
    const text = textOf(type, bytes)
    await (lastsMs === Infinity ? redis.set(key, text) : redis.set(key, text, 'PX', Math.max(1, Math.ceil(lastsMs))))
  }

  async messageCount({ conversation, head, assignment }: MovedConversation): Promise<number | undefined> {
    const { head: headKey, log } = conversationKeys(conversation)
    const redis = this.#options.servers.of(conversationChannel(conversation))
    const [text, count] = (await replies(redis.pipeline().get(headKey).llen(log))) as [string | null, number]
    const found = parseHead(text ?? '')
    const isSame =
      found.seq === head.seq &&
      (head.seq === 0 || (found.epoch === head.epoch && found.id === JSON.stringify(head.id))) &&
      found.assignment.text.startsWith(assignment === undefined ? '' : `\n${assignment.version} `)
    return isSame ? count : undefined
  }

  async hasRecord({ collection, key: name, value, version }: MovedRecord): Promise<boolean> {
    const key = recordsKey(collection)
    const found = await this.#options.servers.of(key).hget(key, name)
    return found !== null && found.startsWith(`${version} `) && found.endsWith(` ${value}`)
  }

  async hasImage({ id, type, bytes }: MovedImage): Promise<boolean> {
    const key = imageKey(id)
    return (await this.#options.servers.of(key).strlen(key)) === textOf(type, bytes).length
  }

  async end(): Promise<void> {
    const { all } = this.#options.servers
    for (const { name, redis, tag } of all) {
      if ((await redis.get(formatKey(tag))) === this.#mark) continue
      throw new DataError(`Somebody else has written to Redis ${name} meanwhile (another move?). ${EMPTY_IT}, and start the move again.`)
    }
    for (const { redis, tag } of all) await redis.set(formatKey(tag), FORMAT)
  }

  close(): void {
    this.#options.servers.close()
  }
}

/** As images.ts stores a picture. */
const textOf = (type: string, bytes: Buffer): string => `${type}\n${bytes.toString('base64')}`

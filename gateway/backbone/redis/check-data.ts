import type { Redis } from 'ioredis'
import type { Message } from '../../protocol/model.ts'
import { conversationChannel, conversationSides } from '../../protocol/keys.ts'
import { Faults, type DataReport } from '../data-report.ts'
import { each } from '../move.ts'
import { infoField, settingsProblem } from './check-server.ts'
import type { DirectServer, DirectServers } from './direct.ts'
import { FORMAT, formatProblem } from './format.ts'
import { conversationKeys, conversationOfHead, formatKey, keysOf, listKey, OUR_KEYS } from './keys.ts'
import { entryOf } from './known-log.ts'
import { parseHead, STAMP_LENGTH, type LogHead } from './log-head.ts'
import type { Scripts } from './scripts.ts'

const PORTION_COUNT = '200'
const PORTION_BYTES = '524288'
/** A conversation's first message enters the lists at the same time as the log. */
const FRESH_MS = 60_000

interface StoredMessage {
  readonly seq: number
  readonly id: string
  readonly prev: string | undefined
  readonly stamp: string
  readonly at: number
}

/**
 * Reads all that a Redis has of an im-chat, also while gateways run, and writes nothing: settings and format of each server, and of each conversation whether its log is
 * dense and chained up to its head, and whether both its sides have it in their lists. Memory: the names of all conversations.
 */
export class RedisReading {
  readonly #servers: DirectServers
  readonly #script: string
  readonly #now: number
  readonly #faults = new Faults()
  readonly #seen = new Set<string>()
  #messageCount = 0
  #recordCount = 0
  #imageCount = 0
  #bytes = 0
  #lastAt = 0

  constructor({ servers, scripts, now }: { readonly servers: DirectServers; readonly scripts: Pick<Scripts, 'read'>; readonly now: number }) {
    this.#servers = servers
    this.#script = scripts.read.source
    this.#now = now
  }

  async run(): Promise<DataReport> {
    for (const server of this.#servers.all) await this.#readServer(server)
    return {
      format: Number(FORMAT),
      conversationCount: this.#seen.size,
      messageCount: this.#messageCount,
      recordCount: this.#recordCount,
      imageCount: this.#imageCount,
      bytes: this.#bytes,
      ...(this.#lastAt === 0 ? undefined : { lastAt: this.#lastAt }),
      faults: this.#faults.shown,
      faultCount: this.#faults.count,
    }
  }

  async #readServer(server: DirectServer): Promise<void> {
    const { name, redis, tag } = server
    const problem = (await settingsProblem(redis, this.#servers.isCluster)) ?? (await formatProblem(redis, tag, this.#servers.isCluster))
    if (problem !== undefined) return this.#faults.add(`Redis ${name}: ${problem}.`)
    this.#bytes += Number(infoField(String(await redis.info('memory')), 'used_memory') ?? 0)
    let isUsed = false
    for await (const keys of keysOf(server.redis, OUR_KEYS)) {
      isUsed ||= keys.length > 0
      await each(keys, (key) => this.#readKey(redis, key))
    }
    if (isUsed && (await redis.get(formatKey(tag))) === null)
      this.#faults.add(`Redis ${name}: the key ${formatKey(tag)} is missing; a gateway writes it.`)
  }

  async #readKey(redis: Redis, key: string): Promise<void> {
    const conversation = conversationOfHead(key)
    if (conversation !== undefined) {
      if (this.#seen.has(conversation)) return
      this.#seen.add(conversation)
      await this.#readConversation(conversation)
    } else if (key.startsWith('im:records:')) this.#recordCount += await redis.hlen(key)
    else if (key.startsWith('im:image:')) this.#imageCount++
  }

  async #readConversation(conversation: string): Promise<void> {
    const redis = this.#servers.of(conversationChannel(conversation))
    const keys = conversationKeys(conversation)
    let before: StoredMessage | undefined
    let head: LogHead
    do {
      const from = (before?.seq ?? 0) + 1
      const words = ['oldest', String(from), PORTION_COUNT, PORTION_BYTES] as const
      const [[text, , entries]] = (await redis.eval(this.#script, 3, keys.head, keys.log, keys.meta, ...words)) as [[string, unknown, string[]]]
      head = parseHead(text)
      for (const entry of entries) {
        const next = readEntry(entry)
        if (next !== undefined && next.seq < from) break
        const fault = next === undefined ? `the entry behind ${before?.seq ?? 'the beginning'} cannot be read` : faultOf(next, before)
        if (next === undefined || fault !== undefined) return this.#faults.add(`${conversation}: ${fault}.`)
        this.#messageCount++
        this.#lastAt = Math.max(this.#lastAt, next.at)
        before = next
      }
      // where the log ends before its head does, its last entry comes again
      if (entries.length === 0 || before!.seq < from) break
    } while (before!.seq < head.seq)
    this.#compare(conversation, head, before)
    await this.#requireListed(conversation, head)
  }

  /** Of a log without entries all may have expired (KEEP_DAYS). */
  #compare(conversation: string, head: LogHead, last: StoredMessage | undefined): void {
    if (last === undefined) return
    if (head.seq !== last.seq || head.stamp !== last.stamp || head.id !== JSON.stringify(last.id)) {
      this.#faults.add(`${conversation}: its head ends with ${head.seq}, its log with ${last.seq}.`)
    }
  }

  async #requireListed(conversation: string, { seq, at }: LogHead): Promise<void> {
    if (seq === 0 || this.#now - at < FRESH_MS) return
    for (const side of conversationSides(conversation) ?? []) {
      const key = listKey(side)
      if ((await this.#servers.of(key).zscore(key, conversation)) === null) this.#faults.add(`${conversation} is missing from the list of ${side}.`)
    }
  }
}

/** The oldest entries may have been removed: REDIS_KEEP_COUNT. */
function faultOf({ seq, prev }: StoredMessage, before: StoredMessage | undefined): string | undefined {
  if (before === undefined) return seq === 1 && prev !== undefined ? 'message 1 follows another' : undefined
  if (seq !== before.seq + 1) return `message ${seq} follows ${before.seq}`
  return prev === before.id ? undefined : `message ${seq} does not follow from the one before`
}

function readEntry(stored: string): StoredMessage | undefined {
  const entry = entryOf(stored)
  if (entry === undefined) return undefined
  try {
    const { id, at } = JSON.parse(`{"seq":${stored.slice(STAMP_LENGTH)}`) as Message
    return { seq: entry.seq, id, prev: entry.prev === undefined ? undefined : (JSON.parse(entry.prev) as string), stamp: entry.stamp, at }
  } catch {
    return undefined // cut short, or not JSON
  }
}

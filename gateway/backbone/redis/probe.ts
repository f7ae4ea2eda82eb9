import { randomBytes } from 'node:crypto'
import type { RedisConnection } from './redis-connection.ts'
import type { Scripts } from './scripts.ts'

export interface ProbeOptions {
  readonly write: RedisConnection
  readonly hear: RedisConnection
  readonly scripts: Scripts
  readonly isSharded: boolean
  /** Goes into key and channels as their hash tag, so that all are this server's. No side's name has braces. */
  readonly tag: () => string | undefined
  /** What was published has to come back within so long. */
  readonly limitMs: number
}

/** One of each kind that is served: a user of Redis may have the right to some. */
const CHANNELS = ['ImConv', 'ImMsgPub', 'ImShopPub', 'ImPresence']
const POLICY = /^maxmemory_policy:(\S+)/m

/**
 * Whether a server that answers would also serve: writes and publishes as an append does, and hears it. A ping knows nothing of
 * rights, of memory, of a replica that only reads.
 */
export class Probe {
  readonly #options: ProbeOptions
  #wanted: { readonly word: string; readonly missing: Set<string>; readonly onAll: () => void } | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
    options.hear.redis.on(options.isSharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, payload: Buffer) => {
      const wanted = this.#wanted
      if (wanted === undefined || payload.toString() !== wanted.word) return
      wanted.missing.delete(channel.toString())
      if (wanted.missing.size === 0) wanted.onAll()
    })
  }

  /** Why it would not serve, in Redis' own words where it has some; undefined: it would. */
  async run(): Promise<string | undefined> {
    const tag = this.#options.tag()
    if (tag === undefined) return undefined
    const channels = CHANNELS.map((name) => `${name}:{${tag}}`)
    try {
      return (await this.#policy()) ?? (await this.#roundTrip(`im:{${tag}}`, channels))
    } catch (error) {
      // without the number of a line of ours
      const message = (error as Error).message.replace(/ script: \w+, on @\S+$/, '')
      // a slot that has just moved: the map of the Cluster is being asked for
      return /^(MOVED|ASK|TRYAGAIN)\b/.test(message) ? undefined : message
    }
  }

  async #policy(): Promise<string | undefined> {
    const policy = POLICY.exec(String(await this.#options.write.redis.info('memory')))?.[1]
    return policy === undefined || policy === 'noeviction'
      ? undefined
      : `maxmemory-policy is ${policy}: the server would delete messages; set it to noeviction`
  }

  async #roundTrip(key: string, channels: readonly string[]): Promise<string | undefined> {
    const {
      write,
      hear,
      scripts: { probe },
      isSharded,
      limitMs,
    } = this.#options
    for (const channel of channels) await (isSharded ? hear.redis.ssubscribe(channel) : hear.redis.subscribe(channel))
    const word = `probe ${randomBytes(9).toString('base64url')}`
    const missing = new Set(channels)
    const heard = new Promise<void>((onAll) => {
      this.#wanted = { word, missing, onAll }
    })
    await write.redis.eval(probe.source, 1, key, isSharded ? 'SPUBLISH' : 'PUBLISH', word, ...channels)
    let stop: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      stop = setTimeout(resolve, limitMs)
    })
    await Promise.race([heard, late])
    clearTimeout(stop)
    this.#wanted = undefined
    return missing.size === 0 ? undefined : `what was published on ${[...missing][0]} did not come back`
  }
}

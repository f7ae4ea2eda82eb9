import { randomBytes } from 'node:crypto'
import { settingsProblem } from './check-server.ts'
import { FORMAT } from './format.ts'
import { formatKey, probeKey } from './keys.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { Scripts } from './scripts.ts'

export interface ProbeOptions {
  readonly writer: RedisConnection
  readonly subscriber: RedisConnection
  readonly scripts: Scripts
  readonly isSharded: boolean
  /** Hash tag for the key and the channels, so that all belong to this server. No side's name has braces. */
  readonly tag: () => string | undefined
  /** Ms within which the published payload must be received. */
  readonly limitMs: number
}

/** One of each kind in use: a Redis user's ACL may allow only some. */
const CHANNELS = ['ImInbox', 'ImMsgPub', 'ImShopPub']

/**
 * Whether a server that answers can also serve: writes and publishes as an append does, and receives what it published. A ping
 * tells nothing about ACL rights, memory or a read-only replica.
 */
export class Probe {
  readonly #options: ProbeOptions
  #wanted: { readonly payload: string; readonly missing: Set<string>; readonly onAll: () => void } | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
    options.subscriber.redis.on(options.isSharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, payload: Buffer) => {
      const wanted = this.#wanted
      if (wanted === undefined || payload.toString() !== wanted.payload) return
      wanted.missing.delete(channel.toString())
      if (wanted.missing.size === 0) wanted.onAll()
    })
  }

  /** Why the server cannot serve, in Redis' own words where there are some; undefined: it can. */
  async run(): Promise<string | undefined> {
    const tag = this.#options.tag()
    if (tag === undefined) return undefined
    const channels = CHANNELS.map((name) => `${name}:{${tag}}`)
    try {
      return (await settingsProblem(this.#options.writer.redis, this.#options.isSharded)) ?? (await this.#roundTrip(tag, channels))
    } catch (error) {
      // without the script's hash and line number
      const message = (error as Error).message.replace(/ script: \w+, on @\S+$/, '')
      // a slot has just moved: the ring fetches the map of the Cluster
      return /^(MOVED|ASK|TRYAGAIN)\b/.test(message) ? undefined : message
    }
  }

  async #roundTrip(tag: string, channels: readonly string[]): Promise<string | undefined> {
    const {
      writer,
      subscriber,
      scripts: { probe },
      isSharded,
      limitMs,
    } = this.#options
    for (const channel of channels) await (isSharded ? subscriber.redis.ssubscribe(channel) : subscriber.redis.subscribe(channel))
    const payload = `probe ${randomBytes(9).toString('base64url')}`
    const missing = new Set(channels)
    const received = new Promise<void>((onAll) => {
      this.#wanted = { payload, missing, onAll }
    })
    await writer.redis.eval(probe.source, 2, probeKey(tag), formatKey(tag), isSharded ? 'SPUBLISH' : 'PUBLISH', payload, FORMAT, ...channels)
    let stop: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      stop = setTimeout(resolve, limitMs)
    })
    await Promise.race([received, late])
    clearTimeout(stop)
    this.#wanted = undefined
    return missing.size === 0 ? undefined : `what was published on ${[...missing][0]} did not come back`
  }
}

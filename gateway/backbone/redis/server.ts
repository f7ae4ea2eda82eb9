import type { RedisOptions } from 'ioredis'
import { checkServer, loadScriptsInto } from './check.ts'
import { Line } from './line.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

export interface ServerOptions {
  readonly name: string
  readonly redis: RedisOptions
  readonly settings: RedisSettings
  readonly scripts: Scripts
  readonly isCluster: boolean
}

/** One Redis server, or whichever is the master of a Sentinel group now: three connections, each with its own breaker. */
export class Server {
  readonly name: string
  /** Appends and cursors; a WAIT for a replica blocks this one only. */
  readonly write: Line
  /** Reads, lists and publishes. */
  readonly ask: Line
  /** Subscriptions. */
  readonly hear: Line
  readonly #scripts: Scripts
  #wasReady = false

  constructor({ name, redis, settings, scripts, isCluster }: ServerOptions) {
    this.name = name
    this.#scripts = scripts
    const check = { check: (connection: Line['redis']) => checkServer(connection, scripts, isCluster) }
    this.write = new Line({ redis, settings, ...check, resends: 1 })
    this.ask = new Line({ redis, settings, ...check, resends: 1 })
    this.hear = new Line({ redis, settings, resends: 0 })
    const lines = [this.write, this.ask, this.hear]
    for (const line of lines) line.on('serving', () => { this.#wasReady ||= this.problem === undefined })
    // A server that hangs hangs for all: the others need not wait for a timeout of their own.
    for (const line of lines) line.on('doubted', () => { for (const other of lines) void other.doubt() })
  }

  /** Whether it could ever serve since this gateway started. */
  get wasReady(): boolean {
    return this.#wasReady
  }

  get problem(): string | undefined {
    const problem = this.write.problem ?? this.ask.problem ?? this.hear.problem
    return problem === undefined ? undefined : `${this.name}: ${problem}`
  }

  /** Resolves when the first attempts to connect have ended, well or not. */
  get looked(): Promise<unknown> {
    return Promise.all([this.write.looked, this.ask.looked, this.hear.looked])
  }

  /** After SCRIPT FLUSH. */
  async giveScripts(): Promise<void> {
    await loadScriptsInto(this.write.redis, this.#scripts)
  }

  async close(): Promise<void> {
    await Promise.all([this.write.close(), this.ask.close(), this.hear.close()])
  }
}

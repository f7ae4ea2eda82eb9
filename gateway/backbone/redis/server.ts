import type { RedisOptions } from 'ioredis'
import { checkServer, loadScriptsInto } from './check-server.ts'
import { RedisConnection } from './redis-connection.ts'
import { Probe } from './probe.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

export interface ServerOptions {
  readonly name: string
  readonly redis: RedisOptions
  readonly settings: RedisSettings
  readonly scripts: Scripts
  readonly isCluster: boolean
  /** See Probe. */
  readonly tag: () => string | undefined
}

/** A loss that is mended by then is nobody's business. */
const LOSS_MS = 1000

/**
 * One Redis server, or whichever is the master of a Sentinel group now: three connections, each with its own breaker.
 *
 * Whether it serves is tried now and then (Probe), not believed: what it refuses then makes it unready and is told. Commands are
 * still sent to it meanwhile, and have Redis' own answers.
 */
export class Server {
  readonly name: string
  /** Appends and cursors; a WAIT for a replica blocks this one only. */
  readonly write: RedisConnection
  /** Reads, lists and publishes. */
  readonly ask: RedisConnection
  /** Subscriptions. */
  readonly hear: RedisConnection
  /** Resolves when the first attempts to connect have ended, well or not, and what connected was tried. */
  readonly checked: Promise<unknown>
  readonly #scripts: Scripts
  readonly #onHealth: RedisSettings['onHealth']
  readonly #probe: Probe
  readonly #heart: NodeJS.Timeout
  #lossTimer: NodeJS.Timeout | undefined
  #unfit: string | undefined
  #looking: Promise<void> | undefined
  #lostAt = Number.NEGATIVE_INFINITY
  #wasReady = false
  #isClosed = false

  constructor({ name, redis, settings, scripts, isCluster, tag }: ServerOptions) {
    this.name = name
    this.#scripts = scripts
    this.#onHealth = settings.onHealth
    const check = { check: (connection: RedisConnection['redis']) => checkServer(connection, scripts, isCluster) }
    this.write = new RedisConnection({ redis, settings, ...check, resends: 1 })
    this.ask = new RedisConnection({ redis, settings, ...check, resends: 1 })
    this.hear = new RedisConnection({ redis, settings, resends: 0 })
    this.#probe = new Probe({
      write: this.write,
      hear: this.hear,
      scripts,
      isSharded: isCluster,
      tag,
      limitMs: settings.commandTimeoutMs,
    })
    const connections = [this.write, this.ask, this.hear]
    for (const connection of connections) {
      connection.on('serving', () => void this.#check())
      connection.on('lost', () => this.#lose())
      // A server that hangs hangs for all: the others need not wait for a timeout of their own.
      connection.on('doubted', () => {
        for (const other of connections) void other.doubt()
      })
    }
    this.checked = Promise.all(connections.map(({ checked }) => checked)).then(() => this.#check())
    this.#heart = setInterval(() => void this.#check(), settings.probeMs)
  }

  /** Whether it could ever serve since this gateway started. */
  get wasReady(): boolean {
    return this.#wasReady
  }

  get problem(): string | undefined {
    const problem = this.#unfit ?? this.#lineProblem
    return problem === undefined ? undefined : `${this.name}: ${problem}`
  }

  /** After SCRIPT FLUSH. */
  async giveScripts(): Promise<void> {
    await loadScriptsInto(this.write.redis, this.#scripts)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#heart)
    clearTimeout(this.#lossTimer)
    await Promise.all([this.write.close(), this.ask.close(), this.hear.close()])
  }

  get #lineProblem(): string | undefined {
    return this.write.problem ?? this.ask.problem ?? this.hear.problem
  }

  #check(): Promise<void> {
    return (this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    }))
  }

  async #lookOnce(): Promise<void> {
    const before = this.#lineProblem
    if (before !== undefined && performance.now() - this.#lostAt < LOSS_MS) return
    const unfit = before === undefined ? await this.#probe.run() : undefined
    if (this.#isClosed) return
    // what was refused stays said while the connection is made again for it
    if (this.#lineProblem === undefined || unfit !== undefined) this.#unfit = unfit
    else if (before !== undefined) this.#unfit = undefined
    const problem = this.#unfit ?? this.#lineProblem
    this.#wasReady ||= problem === undefined
    this.#onHealth(this.name, problem)
  }

  #lose(): void {
    this.#lostAt = performance.now()
    clearTimeout(this.#lossTimer)
    this.#lossTimer = setTimeout(() => void this.#check(), LOSS_MS + 1)
  }
}

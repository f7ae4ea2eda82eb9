import { checkServer, loadScriptsInto, type ServerOptions } from './check-server.ts'
import { RedisConnection } from './redis-connection.ts'
import { Probe } from './probe.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

/** A connection that is back within so long is not reported as lost. */
const LOSS_MS = 1000

/**
 * One Redis server, or whichever is the master of a Sentinel group now: three connections, each with its own breaker.
 *
 * A periodic Probe tests whether it can serve; a failed one makes it unready and is reported. Commands are still sent to it
 * meanwhile and get Redis' own replies.
 */
export class Server {
  readonly name: string
  /** Appends and cursors; a WAIT for a replica blocks this one only. */
  readonly writer: RedisConnection
  /** Reads, lists and publishes. */
  readonly reader: RedisConnection
  /** Subscriptions. */
  readonly subscriber: RedisConnection
  /** Resolves when the first attempts to connect have ended, successfully or not, and the first probe after them. */
  readonly checked: Promise<unknown>
  /** Whether it has been able to serve at any time since this gateway started. */
  wasReady = false
  readonly #scripts: Scripts
  readonly #onHealth: RedisSettings['onHealth']
  readonly #probe: Probe
  readonly #timer: NodeJS.Timeout
  #lossTimer: NodeJS.Timeout | undefined
  #probeProblem: string | undefined
  #checking: Promise<void> | undefined
  #lostAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: ServerOptions) {
    const { name, redis, settings, scripts } = options
    this.name = name
    this.#scripts = scripts
    this.#onHealth = settings.onHealth
    const check = (connection: RedisConnection['redis']): Promise<string | undefined> => checkServer(connection, options)
    this.writer = new RedisConnection({ redis, settings, check, resends: 1 })
    this.reader = new RedisConnection({ redis, settings, check, resends: 1 })
    this.subscriber = new RedisConnection({ redis, settings, resends: 0 })
    this.#probe = new Probe({ ...options, writer: this.writer, subscriber: this.subscriber })
    const connections = [this.writer, this.reader, this.subscriber]
    for (const connection of connections) {
      connection.on('serving', () => void this.#check())
      connection.on('lost', () => this.#onLost())
      // A server that hangs does so on every connection: the others need not wait for a timeout of their own.
      connection.on('doubted', () => {
        for (const other of connections) void other.doubt()
      })
    }
    this.checked = Promise.all(connections.map(({ checked }) => checked)).then(() => this.#check())
    this.#timer = setInterval(() => void this.#check(), settings.probeMs)
  }

  get problem(): string | undefined {
    const problem = this.#probeProblem ?? this.#connectionProblem
    return problem === undefined ? undefined : `${this.name}: ${problem}`
  }

  /** After SCRIPT FLUSH. */
  async loadScripts(): Promise<void> {
    await loadScriptsInto(this.writer.redis, this.#scripts)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    clearTimeout(this.#lossTimer)
    await Promise.all([this.writer.close(), this.reader.close(), this.subscriber.close()])
  }

  get #connectionProblem(): string | undefined {
    return this.writer.problem ?? this.reader.problem ?? this.subscriber.problem
  }

  #check(): Promise<void> {
    return (this.#checking ??= this.#checkOnce().finally(() => {
      this.#checking = undefined
    }))
  }

  async #checkOnce(): Promise<void> {
    const before = this.#connectionProblem
    if (before !== undefined && performance.now() - this.#lostAt < LOSS_MS) return
    const probeProblem = before === undefined ? await this.#probe.run() : undefined
    if (this.#isClosed) return
    // a probe's problem stays reported while the connection is re-established because of it
    if (this.#connectionProblem === undefined || probeProblem !== undefined) this.#probeProblem = probeProblem
    else if (before !== undefined) this.#probeProblem = undefined
    const problem = this.#probeProblem ?? this.#connectionProblem
    this.wasReady ||= problem === undefined
    this.#onHealth(this.name, problem)
  }

  #onLost(): void {
    this.#lostAt = performance.now()
    clearTimeout(this.#lossTimer)
    this.#lossTimer = setTimeout(() => void this.#check(), LOSS_MS + 1)
  }
}

import { Redis, type RedisOptions } from 'ioredis'
import { isTimeout } from './failure.ts'
import type { RedisSettings } from './settings.ts'

export type RedisConnectionEvent = 'serving' | 'doubted' | 'lost' | 'moved' | 'closed'

export interface RedisConnectionOptions {
  readonly redis: RedisOptions
  readonly settings: RedisSettings
  /** Looks the server over after each connect; a sentence = it will not do (asked again later), undefined = it will. */
  readonly check?: (redis: Redis) => Promise<string | undefined>
  /** How often a command in flight is sent again after a reconnect. All scripts are idempotent; a subscription is not one. */
  readonly resends: 0 | 1
}

/**
 * One connection to one server, with the breaker in front of it.
 *
 *   connecting → checking → serving → doubted → serving        a ping was answered after all
 *       ↑           ↓          ↓         ↓
 *       └────────── lost ←─────┴─────────┘                     closed by the other end, or by us after an unanswered ping
 *
 * `problem` is undefined only while serving; everybody refuses at once otherwise. ioredis reconnects; its delay is
 * jittered, so that many nodes do not come back in one instant.
 */
export class RedisConnection {
  readonly redis: Redis
  /** Resolves when the first attempt to connect has ended, well or not. */
  readonly checked: Promise<void>
  #onChecked: () => void = () => undefined
  readonly #options: RedisConnectionOptions
  readonly #listeners = new Map<RedisConnectionEvent, Set<() => void>>()
  readonly #heart: NodeJS.Timeout
  #problem: string | undefined = 'not connected yet'
  #lastError: string | undefined
  #connection = 0
  #isProbing = false
  #isClosed = false
  #revival: NodeJS.Timeout | undefined

  constructor(options: RedisConnectionOptions) {
    this.#options = options
    this.redis = new Redis({
      ...driverOptions(options.settings),
      maxRetriesPerRequest: options.resends,
      ...options.redis,
      replyMapping: 'legacy',
    })
    this.checked = new Promise((resolve) => {
      this.#onChecked = resolve
    })
    this.redis.on('error', (error: Error) => this.#note(error))
    this.redis.on('ready', () => void this.#check(++this.#connection))
    this.redis.on('close', () => this.#lose())
    this.redis.on('end', () => this.#revive())
    this.redis.on('moved', () => this.#tell('moved'))
    this.#heart = setInterval(() => void this.#beat(), options.settings.pingMs)
  }

  /** Why nothing can be sent now. */
  get problem(): string | undefined {
    return this.#problem
  }

  on(event: RedisConnectionEvent, listener: () => void): void {
    let listeners = this.#listeners.get(event)
    if (listeners === undefined) this.#listeners.set(event, (listeners = new Set()))
    listeners.add(listener)
  }

  /** Sends the commands in one write; each answers by itself, with an Error where it failed. Never rejects. */
  async send(commands: readonly (readonly string[])[]): Promise<unknown[]> {
    let replies: unknown[]
    if (commands.length === 1) {
      const [name, ...args] = commands[0]!
      replies = [await this.redis.call(name!, args).catch(asError)]
    } else {
      const pipeline = this.redis.pipeline()
      for (const [name, ...args] of commands) pipeline.call(name!, ...args)
      const results = await pipeline.exec().catch((error: unknown) => commands.map(() => [asError(error), undefined] as const))
      replies = (results ?? []).map(([error, reply]) => error ?? reply)
    }
    if (replies.some(isTimeout)) void this.doubt()
    return replies
  }

  /** An answer is overdue: refuse until a ping is answered; without one the connection is dead, whatever TCP says. */
  async doubt(): Promise<void> {
    if (this.#isProbing || this.#isClosed || this.redis.status !== 'ready') return
    this.#isProbing = true
    const connection = this.#connection
    const before = this.#problem
    this.#problem ??= 'does not answer'
    this.#tell('doubted')
    const error = await this.redis.ping().then(() => undefined, asError)
    this.#isProbing = false
    if (connection !== this.#connection || this.#isClosed) return
    if (error !== undefined) return this.redis.disconnect(true)
    this.#problem = before
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#problem = 'closed'
    clearInterval(this.#heart)
    clearTimeout(this.#revival)
    this.#tell('closed')
    // Between two attempts ioredis has nothing to end, and says no 'end'.
    const isOpen = ['connecting', 'connect', 'ready'].includes(this.redis.status)
    const ended = new Promise<void>((resolve) => this.redis.once('end', () => resolve()))
    this.redis.disconnect()
    if (isOpen) await ended
  }

  async #check(connection: number): Promise<void> {
    const problem = await this.#options.check?.(this.redis).catch((error: unknown) => asError(error).message)
    if (connection !== this.#connection || this.#isClosed || this.redis.status !== 'ready') return
    this.#problem = problem
    this.#lastError = undefined
    this.#onChecked()
    if (problem === undefined) this.#tell('serving')
  }

  /** ioredis says 'close' after most errors, but none while it looks for a Sentinel that answers. */
  #note(error: Error): void {
    this.#lastError = error.message || error.name
    if (this.redis.status === 'ready' || this.#isClosed) return
    this.#problem = this.#lastError
    this.#onChecked()
  }

  #lose(): void {
    this.#connection++
    this.#onChecked()
    if (this.#isClosed) return
    const wasServing = this.#problem === undefined || this.#isProbing
    this.#problem = this.#lastError ?? 'the connection was lost'
    if (wasServing) this.#tell('lost')
  }

  /** ioredis gives up where a Sentinel look-up was cut short; we do not. */
  #revive(): void {
    if (this.#isClosed) return
    // what it fails of comes as an `error` event as well, see #note
    this.#revival = setTimeout(() => this.redis.connect().catch(() => undefined), retryDelay(1))
  }

  async #beat(): Promise<void> {
    if (this.redis.status !== 'ready') return
    if (this.#problem === undefined) return this.#pulse()
    if (!this.#isProbing) await this.#check(this.#connection)
  }

  async #pulse(): Promise<void> {
    const error = await this.redis.ping().then(() => undefined, asError)
    if (isTimeout(error)) await this.doubt()
  }

  #tell(event: RedisConnectionEvent): void {
    for (const listener of this.#listeners.get(event) ?? []) listener()
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const READONLY_MS = 3000

/** 25..75 ms at first, then doubling up to about a second. */
const retryDelay = (attempt: number): number => Math.min(1000, 50 * 2 ** (attempt - 1)) * (0.5 + Math.random())

function driverOptions(settings: RedisSettings): RedisOptions {
  return {
    commandTimeout: settings.commandTimeoutMs,
    connectTimeout: settings.connectTimeoutMs,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: true,
    retryStrategy: retryDelay,
    keepAlive: 10_000,
    disableClientInfo: true,
    // A master that was demoted goes on answering: leave it, and ask again who is the master.
    reconnectOnError: reconnectOnReadonly(),
  }
}

/** Not each time: a replica that was named by mistake is one for good. */
function reconnectOnReadonly(): (error: Error) => boolean {
  let before = Number.NEGATIVE_INFINITY
  return ({ message }) => {
    const now = performance.now()
    if (!message.startsWith('READONLY') || now - before < READONLY_MS) return false
    before = now
    return true
  }
}

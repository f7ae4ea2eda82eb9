import { EventEmitter } from 'node:events'
import { Command, Redis, type RedisOptions } from 'ioredis'
import type { Sendable } from './batch-call.ts'
import { CommandWriter } from './command-writer.ts'
import { isTimeout } from './failure.ts'
import type { RedisSettings } from './settings.ts'

interface RedisConnectionEvents {
  serving: []
  doubted: []
  lost: []
}

export interface RedisConnectionOptions {
  readonly redis: RedisOptions
  readonly settings: RedisSettings
  /** Checks the server after each connect; resolves with why it is unusable (it is checked again later), undefined: usable. */
  readonly check?: (redis: Redis) => Promise<string | undefined>
  /** How often a command in flight is sent again after a reconnect: scripts are idempotent, subscriptions are not resent. */
  readonly resends: 0 | 1
}

/**
 * One connection to one server, with a circuit breaker in front of it.
 *
 *   connecting → checking → serving → doubted → serving        a ping was answered after all; an event like the first
 *       ↑           ↓          ↓         ↓
 *       └────────── lost ←─────┴─────────┘                     closed by the other end, or by us after an unanswered ping
 *
 * `problem` is undefined only while serving; callers refuse at once otherwise. ioredis reconnects, with jitter, so that many
 * nodes do not come back at the same moment.
 */
export class RedisConnection extends EventEmitter<RedisConnectionEvents> {
  readonly redis: Redis
  /** Resolves when the first attempt to connect has ended, successfully or not. */
  readonly checked: Promise<void>
  #onChecked: () => void = () => undefined
  readonly #options: RedisConnectionOptions
  readonly #timer: NodeJS.Timeout
  /** Of the last batch, if that was answered: no byte of it is needed any more. */
  #writer: CommandWriter | undefined
  #problem: string | undefined = 'not connected yet'
  #lastError: string | undefined
  #connection = 0
  #isProbing = false
  #isClosed = false
  #reconnectTimer: NodeJS.Timeout | undefined

  constructor(options: RedisConnectionOptions) {
    super()
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
    this.redis.on('error', (error: Error) => this.#onError(error))
    this.redis.on('ready', () => void this.#check(++this.#connection))
    this.redis.on('close', () => this.#onLost())
    this.redis.on('end', () => this.#reconnect())
    this.#timer = setInterval(() => void this.#onTimer(), options.settings.pingMs)
  }

  /** Why nothing can be sent now. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Sends the commands in one write and resolves with one reply for each, an Error where it failed. Rejects only where one cannot be written. */
  async send(sendables: readonly Sendable[]): Promise<unknown[]> {
    const writer = this.#writer ?? new CommandWriter()
    this.#writer = undefined
    const commands = written(sendables, writer)
    let replies: unknown[]
    if (commands.length === 1) {
      void this.redis.sendCommand(commands[0]!)
      replies = [await commands[0]!.promise.catch(asError)]
    } else {
      const pipeline = this.redis.pipeline() as ReturnType<Redis['pipeline']> & { sendCommand(command: Command): void }
      for (const command of commands) pipeline.sendCommand(command)
      const results = await pipeline.exec().catch((error: unknown) => commands.map(() => [asError(error), undefined] as const))
      replies = (results ?? []).map(([error, reply]) => error ?? reply)
    }
    // the driver may still send the bytes of what failed, and again those of what timed out
    if (!replies.some((reply) => reply instanceof Error)) this.#writer = writer
    else if (replies.some(isTimeout)) void this.doubt()
    return replies
  }

  /** A reply is overdue: refuse until a ping is answered; without an answer the connection is dead, whatever TCP says. */
  async doubt(): Promise<void> {
    if (this.#isProbing || this.#isClosed || this.redis.status !== 'ready') return
    this.#isProbing = true
    const connection = this.#connection
    const before = this.#problem
    this.#problem ??= 'does not answer'
    this.emit('doubted')
    const error = await this.redis.ping().then(() => undefined, asError)
    this.#isProbing = false
    if (connection !== this.#connection || this.#isClosed) return
    if (error !== undefined) return this.redis.disconnect(true)
    this.#problem = before
    // what was left undone meanwhile is taken up, as after a reconnect
    if (before === undefined) this.emit('serving')
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#problem = 'closed'
    clearInterval(this.#timer)
    clearTimeout(this.#reconnectTimer)
    // Between two attempts ioredis has nothing to close and emits no 'end'.
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
    if (problem === undefined) this.emit('serving')
  }

  /** ioredis emits 'close' after most errors, but not while it looks for a Sentinel that answers. */
  #onError(error: Error): void {
    this.#lastError = error.message || error.name
    if (this.redis.status === 'ready' || this.#isClosed) return
    this.#problem = this.#lastError
    this.#onChecked()
  }

  #onLost(): void {
    this.#connection++
    this.#onChecked()
    if (this.#isClosed) return
    const wasServing = this.#problem === undefined || this.#isProbing
    this.#problem = this.#lastError ?? 'the connection was lost'
    if (wasServing) this.emit('lost')
  }

  /** ioredis gives up when a Sentinel look-up is interrupted; we try again. */
  #reconnect(): void {
    if (this.#isClosed) return
    // a failure arrives as an `error` event as well, see #onError
    this.#reconnectTimer = setTimeout(() => this.redis.connect().catch(() => undefined), retryDelay(1))
  }

  async #onTimer(): Promise<void> {
    if (this.redis.status !== 'ready') return
    if (this.#problem === undefined) return this.#ping()
    if (!this.#isProbing) await this.#check(this.#connection)
  }

  async #ping(): Promise<void> {
    const error = await this.redis.ping().then(() => undefined, asError)
    if (isTimeout(error)) await this.doubt()
  }
}

/** As bytes at once: the driver would copy and walk the words several times, which of a batch's thousand is most of what it does. */
function written(sendables: readonly Sendable[], writer: CommandWriter): Command[] {
  writer.clear()
  const ends = sendables.map((sendable) => {
    sendable.write(writer)
    return writer.length
  })
  return sendables.map(({ name }, i) => {
    const bytes = writer.slice(ends[i - 1] ?? 0, ends[i]!)
    const command = new Command(name, [], { replyEncoding: 'utf8' })
    command.toWritable = () => bytes
    return command
  })
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const READONLY_MS = 3000

/** Ms: 25..75 at first, doubling up to 500..1500. */
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
    // A demoted master goes on answering: disconnect, and look up the master again.
    reconnectOnError: reconnectOnReadonly(),
  }
}

/** At most every few seconds: a replica that was configured by mistake stays one. */
function reconnectOnReadonly(): (error: Error) => boolean {
  let before = Number.NEGATIVE_INFINITY
  return ({ message }) => {
    const now = performance.now()
    if (!message.startsWith('READONLY') || now - before < READONLY_MS) return false
    before = now
    return true
  }
}

import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import type { Clock } from './clock.ts'
import { Attempt, type Bye } from './attempt.ts'
import { refusalFrom, type Checks } from './incoming.ts'
import { RefusalError } from './refusal-error.ts'
import { signal } from './signal.ts'
import type { SocketRecord } from './socket-record.ts'
import type { TransportPort } from './transport.ts'
import type { ConnectionState, TransportName } from './types.ts'

export interface ConnectionOptions {
  /** In order of preference; the client returns to the first when it can. */
  readonly ports: readonly TransportPort[]
  readonly checks: Checks
  readonly clock: Clock
  readonly random: () => number
  readonly isOnline: () => boolean
  readonly record: SocketRecord
  /** Fetches the pass unless it is here. */
  readonly pass: () => Promise<unknown>
  /** The packet of the hello to send; may have to fetch a pass first. */
  readonly hello: () => Promise<string>
  /** The hello if its pass is here. */
  readonly readyHello: () => string | undefined
  /** A fresh pass was set after that hello. */
  readonly hasNewPass: () => boolean
  readonly onWelcome: (welcome: Welcome) => void
  /** Whether every resumed conversation has reached its head. */
  readonly isCaughtUp: () => boolean
  readonly onPush: (name: string, data: unknown) => void
  /** The hello was refused. True: something was changed, try again. */
  readonly onRefused: (refusal: WireRefusal) => boolean
}

/** The preferred transport tries alone for this long before the next one starts beside it. */
const HEAD_START_MS = 500
/** Time limit for opening a transport in the first round; doubled each round up to LAST_OPEN_MS, which the background gets at once. */
const OPEN_MS = 8000
const LAST_OPEN_MS = 32_000
/** Time limit from hello to welcome while another transport may be tried; LAST_GREET_MS for the last one. */
const GREET_MS = 4000
const LAST_GREET_MS = 10_000
const REQUEST_MS = 10_000
/** After an attempt that lived this long, the back-off starts again at the first delay. */
const GOOD_ATTEMPT_MS = 5000
/** On waking, an attempt that received something less than this ago is trusted; any other is probed. */
const TRUST_MS = 5000
const WAKE_PROBE_MS = 2000
/** After a loss within a session, the next session begins this long after the present one at the earliest. */
const GAP_PAUSE_MS = 3000
/** A WebSocket needs two round trips where polling on a warm connection needs one. */
const PATIENCE = 3
/** After two hellos of one round the gateway may say `replaced` for this long to the session that stays; it begins when neither is on its way any more. */
const DOUBLED_MS = 10_000
const FIRST_DELAY_MS = 500
const LAST_DELAY_MS = 20_000

/**
 * The client's connection, as a state machine over attempts:
 *
 *   idle → connecting → catching-up → live → waiting → connecting …       refused, closed: until `connect()`
 *
 * connecting: a round. The preferred transport (WebSocket) starts; the next (polling) starts beside it after a head start,
 *   or at once where the preferred one fails, and alone where the record says that it fails here. The first that opens says
 *   hello; the first welcome is adopted. No attempt left: waiting.
 * catching-up: welcomed; once every resumed conversation has reached its head: live.
 * waiting: full jitter, or what the gateway asked for; ended at once by online, focus, pageshow, visibility.
 * refused: the gateway refused the hello for good.
 *
 * On polling, the preferred transport is tried again in the background by an attempt of its own: it says hello with the
 * same cursors and takes over when it is welcomed; the old attempt ends when its answers are in. Nothing is lost on the way
 * because nothing depends on an attempt: the log has what was said, the outbox what was not confirmed.
 * An attempt is replaced the same way when the network is said to be back, or the device slept, because the old one may be dead without knowing,
 * and when it lost packets of the gateway (`onGap`): the welcome of the new one says what there is;
 * where it is said to be gone, every attempt ends at once.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly state = signal<ConnectionState>({ name: 'idle' })
  readonly #attempts = new Map<TransportName, Attempt>()
  readonly #queue = new Set<() => void>()
  #attempt: Attempt | undefined
  /** Replaced, and still waiting for answers. */
  #retired: Attempt | undefined
  #adoptedAt = 0
  /** The gateway asked not to be contacted before this `uptime`. */
  #mayAskAt = 0
  #greeted: Attempt | undefined
  /** When two attempts of one round had both said hello, and none of them was still opening. */
  #doubledAt = -Infinity
  #attemptCount = 0
  #hasPreferredFailed = false
  /** The latest hello had no pass: the next round fetches one before it opens a connection. */
  #hasPassFailed = false
  #stopTimer = (): void => {}
  #stopGap: (() => void) | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get isWelcomed(): boolean {
    return this.#attempt !== undefined
  }

  connect(): void {
    const { name } = this.state.value
    if (name !== 'idle' && name !== 'refused' && name !== 'closed') return
    this.#attemptCount = 0
    this.#startRound()
  }

  close(): void {
    this.#end({ name: 'closed' })
  }

  /** Connects again with a new hello. */
  restart(): void {
    this.#end({ name: 'idle' })
    this.connect()
  }

  /** Becomes live if nothing is missing any more. */
  checkCaughtUp(): void {
    if (this.state.value.name !== 'catching-up' || !this.#attempt || !this.#options.isCaughtUp()) return
    this.state.set({ name: 'live', transport: this.#attempt.name })
  }

  /** Waits for a welcomed attempt if there is none; the time limit counts from the call. */
  request<C extends Command>(command: C, input: CommandInput<C>, limitMs = REQUEST_MS): Promise<CommandAnswer<C>> {
    if (this.#attempt) return this.#ask(this.#attempt, command, input, limitMs)
    return new Promise((resolve, reject) => {
      const run = (): void => {
        stopTimer()
        this.#queue.delete(run)
        if (this.#attempt) this.#ask(this.#attempt, command, input, limitMs).then(resolve, reject)
        else reject(new RefusalError({ code: 'disconnected' }))
      }
      const stopTimer = this.#options.clock.after(limitMs, run)
      this.#queue.add(run)
    })
  }

  async #ask<C extends Command>(attempt: Attempt, command: C, input: CommandInput<C>, limitMs: number): Promise<CommandAnswer<C>> {
    const answer = await attempt.request(command, input, limitMs)
    // A command got through: the next loss is not one more failure in a row. A late answer to a replaced attempt says nothing of the next round.
    if (attempt === this.#attempt) this.#attemptCount = 0
    return answer
  }

  /** A person has just sent something: tries at once, unless the gateway asked for the wait. */
  hurry(): void {
    if (this.state.value.name === 'waiting' && this.#mayAskAt <= this.#options.clock.uptime()) this.#startRound()
  }

  /** An answer is overdue: probes the attempt. */
  suspect(): void {
    if (this.#attempt?.isStale) this.#attempt.fail('silence')
    else this.#attempt?.probe(WAKE_PROBE_MS)
  }

  #startRound(): void {
    this.#stopTimer()
    this.#attemptCount++
    this.#hasPreferredFailed = false
    this.state.set({ name: 'connecting', attempt: this.#attemptCount })
    if (!this.#hasPassFailed) return this.#launchRound()
    // No pass, no hello: a connection opened meanwhile would only take a place from somebody who has a pass.
    const isStill = this.#stillThisRound()
    this.#options.pass().then(
      () => isStill() && this.#launchRound(),
      (error: unknown) => isStill() && this.#withoutPass(undefined, error),
    )
  }

  #stillThisRound(): () => boolean {
    const count = this.#attemptCount
    return () => this.state.value.name === 'connecting' && this.#attemptCount === count
  }

  #launchRound(): void {
    const { ports, record, clock } = this.#options
    this.#hasPassFailed = false
    // A new guest's pass comes while the transports open. Where it was lost on the way, the hello asks for it again.
    const isStill = this.#stillThisRound()
    this.#options
      .pass()
      .catch((error: unknown) => error instanceof RefusalError && isStill() && !this.#greeted && this.#withoutPass(undefined, error))
    const next = ports[1]
    if (next && record.isBad) return this.#launch(next)
    this.#launch(ports[0]!)
    if (next) {
      this.#stopTimer = clock.after(HEAD_START_MS, () => {
        if (!this.#attempt && !this.#greeted) this.#launch(next)
      })
    }
  }

  #launch(port: TransportPort): void {
    if (this.#attempts.has(port.name)) return
    // One hello at a time: it goes along with the opening only where no other attempt has said or may say one.
    const isAlone = !this.#attempt && !this.#attempts.size
    const attempt = new Attempt({
      hello: isAlone ? this.#options.readyHello : undefined,
      port,
      checks: this.#options.checks,
      clock: this.#options.clock,
      limitMs: this.#attempt ? LAST_OPEN_MS : Math.min(LAST_OPEN_MS, OPEN_MS * 2 ** (this.#attemptCount - 1)),
      events: {
        onOpen: () => this.#greetNext(),
        onWelcome: (welcome) => this.#adopt(attempt, welcome),
        onRefused: (refusal) => this.#refused(attempt, refusal),
        onPush: this.#options.onPush,
        onGap: () => attempt === this.#attempt && this.#closeGap(port),
        onLost: (reason, bye) => (attempt === this.#attempt ? this.#lost(reason, bye) : this.#attemptLost(attempt, reason)),
      },
    })
    this.#attempts.set(port.name, attempt)
  }

  /** A new attempt of the same transport is welcomed with what there is; not right after the last one, where every third request is lost. */
  #closeGap(port: TransportPort): void {
    const { clock } = this.#options
    const waitMs = Math.max(0, this.#adoptedAt + GAP_PAUSE_MS - clock.uptime())
    this.#stopGap ??= clock.after(waitMs, () => {
      this.#stopGap = undefined
      if (this.#attempt) this.#launch(port)
    })
  }

  #forgetGap(): void {
    this.#stopGap?.()
    this.#stopGap = undefined
  }

  /** One hello at a time, or the gateway would see two sessions of one window and cut one. */
  #greetNext(): void {
    if (this.#greeted) return
    const preferred = this.#options.ports[0]!.name
    const open = [...this.#attempts.values()].filter((attempt) => attempt.isOpen)
    const attempt = open.find(({ name }) => name === preferred) || open[0]
    if (!attempt) return
    for (const other of this.#attempts.values()) {
      // Its hello is on its way: the second transport says another only when the first has had three times as long as the second needed to open.
      const restMs = other.isOpeningWithHello ? PATIENCE * attempt.openingMs - other.ageMs : 0
      if (restMs > 0) {
        this.#stopTimer()
        this.#stopTimer = this.#options.clock.after(restMs, () => this.#greetNext())
        return
      }
      if (other.isOpeningWithHello) this.#doubledAt = this.#options.clock.uptime()
    }
    this.#greeted = attempt
    const isLast = attempt.name !== preferred || this.#options.ports.length < 2
    if (attempt.isGreeted) return attempt.greet(undefined, isLast ? LAST_GREET_MS : GREET_MS)
    this.#options.hello().then(
      (hello) => attempt.greet(hello, isLast ? LAST_GREET_MS : GREET_MS),
      (error: unknown) => this.#withoutPass(attempt, error),
    )
  }

  #adopt(attempt: Attempt, welcome: Welcome): void {
    const { ports, record, clock } = this.#options
    const old = this.#attempt
    if (old === attempt) return
    this.#stopTimer()
    this.#attempt = attempt
    this.#adoptedAt = clock.uptime()
    this.#forgetGap()
    this.#greeted = undefined
    this.#attempts.delete(attempt.name)
    old?.retire()
    this.#retired = old
    if (attempt.name === ports[0]!.name) {
      record.worked()
      for (const other of this.#attempts.values()) other.close()
      this.#attempts.clear()
    } else {
      if (this.#hasPreferredFailed) record.failed()
      this.#hasPreferredFailed = false
      if (!this.#attempts.size) this.#planUpgrade()
    }
    this.#options.onWelcome(welcome)
    this.state.set({ name: 'catching-up', transport: attempt.name })
    this.checkCaughtUp()
    for (const run of [...this.#queue]) run()
    this.#greetNext()
  }

  #planUpgrade(): void {
    const { ports, record, clock } = this.#options
    this.#stopTimer()
    this.#stopTimer = clock.after(record.retryMs, () => this.#launch(ports[0]!))
  }

  #attemptLost(attempt: Attempt, reason: string): void {
    const { ports, record } = this.#options
    const [preferred, next] = ports
    if (this.#attempts.get(attempt.name) !== attempt) return
    this.#attempts.delete(attempt.name)
    if (this.#greeted === attempt) this.#greeted = undefined
    if (attempt.isOpeningWithHello && (this.#attempt || this.#greeted)) this.#doubledAt = this.#options.clock.uptime()
    const isPreferred = attempt.name === preferred!.name
    if (isPreferred) this.#hasPreferredFailed = true
    if (this.#attempt) {
      if (isPreferred && this.#attempt.name !== attempt.name) {
        record.failed()
        this.#hasPreferredFailed = false
        this.#planUpgrade()
      }
      return
    }
    if (isPreferred && next && !this.#attempts.has(next.name)) return this.#launch(next)
    if (this.#attempts.size) this.#greetNext()
    else this.#wait(reason)
  }

  #lost(reason: string, bye: Bye | undefined): void {
    const { clock, record, ports, isOnline } = this.#options
    const livedMs = clock.uptime() - this.#adoptedAt
    const { name } = this.#attempt!
    this.#attempt = undefined
    if (livedMs > GOOD_ATTEMPT_MS) this.#attemptCount = 0
    if (!bye && name === ports[0]!.name && isOnline()) record.died(livedMs)
    // A newer attempt of this window is greeting already: the gateway may have cut the old session first.
    if (this.#greeted) return this.state.set({ name: 'connecting', attempt: Math.max(1, this.#attemptCount) })
    const isDoubled = clock.uptime() - this.#doubledAt < DOUBLED_MS || [...this.#attempts.values()].some((each) => each.isOpeningWithHello)
    const isOwnRival = bye?.code === 'replaced' && isDoubled
    if (bye && !bye.reconnect && !isOwnRival && !this.#options.hasNewPass())
      return this.#end({ name: 'refused', refusal: refusalFrom({ ...bye, retry: false }) })
    this.#wait(bye ? bye.code : reason, bye?.afterMs)
  }

  #refused(attempt: Attempt, refusal: WireRefusal): void {
    if (this.#attempt && this.#attempt !== attempt) return attempt.fail(refusal.code)
    if (!refusal.retry && !this.#options.onRefused(refusal)) return this.#end({ name: 'refused', refusal })
    this.#wait(refusal.code, refusal.afterMs, refusal)
  }

  /** No pass for the hello. A refusal from the gateway counts like a refused hello; any other error may be temporary. */
  #withoutPass(attempt: Attempt | undefined, error: unknown): void {
    this.#hasPassFailed = !this.#attempt
    if (!(error instanceof RefusalError) || (this.#attempt && this.#attempt !== attempt))
      return attempt ? attempt.fail('no pass') : this.#wait('no pass')
    const { code, message, retry, afterMs } = error
    const refusal = { code, message, retry, ...(afterMs === undefined ? {} : { afterMs }) } as WireRefusal
    if (retry) this.#wait(code, afterMs, refusal)
    else this.#end({ name: 'refused', refusal })
  }

  #wait(reason: string, afterMs?: number, refusal?: WireRefusal): void {
    const { clock, random } = this.#options
    this.#dropAttempts()
    const attempt = this.#attemptCount + 1
    const delay = reconnectDelay(attempt, random, afterMs)
    this.#mayAskAt = afterMs ? clock.uptime() + delay : 0
    this.state.set({ name: 'waiting', attempt, retryAt: clock.now() + delay, reason, ...(refusal ? { refusal } : {}) })
    this.#stopTimer = clock.after(delay, () => this.#startRound())
  }

  /** Reacts to an event of the page, see Environment. */
  notice(type: string): void {
    const attempt = this.#attempt
    if (type === 'offline') for (const each of [attempt, ...this.#attempts.values()]) each?.fail(type)
    if (type !== 'online' && type !== 'wake') return
    const state = this.state.value
    // Returning to the page does not shorten a wait that the gateway asked for.
    if (state.name === 'waiting') return this.#mayAskAt > this.#options.clock.uptime() ? undefined : this.#startRound()
    if (!attempt) return
    if (attempt.isStale) return attempt.fail('silence')
    const isDoubtful = type === 'online' || attempt.mayHaveSlept
    if (isDoubtful) this.#launch(this.#options.ports[0]!)
    if (isDoubtful || attempt.silentMs > TRUST_MS) attempt.probe(WAKE_PROBE_MS)
  }

  #dropAttempts(): void {
    this.#stopTimer()
    this.#forgetGap()
    this.#greeted = undefined
    for (const attempt of this.#attempts.values()) attempt.close()
    this.#attempts.clear()
  }

  #end(state: ConnectionState): void {
    this.#dropAttempts()
    this.#attempt?.close()
    this.#retired?.close()
    this.#attempt = this.#retired = undefined
    this.state.set(state)
    for (const run of [...this.#queue]) run()
  }
}

/**
 * Full jitter: a random delay of up to 0.5, 1, 2 … 20 s, so that ten thousand phones that lost one gateway do not return at once. `attempt` counts
 * from 1; `afterMs`, what the gateway asked for, is added.
 */
const reconnectDelay = (attempt: number, random: () => number, afterMs = 0): number =>
  afterMs + Math.round(random() * Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)))

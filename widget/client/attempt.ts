import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import { decodePacket } from '../../gateway/protocol/packet.ts'
import type { Push, PushData } from '../../gateway/protocol/pushes.ts'
import type { Clock } from './clock.ts'
import type { RefusalError } from './refusal-error.ts'
import { pushFrom, refusalFrom, welcomeFrom, type Checks } from './incoming.ts'
import { Requests } from './requests.ts'
import type { Transport, TransportEvents, TransportPort } from './transport.ts'
import type { TransportName } from './types.ts'

/** How long a replaced attempt may still wait for answers. */
const RETIRE_MS = 3000
const REPEAT_HELLO_MS = 2000
/** A hello that took longer was held up by something else. */
const LONGEST_ROUND_TRIP_MS = 10_000
/** Where heartbeats are invisible (a browser hides WebSocket pings) the client sends a probe of its own. */
const PROBE_EVERY_MS = 25_000
const PROBE_LIMIT_MS = 10_000
/** More than the two clocks drift apart between two heartbeats. */
const SLEPT_MS = 5000

export type Bye = PushData<'byePush'>

export interface AttemptEvents {
  /** The transport is open; `greet` may be called. */
  onOpen(): void
  onWelcome(welcome: Welcome): void
  onRefused(refusal: WireRefusal): void
  onPush(name: string, data: unknown): void
  /** Pushes or answers may be lost, and the attempt goes on. */
  onGap(): void
  /** Called once, except after `close`. `bye`: the gateway's last push, if it sent one. */
  onLost(reason: string, bye: Bye | undefined): void
}

/**
 * One transport from opening to its end: opening → open → greeted → welcomed → lost. Never used twice.
 *
 * Each step has its own deadline, because a WebSocket can hang without failing: opening and greeting get `limitMs`, and after that, silence for
 * longer than two heartbeats ends the attempt. Silence is measured by the monotonic clock (`uptime`) and checked against it when a timer fires,
 * because timers pause while a phone sleeps. If that clock pauses too, the time of day has still advanced: a reason to probe (`mayHaveSlept`), but
 * not to cut, because somebody may have set it.
 */
export class Attempt {
  readonly name: TransportName
  readonly #clock: Clock
  readonly #checks: Checks
  readonly #events: AttemptEvents
  readonly #transport: Transport
  readonly #requests: Requests
  /** The hello that may go along with the opening, once the transport has asked for it. */
  #early: string | undefined
  #isOver = false
  #isOpen = false
  #isRetired = false
  #isWelcomed = false
  #isGreeted = false
  /** How long opening took: at least one round trip. */
  #openingMs = 0
  readonly #startedAt: number
  #greetedAt = 0
  /** From hello to welcome. No answer is missed before twice this time. */
  #roundTripMs = 0
  #silenceMs = 0
  #heardAt: number
  #heardAtTime: number
  #stopTimer: () => void
  #bye: Bye | undefined

  constructor(options: {
    port: TransportPort
    checks: Checks
    clock: Clock
    limitMs: number
    hello: (() => string | undefined) | undefined
    events: AttemptEvents
  }) {
    const { port, checks, clock, limitMs, hello, events } = options
    this.name = port.name
    this.#clock = clock
    this.#checks = checks
    this.#events = events
    const startedAt = (this.#startedAt = this.#heardAt = clock.uptime())
    this.#heardAtTime = clock.now()
    this.#requests = new Requests(clock, checks, (packet) => this.#transport.send(packet))
    this.#stopTimer = clock.after(limitMs, () => this.fail('too slow to open'))
    const listeners: TransportEvents = {
      onOpen: (silenceMs, isGreeted = false) => {
        this.#stopTimer()
        this.#isOpen = true
        this.#isGreeted = isGreeted
        this.#openingMs = clock.uptime() - startedAt
        this.#silenceMs = silenceMs
        this.#noteActivity()
        if (!this.#isOver) events.onOpen()
      },
      onPacket: (packet) => this.#receive(packet),
      onHeard: () => this.#noteActivity(),
      onClose: (reason) => this.fail(reason, true),
      onGap: () => this.#isOver || events.onGap(),
    }
    this.#transport = port.open(listeners, () => (this.#early = hello?.()))
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#isOver
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Ms since anything was heard. */
  get silentMs(): number {
    return this.#clock.uptime() - this.#heardAt
  }

  /** By the time of day the silence is far longer than by the monotonic clock. */
  get mayHaveSlept(): boolean {
    return this.#clock.now() - this.#heardAtTime - this.silentMs > SLEPT_MS
  }

  get isStale(): boolean {
    return this.#silenceMs > 0 && this.silentMs > this.#silenceMs
  }

  /** The hello went along with the opening and may be at the gateway already. */
  get isGreeted(): boolean {
    return this.#isGreeted
  }

  /** Not open, and its hello may be at the gateway all the same. */
  get isOpeningWithHello(): boolean {
    return this.#early !== undefined && !this.#isOpen
  }

  /** Ms since the start. */
  get ageMs(): number {
    return this.#clock.uptime() - this.#startedAt
  }

  get openingMs(): number {
    return this.#openingMs
  }

  /**
   * Says hello, and again every few seconds until the welcome: a lost one would cost the whole limit. The gateway takes the same hello once. Without a
   * `hello` it waits for the answer to the one that went along with the opening.
   */
  greet(hello: string | undefined, limitMs: number): void {
    if (this.#isOver) return
    const packet = hello ?? this.#early!
    const everyMs = Math.max(REPEAT_HELLO_MS, this.#openingMs)
    const limit = Math.max(limitMs, 2 * this.#openingMs)
    this.#greetedAt = hello ? this.#clock.uptime() : this.#startedAt
    const say = (isSaid = false): void => {
      if (!isSaid) this.#transport.send(packet)
      const leftMs = limit - (this.#clock.uptime() - this.#greetedAt)
      this.#stopTimer = this.#clock.after(Math.min(everyMs, leftMs), () => (leftMs > everyMs ? say() : this.fail('no welcome')))
    }
    this.#stopTimer()
    say(!hello)
  }

  request<C extends Command>(command: C, input: CommandInput<C>, limitMs: number): Promise<CommandAnswer<C>> {
    return this.#requests.request(command, input, Math.max(limitMs, 2 * this.#roundTripMs))
  }

  /** Another attempt has taken over: closes after the last outstanding answer, or after RETIRE_MS. */
  retire(): void {
    if (this.#isOver) return
    this.#isRetired = true
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(this.#requests.count ? RETIRE_MS : 0, () => this.close())
  }

  /** Sends a small request; without an answer within `limitMs` the transport is dead. */
  probe(limitMs: number): void {
    this.request('conversations', { limit: 1 }, limitMs).catch((error: RefusalError) => {
      if (error.code === 'timeout') this.fail('no answer')
    })
  }

  close(): void {
    if (this.#end()) this.#requests.abandon('disconnected')
  }

  /** Ends the attempt and calls `onLost`. `isCut`: the other end closed it. */
  fail(reason: string, isCut = false): void {
    if (!this.#end()) return
    this.#requests.abandon(isCut && !this.#bye ? 'cut' : 'disconnected')
    this.#events.onLost(reason, this.#bye)
  }

  #noteActivity(): void {
    this.#heardAt = this.#clock.uptime()
    this.#heardAtTime = this.#clock.now()
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#stopTimer()
    this.#transport.close()
    return true
  }

  #receive(text: string): void {
    if (this.#isOver) return
    this.#noteActivity()
    const packet = decodePacket(text)
    switch (packet.type) {
      case 'connect':
        return this.#onWelcome(packet.data)
      case 'disconnect':
        return this.fail('disconnected', true)
      case 'event':
        return this.#onPush(packet.name, packet.args[0])
      case 'ack':
        this.#requests.onAnswer(packet.id, packet.args[0])
        if (this.#isRetired && !this.#requests.count) this.close()
        return
      case 'connectError':
        return this.#events.onRefused(refusalFrom({ message: packet.message, ...Object(packet.data) }))
      case 'invalid':
        this.fail('unreadable')
    }
  }

  #onWelcome(data: unknown): void {
    const welcome = welcomeFrom(data)
    if (!welcome) return this.fail('unreadable welcome')
    if (!this.#isWelcomed) this.#roundTripMs = Math.min(LONGEST_ROUND_TRIP_MS, this.#clock.uptime() - this.#greetedAt)
    this.#isWelcomed = true
    this.#stopTimer()
    this.#watchSilence()
    this.#events.onWelcome(welcome)
  }

  #onPush(name: string, data: unknown): void {
    const push = pushFrom(this.#checks, name as Push, data)
    if (push === undefined) return
    if (name === 'byePush') this.#bye = push as Bye
    this.#events.onPush(name, push)
  }

  #watchSilence(): void {
    const quietMs = this.#silenceMs || PROBE_EVERY_MS
    this.#stopTimer = this.#clock.after(Math.max(0, quietMs - this.silentMs) + 1, () => {
      if (this.isStale) return this.fail('silence')
      if (!this.#silenceMs && this.silentMs > quietMs) this.probe(PROBE_LIMIT_MS)
      this.#watchSilence()
    })
  }
}

import { setTimeout as wait } from 'node:timers/promises'
import { atMost } from './at-most.ts'
import { addWrongs, Arrivals, wrongOf, type Wrong } from './arrivals.ts'
import type { Dialect, Received } from './dialect.ts'
import { FrameSocket, type OnText, type Wire } from './frame-socket.ts'
import { customerPass } from './passes.ts'
import { PollSocket } from './poll-socket.ts'

/** For how many messages of a writer send times are stored: more than can be unanswered. */
const STORED_TIMES = 4096
/** How long the last messages may take to arrive. */
const DRAIN_MS = 5000
/** How many sessions open side by side. */
const OPENING = 50

export type Transport = 'websocket' | 'polling'

export interface LoadOptions {
  readonly dialect: Dialect
  readonly transport?: Transport
  /** Where the first of each pair connects, and where the second does. */
  readonly urls: readonly [string, string]
  /** Of people. */
  readonly pairs: number
  /** Both of a pair write, not only the first. */
  readonly bothWrite?: boolean
}

/** What was measured between two moments. */
export interface Measured {
  readonly seconds: number
  readonly delivered: number
  /** From the send to the answer; ascending. */
  readonly answerMs: Float64Array
  /** By how much the load itself sent too late, at most; only where it has a rate. */
  readonly lateMs: number
}

/** What one person writes to another. */
interface Flow {
  readonly from: string
  readonly to: string
  readonly sentAt: Float64Array
  readonly answers: Arrivals
  readonly deliveries: Arrivals
  wire: Wire
  sent: number
}

/**
 * Opens one session and says hello; resolves when it is ready. `onReceived` gets everything after that but pings, which are answered here.
 */
export async function openSession(
  { dialect, transport = 'websocket', url }: { dialect: Dialect; transport?: Transport | undefined; url: string },
  { user, to, pass }: { user: string; to: string; pass: string },
  onReceived: (received: Received) => void = () => undefined,
): Promise<Wire> {
  const received: Received = { type: 'other', number: 0 }
  let isReady = (): void => undefined
  const ready = new Promise<void>((resolve) => {
    isReady = resolve
  })
  const onText: OnText = (bytes, start, end) => {
    dialect.read(bytes, start, end, received)
    if (received.type === 'ping') wire.send(dialect.pong)
    else if (received.type === 'ready') isReady()
    else onReceived(received)
  }
  const wire: Wire = await (transport === 'polling' ? PollSocket : FrameSocket).open(new URL(dialect.path, url), onText)
  wire.send(dialect.hello(user, to, pass))
  await ready
  return wire
}

/** Pairs of people at the nodes of one kind: the first writes to the second. A message is done when it is answered and delivered. */
export class Load {
  readonly #dialect: Dialect
  readonly #flows: Flow[] = []
  readonly #wires: Wire[] = []
  /** Messages of each writer that are not done; 0: nobody sends by itself. */
  #window = 0
  #ticking: NodeJS.Timeout | undefined
  #answerMs: number[] = []
  #lateMs = 0
  #delivered = 0

  private constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  static async open(options: LoadOptions): Promise<Load> {
    const load = new Load(options.dialect)
    await atMost(OPENING, options.pairs, (index) => load.#openPair(options, index))
    return load
  }

  /** From now on each writer keeps so many messages under way. */
  saturate(window: number): void {
    this.#stop()
    this.#window = window
    for (const flow of this.#flows) this.#refill(flow)
  }

  /** From now on so many messages a second of all writers together, whatever comes back. */
  drip(rate: number): void {
    this.#stop()
    const start = performance.now()
    let sent = 0
    const tick = (): void => {
      const now = performance.now()
      const due = Math.floor(((now - start) / 1000) * rate)
      if (sent < due) this.#lateMs = Math.max(this.#lateMs, now - start - (sent / rate) * 1000)
      for (; sent < due; sent++) this.#send(this.#flows[sent % this.#flows.length]!, now)
      this.#ticking = setTimeout(tick, 1)
    }
    tick()
  }

  async measure(seconds: number): Promise<Measured> {
    this.#answerMs = []
    const [start, before] = [performance.now(), this.#delivered]
    this.#lateMs = 0
    await wait(seconds * 1000)
    const elapsed = (performance.now() - start) / 1000
    const answerMs = Float64Array.from(this.#answerMs).sort()
    return { seconds: elapsed, delivered: this.#delivered - before, answerMs, lateMs: this.#lateMs }
  }

  /** Sends no more; resolves when nothing is under way, or after a while. */
  async rest(drainMs = DRAIN_MS): Promise<void> {
    this.#stop()
    const end = performance.now() + drainMs
    const isDone = ({ sent, deliveries, answers }: Flow): boolean => deliveries.count >= sent && answers.count >= sent
    while (performance.now() < end && !this.#flows.every(isDone)) await wait(20)
  }

  /** Rests, and closes all sessions. What was wrong since they opened. */
  async end(drainMs = DRAIN_MS): Promise<Wrong> {
    await this.rest(drainMs)
    for (const wire of this.#wires) wire.close()
    return addWrongs(this.#flows.map(({ sent, deliveries, answers }) => wrongOf(sent, deliveries, answers)))
  }

  #stop(): void {
    this.#window = 0
    clearTimeout(this.#ticking)
  }

  async #openPair({ dialect, transport, urls, bothWrite = false }: LoadOptions, index: number): Promise<void> {
    const [a, b] = [`bench-a${index}`, `bench-b${index}`]
    const there = newFlow(a, b)
    const back = bothWrite ? newFlow(b, a) : undefined
    const open = (url: string, user: string, to: string, own?: Flow, others?: Flow): Promise<Wire> =>
      openSession({ dialect, transport, url }, { user, to, pass: customerPass(user) }, ({ type, number }) => {
        if (type === 'answered') this.#onAnswered(own!, number)
        else if (type === 'delivered') this.#onDelivered(others!, number)
      })
    const reader = await open(urls[1], b, a, back, there)
    const writer = await open(urls[0], a, b, there, back)
    there.wire = writer
    this.#flows.push(there)
    if (back !== undefined) {
      back.wire = reader
      this.#flows.push(back)
    }
    this.#wires.push(writer, reader)
  }

  #send(flow: Flow, now: number): void {
    const number = ++flow.sent
    flow.sentAt[number % STORED_TIMES] = now
    flow.wire.send(this.#dialect.send(flow.from, flow.to, number))
  }

  #refill(flow: Flow): void {
    const { answers, deliveries } = flow
    while (flow.sent - Math.min(answers.count, deliveries.count) < this.#window) this.#send(flow, performance.now())
  }

  #onAnswered(flow: Flow, number: number): void {
    flow.answers.take(number)
    this.#answerMs.push(performance.now() - flow.sentAt[number % STORED_TIMES]!)
    this.#refill(flow)
  }

  #onDelivered(flow: Flow, number: number): void {
    flow.deliveries.take(number)
    this.#delivered++
    this.#refill(flow)
  }
}

const UNOPENED: Wire = { send: () => undefined, close: () => undefined }

const newFlow = (from: string, to: string): Flow => ({
  ...{ from, to },
  sentAt: new Float64Array(STORED_TIMES),
  answers: new Arrivals(),
  deliveries: new Arrivals(),
  wire: UNOPENED,
  sent: 0,
})

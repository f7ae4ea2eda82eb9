import { setTimeout as wait } from 'node:timers/promises'
import type { Dialect, Received } from './dialect.ts'
import { FrameSocket } from './frame-socket.ts'

/** For how many messages of a pair send times are stored: more than can be unanswered. */
const STORED_TIMES = 4096
/** How long the last messages of a round may take to arrive. */
const DRAIN_MS = 5000

export interface Round {
  readonly seconds: number
  readonly delivered: number
  /** From the send to the answer, or to the delivery where this server does not answer; ascending. */
  readonly answerMs: Float64Array
  /** From the send to the receiver; ascending. */
  readonly deliveryMs: Float64Array
  readonly lost: number
  readonly doubled: number
  readonly misordered: number
}

/** `window`: unanswered messages of each sender. `rate`: messages a second of all senders together, whatever comes back. */
export type Pace = { readonly window: number } | { readonly rate: number }

interface Pair {
  readonly sender: FrameSocket
  readonly send: (number: number) => string
  readonly sentAt: Float64Array
  sent: number
  answered: number
  delivered: number
}

/** Pairs of users at one server: the first writes, the second reads. */
export class Load {
  readonly #dialect: Dialect
  #pairs: Pair[] = []
  #window = 0
  #answerMs: number[] = []
  #deliveryMs: number[] = []
  #deliveredCount = 0
  #doubled = 0
  #misordered = 0

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** `receivers`: the url where receivers connect, if it is not the senders'. */
  async open(url: string, count: number, token: (user: string) => Promise<string>, receivers = url): Promise<void> {
    const urls = [url, receivers].map((base) => new URL(this.#dialect.path, base)) as [URL, URL]
    for (let i = 0; i < count; i++) this.#pairs.push(await this.#openPair(urls, i, token))
  }

  async round(pace: Pace, seconds: number): Promise<Round> {
    this.#answerMs = []
    this.#deliveryMs = []
    this.#deliveredCount = this.#doubled = this.#misordered = 0
    const start = performance.now()
    if ('window' in pace) await this.#saturate(pace.window, seconds)
    else await this.#drip(pace.rate, seconds)
    const elapsed = (performance.now() - start) / 1000
    const delivered = this.#deliveredCount
    const answerMs = Float64Array.from(this.#answerMs).sort()
    const deliveryMs = Float64Array.from(this.#deliveryMs).sort()
    await this.#drain()
    return {
      seconds: elapsed,
      delivered,
      answerMs,
      deliveryMs,
      doubled: this.#doubled,
      misordered: this.#misordered,
      lost: this.#pairs.reduce((sum, pair) => sum + pair.sent - pair.delivered, 0),
    }
  }

  close(): void {
    for (const { sender } of this.#pairs) sender.close()
  }

  async #openPair([url, receivers]: readonly [URL, URL], index: number, token: (user: string) => Promise<string>): Promise<Pair> {
    const [from, to] = [`bench-a${index}`, `bench-b${index}`]
    const sentAt = new Float64Array(STORED_TIMES)
    const sender = await this.#openSocket(url, (received) => {
      if (received.type === 'answered') this.#onAnswered(pair, received.number)
    })
    const receiver = await this.#openSocket(receivers, (received) => {
      if (received.type === 'delivered') this.#onDelivered(pair, received.number)
    })
    const send = (number: number): string => this.#dialect.send(from, to, number)
    const pair: Pair = { sender: sender.socket, send, sentAt, sent: 0, answered: 0, delivered: 0 }
    receiver.socket.send(this.#dialect.hello(to, from, await token(to)))
    sender.socket.send(this.#dialect.hello(from, to, await token(from)))
    await Promise.all([sender.ready, receiver.ready])
    return pair
  }

  async #openSocket(url: URL, onReceived: (received: Received) => void): Promise<{ socket: FrameSocket; ready: Promise<void> }> {
    let isReady = (): void => undefined
    const ready = new Promise<void>((resolve) => {
      isReady = resolve
    })
    const socket = await FrameSocket.open(url, (text) => {
      // engine.io's ping; the other dialects have no such text
      if (text === '2') return socket.send('3')
      const received = this.#dialect.read(text)
      if (received.type === 'ready') isReady()
      else onReceived(received)
    })
    return { socket, ready }
  }

  async #saturate(window: number, seconds: number): Promise<void> {
    this.#window = window
    for (const pair of this.#pairs) for (let i = 0; i < window; i++) this.#send(pair)
    await wait(seconds * 1000)
    this.#window = 0
  }

  async #drip(rate: number, seconds: number): Promise<void> {
    this.#window = 0
    const start = performance.now()
    for (let sent = 0, next = 0; ;) {
      const elapsed = (performance.now() - start) / 1000
      if (elapsed >= seconds) return
      for (; sent < elapsed * rate; sent++) this.#send(this.#pairs[next++ % this.#pairs.length]!)
      await wait(1)
    }
  }

  async #drain(): Promise<void> {
    const end = performance.now() + DRAIN_MS
    const isDone = ({ sent, delivered, answered }: Pair): boolean => delivered >= sent && (!this.#dialect.answers || answered >= sent)
    while (performance.now() < end && !this.#pairs.every(isDone)) await wait(20)
  }

  #send(pair: Pair): void {
    const number = ++pair.sent
    pair.sentAt[number % STORED_TIMES] = performance.now()
    pair.sender.send(pair.send(number))
  }

  #onAnswered(pair: Pair, number: number): void {
    if (number !== ++pair.answered) this.#misordered++
    this.#settled(pair, number)
  }

  #onDelivered(pair: Pair, number: number): void {
    this.#deliveredCount++
    this.#deliveryMs.push(performance.now() - pair.sentAt[number % STORED_TIMES]!)
    if (number === pair.delivered + 1) pair.delivered = number
    else if (number <= pair.delivered) this.#doubled++
    else this.#misordered++
    if (!this.#dialect.answers) this.#settled(pair, number)
  }

  #settled(pair: Pair, number: number): void {
    this.#answerMs.push(performance.now() - pair.sentAt[number % STORED_TIMES]!)
    if (this.#window > 0) this.#send(pair)
  }
}

import type { Costs } from './costs.ts'
import { EventQueue } from './event-queue.ts'
import { Station } from './station.ts'

export interface Shape {
  readonly nodes: number
  /** Redis masters; each has the same share of the conversations. */
  readonly masters: number
  /** Connected people, spread evenly. */
  readonly people: number
  /** Messages a second of all people together, at random times. */
  readonly messagesPerSecond: number
  /** On how many nodes, besides the writer's, a message has to be heard: the other person's, colleagues', other windows'. */
  readonly heardBy: number
  /** From a node to Redis and back without waiting, ms. */
  readonly roundTripMs: number
  /** How many cores the nodes share; absent: each has its own. For comparing with a bench in which they share one. */
  readonly nodeCores?: number
}

/** What breaks, and when. */
export type Fault =
  | { readonly kind: 'none' }
  /** A node is gone. Its people notice at once and come back to others, with the client's delays. */
  | { readonly kind: 'node'; readonly atMs: number }
  /** A Redis master is gone until a replica has taken its place. */
  | { readonly kind: 'master'; readonly atMs: number; readonly forMs: number }

export interface Outcome {
  readonly sent: number
  readonly answered: number
  /** Messages handed to a session at another node; `heardBy` for each that was answered. */
  readonly heard: number
  /** From the send to the answer, µs, ascending; those sent before `warmUpMs` are not counted. */
  readonly answerMicros: Float64Array
  /** Of one core, 0 … 1: the busiest node and the busiest Redis master. */
  readonly nodeLoad: number
  readonly redisLoad: number
  /** CPU µs of Redis for a message, calls included. */
  readonly redisMicros: number
  /** Messages in one call to Redis, on average. */
  readonly batch: number
  /** Ms from the fault until 99 % of those who lost their node were welcomed again, or of the refused messages were answered; NaN without. */
  readonly recoveredMs: number
}

export interface SimulationOptions {
  readonly seconds: number
  readonly warmUpMs: number
  /** 0 ≤ x < 1; the same sequence gives the same outcome. */
  readonly random: () => number
  readonly fault?: Fault
}

interface Sent {
  readonly at: number
  readonly master: number
  wasRefused: boolean
}

interface Newcomer {
  readonly attempt: number
  readonly at: number
}

/** Sends what waits when nothing is under way, as gateway/backbone/redis/batcher.ts does. */
interface Lane {
  waiting: Sent[]
  isInFlight: boolean
}

/** The client's delays before it connects again, ms: a random part of 0.5, 1, 2 … 20 s (widget/client/connection.ts). */
const FIRST_DELAY_MS = 500
const LAST_DELAY_MS = 20_000
/** Newcomers that a node lets in in a turn of its event loop (gateway/doors/arrivals.ts). */
const IN_A_TURN = 4
/** People whose conversations a node compares at once, after a master was away (gateway/relay/hub.ts). */
const COMPARED_AT_ONCE = 50
/** A node is asked for a welcome no longer than so; then the client tries again. */
const WELCOME_MS = 10_000
/** The most messages in one call (gateway/backbone/redis/batcher.ts bounds them by weight). */
const BATCH_MAX = 160

/**
 * Nodes and Redis masters as queues: what single operations cost is measured (costs.ts), how they wait for each other is computed here.
 * It knows no garbage collection, no uneven conversations and no slow networks of clients.
 */
export class Simulation {
  readonly #costs: Costs
  readonly #shape: Shape
  readonly #options: SimulationOptions
  readonly #queue = new EventQueue()
  readonly #cores: readonly Station[]
  readonly #masters: readonly Station[]
  readonly #lanes: readonly (readonly Lane[])[]
  readonly #newcomers: readonly Newcomer[][]
  #isAlive: boolean[]
  #masterBackAt = 0
  #sent = 0
  #answered = 0
  #heard = 0
  #calls = 0
  readonly #answerMicros: number[] = []
  readonly #recoveries: number[] = []
  #toRecover = 0

  constructor(costs: Costs, shape: Shape, options: SimulationOptions) {
    this.#costs = costs
    this.#shape = shape
    this.#options = options
    this.#cores = Array.from({ length: shape.nodeCores ?? shape.nodes }, () => new Station())
    this.#masters = Array.from({ length: shape.masters }, () => new Station())
    this.#lanes = Array.from({ length: shape.nodes }, () => Array.from({ length: shape.masters }, () => ({ waiting: [], isInFlight: false })))
    this.#newcomers = Array.from({ length: shape.nodes }, () => [])
    this.#isAlive = Array.from({ length: shape.nodes }, () => true)
  }

  run(): Outcome {
    const end = this.#options.seconds * 1e6
    this.#writeNext(end)
    const fault = this.#options.fault ?? { kind: 'none' }
    if (fault.kind === 'node') this.#queue.at(fault.atMs * 1000, () => this.#loseNode())
    if (fault.kind === 'master') this.#queue.at(fault.atMs * 1000, () => this.#loseMaster(fault.forMs))
    this.#queue.runUntil(end)
    const loads = [this.#cores, this.#masters].map((stations) => Math.max(...stations.map(({ worked }) => worked)) / end)
    // what was still under way at the end
    this.#queue.runUntil(end * 10)
    return {
      sent: this.#sent,
      answered: this.#answered,
      heard: this.#heard,
      answerMicros: Float64Array.from(this.#answerMicros).sort(),
      nodeLoad: loads[0]!,
      redisLoad: loads[1]!,
      redisMicros: this.#masters.reduce((sum, { worked }) => sum + worked, 0) / this.#answered,
      batch: this.#answered / this.#calls,
      recoveredMs: this.#recoveredMs(fault),
    }
  }

  #core(node: number): Station {
    return this.#cores[node % this.#cores.length]!
  }

  /** Random times with a constant rate: the time to the next one is distributed exponentially. */
  #writeNext(end: number): void {
    const at = this.#queue.now + (-Math.log(1 - this.#options.random()) / this.#shape.messagesPerSecond) * 1e6
    if (at > end) return
    this.#queue.at(at, () => {
      this.#sent++
      this.#send(this.#aliveNode(), { at, master: this.#pick(this.#shape.masters), wasRefused: false })
      this.#writeNext(end)
    })
  }

  #pick(count: number): number {
    return Math.floor(this.#options.random() * count)
  }

  #aliveNode(): number {
    for (;;) {
      const node = this.#pick(this.#shape.nodes)
      if (this.#isAlive[node]!) return node
    }
  }

  #send(node: number, message: Sent): void {
    const ready = this.#core(node).work(this.#queue.now, this.#costs.sendMicros / 2)
    this.#queue.at(ready, () => {
      if (!this.#isAlive[node]!) return this.#sendAgain([message])
      const lane = this.#lanes[node]![message.master]!
      lane.waiting.push(message)
      this.#flush(node, message.master)
    })
  }

  #flush(node: number, master: number): void {
    const lane = this.#lanes[node]![master]!
    if (lane.isInFlight || lane.waiting.length === 0) return
    const batch = lane.waiting.splice(0, BATCH_MAX)
    if (this.#isDown(master)) return this.#refuse(node, batch)
    lane.isInFlight = true
    const half = this.#shape.roundTripMs * 500
    const { callMicros, entryMicros, publishMicros } = this.#costs
    const perEntry = entryMicros + publishMicros * Math.max(0, this.#shape.heardBy - 1)
    this.#queue.at(this.#queue.now + half, () => {
      this.#calls++
      const done = this.#masters[master]!.work(this.#queue.now, callMicros + perEntry * batch.length)
      this.#queue.at(done + half, () => {
        this.#hear(node, batch.length)
        if (this.#isAlive[node]!) this.#answer(node, batch, lane)
        else this.#sendAgain([...batch, ...lane.waiting.splice(0)])
      })
    })
  }

  /** A busy node reads a reply late, and what was written meanwhile goes with the next call. */
  #answer(node: number, batch: readonly Sent[], lane: Lane): void {
    const done = this.#core(node).work(this.#queue.now, (this.#costs.sendMicros / 2) * batch.length)
    this.#queue.at(done, () => {
      lane.isInFlight = false
      this.#flush(node, batch[0]!.master)
      for (const { at, wasRefused } of batch) {
        this.#answered++
        if (wasRefused) this.#recoveries.push(this.#queue.now)
        if (at >= this.#options.warmUpMs * 1000) this.#answerMicros.push(this.#queue.now - at)
      }
    })
  }

  #hear(from: number, count: number): void {
    for (let copies = 0; copies < this.#shape.heardBy * count; copies++) {
      const node = this.#shape.nodes === 1 ? from : this.#otherNode(from)
      this.#core(node).work(this.#queue.now, this.#costs.hearMicros)
      this.#heard++
    }
  }

  #otherNode(than: number): number {
    for (;;) {
      const node = this.#aliveNode()
      if (node !== than || this.#isAlive.filter(Boolean).length === 1) return node
    }
  }

  #loseNode(): void {
    this.#isAlive = this.#isAlive.map((isAlive, node) => isAlive && node !== 0)
    for (const lane of this.#lanes[0]!) if (!lane.isInFlight) this.#sendAgain(lane.waiting.splice(0))
    const lost = Math.round(this.#shape.people / this.#shape.nodes)
    this.#toRecover = lost
    for (let person = 0; person < lost; person++) this.#return(1)
  }

  /** What a lost node did not answer is sent again by its clients, from the node at which they arrive. */
  #sendAgain(messages: readonly Sent[]): void {
    for (const message of messages) {
      this.#queue.at(this.#queue.now + this.#options.random() * FIRST_DELAY_MS * 1000, () => this.#send(this.#aliveNode(), message))
    }
  }

  /** Comes back after a random part of the client's delay, to any node, and waits there among the newcomers. */
  #return(attempt: number): void {
    const most = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
    this.#queue.at(this.#queue.now + this.#options.random() * most * 1000, () => {
      const node = this.#aliveNode()
      const newcomers = this.#newcomers[node]!
      newcomers.push({ attempt, at: this.#queue.now })
      if (newcomers.length === 1) this.#letIn(node)
    })
  }

  /** A few in each turn; what came meanwhile from sessions that are there already goes first (gateway/doors/arrivals.ts). */
  #letIn(node: number): void {
    const core = this.#core(node)
    this.#queue.at(core.freeAt(this.#queue.now), () => {
      const newcomers = this.#newcomers[node]!
      const turn = newcomers.slice(0, IN_A_TURN)
      const asked = core.work(this.#queue.now, this.#costs.connectMicros * turn.length)
      this.#queue.at(asked, () => {
        newcomers.splice(0, turn.length)
        for (const each of turn) this.#welcome(each)
        if (newcomers.length > 0) this.#letIn(node)
      })
    })
  }

  #welcome({ attempt, at }: Newcomer): void {
    const { now } = this.#queue
    // whoever has waited longer than a client waits has hung up; the work was done all the same
    if (now - at > WELCOME_MS * 1000) return this.#return(attempt + 1)
    const done = this.#masters[this.#pick(this.#shape.masters)]!.work(now, this.#costs.connectRedisMicros) + this.#shape.roundTripMs * 1000
    this.#queue.at(done, () => void this.#recoveries.push(this.#queue.now))
  }

  #loseMaster(forMs: number): void {
    this.#masterBackAt = this.#queue.now + forMs * 1000
    this.#masters[0]!.stopUntil(this.#masterBackAt)
    const people = Math.round(this.#shape.people / this.#shape.nodes)
    this.#queue.at(this.#masterBackAt, () => this.#isAlive.forEach((isAlive, node) => isAlive && this.#compare(node, people)))
  }

  /** A node writes again who is with it, and reads what they may have missed, a few people at a time; messages come between. */
  #compare(node: number, left: number): void {
    if (left <= 0) return
    const count = Math.min(left, COMPARED_AT_ONCE)
    const { compareMicros, compareRedisMicros } = this.#costs
    const core = this.#core(node)
    this.#queue.at(core.freeAt(this.#queue.now), () => {
      const asked = core.work(this.#queue.now, compareMicros * count)
      this.#queue.at(asked, () => {
        const done = this.#masters[this.#pick(this.#shape.masters)]!.work(this.#queue.now, compareRedisMicros * count)
        this.#queue.at(done + this.#shape.roundTripMs * 1000, () => this.#compare(node, left - count))
      })
    })
  }

  #isDown(master: number): boolean {
    return master === 0 && this.#queue.now < this.#masterBackAt
  }

  /** A client sends again what was refused as unavailable, with growing delays. */
  #refuse(node: number, batch: readonly Sent[]): void {
    for (const message of batch) {
      if (!message.wasRefused) this.#toRecover++
      message.wasRefused = true
      const delay = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS + (this.#queue.now - message.at) / 1000)
      this.#queue.at(this.#queue.now + delay * (0.5 + this.#options.random() / 2) * 1000, () => this.#send(node, message))
    }
  }

  #recoveredMs(fault: Fault): number {
    if (fault.kind === 'none' || this.#recoveries.length < this.#toRecover * 0.99) return NaN
    const sorted = this.#recoveries.toSorted((a, b) => a - b)
    return sorted[Math.ceil(this.#toRecover * 0.99) - 1]! / 1000 - fault.atMs
  }
}

import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { createClient } from '../../../widget/client/client.ts'
import { engineIoPorts } from '../../../widget/client/transports/engine-io.ts'
import { rawPort } from '../../../widget/client/transports/raw.ts'
import { percentile } from '../../bench/figures.ts'
import { Person } from '../../kit/person.ts'
import { balance, brokenLinks } from '../ledger.ts'

export const SHOP = 'healthy'
const CUSTOMER = 'ms-good'
const AGENT = 'mr-well'
/** Messages a second of both together. */
const MESSAGES_PER_SECOND = 20
const LOOK_MS = 20
/** A message that has not arrived by then counts as lost. */
const SETTLED_WITHIN_MS = 60_000

interface Times {
  readonly writtenAt: number
  ackedAt?: number
  shownAt?: number
}

/** One of the two, with the times at which each of its messages was written, acknowledged and shown to the other. */
interface Member {
  readonly person: Person
  readonly times: Map<string, Times>
}

const member = (person: Person): Member => ({ person, times: new Map() })

/** In ms; Infinity where a message never arrived. */
export interface Delays {
  readonly count: number
  readonly ack: Readonly<Record<'p50' | 'p99', number>>
  readonly delivery: Readonly<Record<'p50' | 'p99', number>>
}

export type Books = Readonly<Record<'written' | 'lost' | 'doubled' | 'misordered', number>>

/** A customer, connected as the widget connects, and her agent, at the WebSocket door, who chat while a gateway is attacked. */
export class HealthyPair {
  readonly #members: readonly [Member, Member]
  #timer: NodeJS.Timeout | undefined
  #next = 0

  private constructor(customer: Person, agent: Person) {
    customer.meet(agent)
    agent.meet(customer)
    this.#members = [member(customer), member(agent)]
    watch(this.#members[0], agent)
    watch(this.#members[1], customer)
  }

  static async open(url: string, pass: (claims: Readonly<Record<string, string>>) => Promise<string>): Promise<HealthyPair> {
    const agent = createClient({
      gateway: url,
      token: await pass({ sub: AGENT, role: 'agent', shop: SHOP }),
      to: CUSTOMER,
      storage: null,
      transports: [rawPort(url, WebSocket as unknown as typeof globalThis.WebSocket)],
    })
    const customer = createClient({
      gateway: url,
      token: await pass({ sub: CUSTOMER }),
      to: `shop:${SHOP}`,
      storage: null,
      transports: engineIoPorts(url),
    })
    const pair = new HealthyPair(new Person(CUSTOMER, `shop:${SHOP}`, customer), new Person(AGENT, CUSTOMER, agent))
    const areLive = await until(() => [customer, agent].every(({ connection }) => connection.value.name === 'live'))
    if (!areLive) throw new Error('the healthy pair is not connected')
    return pair
  }

  chat(): void {
    this.#timer = setInterval(() => {
      const { person, times } = this.#members[this.#next++ % 2]!
      person.write()
      times.set(person.written.at(-1)!, { writtenAt: performance.now() })
    }, 1000 / MESSAGES_PER_SECOND)
  }

  /** Stops writing; false where a message has not reached both screens within a minute. */
  async quiet(): Promise<boolean> {
    clearInterval(this.#timer)
    return until(() => this.#times().every(({ ackedAt, shownAt }) => ackedAt !== undefined && shownAt !== undefined))
  }

  /** Times of the messages written between `from` and `to`. */
  delays(from: number, to: number): Delays {
    const times = this.#times().filter(({ writtenAt }) => writtenAt >= from && writtenAt < to)
    const part = (at: 'ackedAt' | 'shownAt') => {
      const sorted = Float64Array.from(times, (each) => (each[at] ?? Infinity) - each.writtenAt).sort()
      return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
    }
    return { count: times.length, ack: part('ackedAt'), delivery: part('shownAt') }
  }

  /** Compares what both wrote with the log and both screens. Rejects where the gateway does not answer. */
  async books(): Promise<Books> {
    const log = await this.#members[0].person.log()
    const all = this.#members.map(({ person }) => {
      const acknowledged = new Map([...person.shown].filter(([id]) => person.written.includes(id)))
      const { written, lost, missing, doubled, misordered, foreign } = balance({ name: person.name, written: person.written, acknowledged }, log)
      const unshown = log.filter(({ id, seq }) => person.shown.get(id) !== seq).length
      return { written, lost: lost + missing + unshown, doubled: doubled + foreign + person.shownTwice, misordered }
    })
    const sum = (key: keyof Books): number => all.reduce((total, one) => total + one[key], 0)
    return { written: sum('written'), lost: sum('lost'), doubled: sum('doubled'), misordered: sum('misordered') + brokenLinks(log) }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const { person } of this.#members) person.client.close()
  }

  #times(): readonly Times[] {
    return this.#members.flatMap(({ times }) => [...times.values()])
  }
}

/** A message is acknowledged when it leaves the writer's outbox, and delivered when the other's timeline has it. */
function watch({ person, times }: Member, other: Person): void {
  person.client.conversation(person.to).outbox.subscribe((items) => {
    const waiting = new Set(items.map(({ id }) => id))
    for (const [id, each] of times) if (!waiting.has(id)) each.ackedAt ??= performance.now()
  })
  other.client.conversation(other.to).timeline.subscribe(({ messages }) => {
    for (const { id } of messages) {
      const each = times.get(id)
      if (each !== undefined) each.shownAt ??= performance.now()
    }
  })
}

async function until(holds: () => boolean): Promise<boolean> {
  const end = performance.now() + SETTLED_WITHIN_MS
  while (!holds()) {
    if (performance.now() > end) return false
    await wait(LOOK_MS)
  }
  return true
}

import { WebSocket } from 'ws'
import type { Message } from '../../gateway/protocol/model.ts'
import { createClient } from '../../widget/client/client.ts'
import type { TransportPort } from '../../widget/client/transport.ts'
import { engineIoPorts } from '../../widget/client/transports/engine-io.ts'
import { rawPort } from '../../widget/client/transports/raw.ts'
import { balance, brokenLinks, type Balance } from '../chaos/ledger.ts'
import type { PassClaims } from './gateway.ts'
import { Person } from './person.ts'

/** Each set of transports: the widget's, polling only, and the WebSocket door of native apps. */
const TRANSPORTS: readonly ((url: string) => readonly TransportPort[])[] = [
  engineIoPorts,
  (url) => engineIoPorts(url).slice(1),
  (url) => [rawPort(url, WebSocket as unknown as typeof globalThis.WebSocket)],
]

export interface CrowdOptions {
  /** The prefix of everybody's name. */
  readonly name: string
  readonly pairs: number
}

/** All but the first three and `shown` must be 0. */
export interface Books extends Balance {
  /** Messages shown on both screens together: twice what is stored. */
  readonly shown: number
  /** In the log, and not on a screen under its seq. */
  readonly unshown: number
  readonly shownTwice: number
  readonly brokenLinks: number
}

/** People in pairs, real clients over every transport, who write to each other without a pause. */
export class Crowd {
  readonly #people: Person[] = []
  #timer: NodeJS.Timeout | undefined
  #next = 0

  static async open(url: string, pass: (claims: PassClaims) => Promise<string>, { name, pairs }: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd()
    for (let i = 0; i < pairs * 2; i++) {
      const [sub, to] = [`${name}${i}`, `${name}${i ^ 1}`]
      const transports = TRANSPORTS[(i + (i >> 1)) % TRANSPORTS.length]!(url)
      const client = createClient({ gateway: url, token: await pass({ sub }), to, storage: null, transports })
      crowd.#people.push(new Person(sub, to, client))
    }
    for (const person of crowd.#people) person.meet(crowd.#otherOf(person))
    return crowd
  }

  get isLive(): boolean {
    return this.#people.every(({ client }) => client.connection.value.name === 'live')
  }

  /** The names of those whom the gateway refused. */
  get wasRefused(): readonly string[] {
    return this.#people.filter(({ wasRefused }) => wasRefused).map(({ name }) => name)
  }

  /** The longest time that anybody was offline. */
  get longestOfflineMs(): number {
    return Math.max(...this.#people.map(({ longestOfflineMs }) => longestOfflineMs))
  }

  /** The time of every message so far from writing to the other's screen, ascending. */
  get delays(): Float64Array {
    return Float64Array.from(this.#people.flatMap(({ delays }) => delays)).sort()
  }

  get writtenCount(): number {
    return this.#people.reduce((sum, { written }) => sum + written.length, 0)
  }

  /** Writes `perSecond` messages, of all people together, evenly, until `quiet`. */
  talk(perSecond: number): void {
    this.#timer = setInterval(() => this.#people[this.#next++ % this.#people.length]!.write(), 1000 / perSecond)
  }

  quiet(): void {
    clearInterval(this.#timer)
  }

  /** Whether both people of each pair see all that either has written, with empty outboxes. */
  get isSettled(): boolean {
    return (
      this.isLive &&
      this.#people.every((person) => {
        const { client, to, written, shown } = person
        return client.conversation(to).outbox.value.length === 0 && shown.size >= written.length + this.#otherOf(person).written.length
      })
    )
  }

  /** Compares what each wrote with the log and with both screens. */
  async books(): Promise<Books> {
    const all: Books[] = []
    for (const person of this.#people) {
      const log = await person.log()
      const acknowledged = new Map([...person.shown].filter(([id]) => person.written.includes(id)))
      all.push({
        ...balance({ name: person.name, written: person.written, acknowledged }, log),
        shown: person.shown.size,
        unshown: unshown(person, log),
        shownTwice: person.shownTwice,
        brokenLinks: brokenLinks(log),
      })
    }
    return all.reduce(
      (total, one) =>
        Object.fromEntries(Object.entries(one).map(([key, value]) => [key, total[key as keyof Books] + (value as number)])) as unknown as Books,
    )
  }

  close(): void {
    this.quiet()
    for (const { client } of this.#people) client.close()
  }

  #otherOf(person: Person): Person {
    return this.#people[this.#people.indexOf(person) ^ 1]!
  }
}

const unshown = ({ shown }: Person, log: readonly Message[]): number => log.filter(({ id, seq }) => shown.get(id) !== seq).length

import { WebSocket } from 'ws'
import type { Message } from '../../gateway/protocol/model.ts'
import { createClient } from '../../widget/client/client.ts'
import { engineIoPorts } from '../../widget/client/transports/engine-io.ts'
import { rawPort } from '../../widget/client/transports/raw.ts'
import type { TransportPort } from '../../widget/client/transport.ts'
import type { Client } from '../../widget/client/types.ts'
import { balance, brokenLinks, type Balance } from '../chaos/ledger.ts'
import type { PassClaims } from './gateway.ts'

/** Each way in: as the widget takes it, forced to polling, and the raw door of native apps. */
const WAYS: readonly ((url: string) => readonly TransportPort[])[] = [
  engineIoPorts,
  (url) => engineIoPorts(url).slice(1),
  (url) => [rawPort(url, WebSocket as unknown as typeof globalThis.WebSocket)],
]

export interface CrowdOptions {
  /** Begins everybody's name. */
  readonly name: string
  readonly pairs: number
}

interface Person {
  readonly name: string
  readonly to: string
  readonly client: Client
  readonly written: string[]
  /** Longest time between two lines, and since when there is none. */
  worstMs: number
  lineless: number | undefined
  wasRefused: boolean
}

const idsOf = (log: readonly Message[]): string => log.map(({ id }) => id).join()

/** People in pairs, real clients over every way in, who write to each other without a pause. */
export class Crowd {
  readonly #people: Person[] = []
  #timer: NodeJS.Timeout | undefined

  static async open(url: string, pass: (claims: PassClaims) => Promise<string>, { name: crowdName, pairs }: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd()
    for (let i = 0; i < pairs * 2; i++) {
      const [name, to] = (i % 2 === 0 ? [i, i + 1] : [i, i - 1]).map((n) => `${crowdName}${n}`) as [string, string]
      const way = WAYS[(i + (i >> 1)) % WAYS.length]!
      const token = await pass({ sub: name })
      crowd.#add({ name, to, client: createClient({ gateway: url, token, to, storage: null, transports: way(url) }) })
    }
    return crowd
  }

  get isLive(): boolean {
    return this.#people.every(({ client }) => client.connection.value.name === 'live')
  }

  /** Nobody was ever told not to come back. */
  get wasRefused(): readonly string[] {
    return this.#people.filter(({ wasRefused }) => wasRefused).map(({ name }) => name)
  }

  get worstMs(): number {
    return Math.max(...this.#people.map(({ worstMs }) => worstMs))
  }

  get writtenCount(): number {
    return this.#people.reduce((sum, { written }) => sum + written.length, 0)
  }

  /** One message of each person every so often, until `quiet`. */
  talk(everyMs: number): void {
    this.#timer = setInterval(() => {
      for (const { client, to, name, written } of this.#people) written.push(client.conversation(to).send(`${name} ${written.length}`)!)
    }, everyMs)
  }

  quiet(): void {
    clearInterval(this.#timer)
  }

  /** Whether both ends of each pair see all that either has written, and nobody waits for anything. */
  get isSettled(): boolean {
    return this.#people.every(({ client, to, written }) => {
      const other = this.#people.find(({ name }) => name === to)!
      const { timeline, outbox } = client.conversation(to)
      return outbox.value.length === 0 && timeline.value.messages.length >= written.length + other.written.length
    })
  }

  /** Everybody's messages as everybody else sees them; each sum but the first three must be 0. */
  books(): Balance & { readonly brokenLinks: number; readonly disagreeing: number } {
    const logs = this.#people.map(({ client, to }) => client.conversation(to).timeline.value.messages)
    const balances = this.#people.map(({ name, written }, i) => {
      const acknowledged = new Map(logs[i]!.filter(({ from }) => from === name).map(({ id, seq }) => [id, seq]))
      return balance({ name, written, acknowledged }, logs[i % 2 === 0 ? i + 1 : i - 1]!)
    })
    const sum = (key: keyof Balance): number => balances.reduce((total, one) => total + one[key], 0)
    return {
      written: sum('written'), acknowledged: sum('acknowledged'), stored: sum('stored'), lost: sum('lost'), missing: sum('missing'),
      doubled: sum('doubled'), misordered: sum('misordered'), foreign: sum('foreign'),
      brokenLinks: logs.reduce((total, log) => total + brokenLinks(log), 0),
      disagreeing: logs.filter((log, i) => i % 2 === 1 && idsOf(log) !== idsOf(logs[i - 1]!)).length,
    }
  }

  close(): void {
    this.quiet()
    for (const { client } of this.#people) client.close()
  }

  #add({ name, to, client }: Pick<Person, 'name' | 'to' | 'client'>): void {
    const person: Person = { name, to, client, written: [], worstMs: 0, lineless: undefined, wasRefused: false }
    this.#people.push(person)
    client.connection.subscribe((state) => {
      if (state.name === 'refused') person.wasRefused = true
      if (state.name === 'catching-up' || state.name === 'live') {
        if (person.lineless !== undefined) person.worstMs = Math.max(person.worstMs, performance.now() - person.lineless)
        person.lineless = undefined
      } else if (state.name === 'waiting') {
        person.lineless ??= performance.now()
      }
    })
    client.connect()
  }
}


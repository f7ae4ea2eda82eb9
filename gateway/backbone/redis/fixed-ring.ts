import { conversationChannel, shardNumber } from '../../protocol/keys.ts'
import { placeStart } from './keys.ts'
import type { Place, Ring } from './ring.ts'
import type { Server } from './server.ts'

/** What belongs to a place says so. */
const PLACED = /^(?:im|ImInbox):(\d+):/

/** A fixed list of servers, of which the PHP backend's md5 rule picks one by key. A single server is a list of one. */
export class FixedRing implements Ring {
  readonly isSharded = false
  readonly places: readonly Place[]
  readonly #servers: readonly Server[]

  constructor(servers: readonly Server[]) {
    this.#servers = servers
    this.places = servers.map((_, number) => ({ number, start: placeStart(String(number)) }))
  }

  get checked(): Promise<unknown> {
    return Promise.all(this.#servers.map((server) => server.checked))
  }

  serverOf(key: string): Server {
    const { length } = this.#servers
    return this.#servers[length === 1 ? 0 : Number(PLACED.exec(key)?.[1] ?? shardNumber(key, length))]!
  }

  placeOf(conversation: string): Place {
    const { length } = this.places
    return this.places[length === 1 ? 0 : shardNumber(conversationChannel(conversation), length)]!
  }

  groupOf(): number {
    return 0
  }

  async follow(error: Error, server: Server): Promise<undefined> {
    if (!error.message.startsWith('NOSCRIPT')) throw error
    await server.loadScripts()
  }

  onMove(): void {
    // Nothing ever moves here.
  }

  refresh(): void {
    // Nothing ever moves here.
  }

  unready(): string | undefined {
    const neverReady = this.#servers.find(({ wasReady }) => !wasReady)
    const problem = neverReady?.problem ?? this.#servers[0]!.problem
    const isServing = neverReady === undefined && this.#servers.some((server) => server.problem === undefined)
    return isServing ? undefined : `Redis ${problem}`
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }
}

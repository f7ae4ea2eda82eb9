import { shardNumber } from '../../protocol/keys.ts'
import type { Ring } from './ring.ts'
import type { Server } from './server.ts'

/** A fixed list of servers, of which the PHP backend's md5 rule picks one by key. A single server is a list of one. */
export class FixedRing implements Ring {
  readonly isSharded = false
  readonly #servers: readonly Server[]

  constructor(servers: readonly Server[]) {
    this.#servers = servers
  }

  get checked(): Promise<unknown> {
    return Promise.all(this.#servers.map((server) => server.checked))
  }

  serverOf(key: string): Server {
    return this.#servers[this.#servers.length === 1 ? 0 : shardNumber(key, this.#servers.length)]!
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

import { shardNumber } from '../../protocol/keys.ts'
import type { Ring } from './ring.ts'
import type { Server } from './server.ts'

/** A list of servers that does not change; the PHP backend's md5 rule picks among them. One server is a list, too. */
export class FixedRing implements Ring {
  readonly merges = true
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

  async follow(error: Error, server: Server): Promise<undefined> {
    if (!error.message.startsWith('NOSCRIPT')) throw error
    await server.giveScripts()
  }

  onMove(): void {
    // Nothing ever moves here.
  }

  suspect(): void {
    // Nothing ever moves here.
  }

  unready(): string | undefined {
    const unmet = this.#servers.find(({ wasReady }) => !wasReady)
    const problem = unmet?.problem ?? this.#servers[0]!.problem
    const isServing = unmet === undefined && this.#servers.some((server) => server.problem === undefined)
    return isServing ? undefined : `Redis ${problem}`
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }
}

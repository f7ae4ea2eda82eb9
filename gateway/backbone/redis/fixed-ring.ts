import { shardNumber } from '../../protocol/keys.ts'
import type { Ring } from './ring.ts'
import type { Server } from './server.ts'

/** A list of servers that does not change; the PHP backend's md5 rule picks among them. One server is a list, too. */
export class FixedRing implements Ring {
  readonly merges = true
  readonly isSharded = false
  readonly #servers: readonly Server[]
  readonly #met = new Set<Server>()

  constructor(servers: readonly Server[]) {
    this.#servers = servers
  }

  get looked(): Promise<unknown> {
    return Promise.all(this.#servers.map((server) => server.looked))
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
    const problems = new Map(this.#servers.map((server) => [server, server.problem]))
    for (const [server, problem] of problems) if (problem === undefined) this.#met.add(server)
    const [unmet] = this.#servers.filter((server) => !this.#met.has(server))
    if (unmet !== undefined) return `Redis ${problems.get(unmet)}`
    const all = [...problems.values()]
    return all.includes(undefined) ? undefined : `Redis ${all[0]}`
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }
}

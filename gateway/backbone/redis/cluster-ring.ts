import { Unavailable } from '../backbone.ts'
import { fetchMap, type Shard } from './cluster-map.ts'
import { conversationTag, conversationTags } from '../../protocol/keys.ts'
import { placeStart, tagWhere } from './keys.ts'
import type { Place, Ring } from './ring.ts'
import { Server } from './server.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'
import { SLOT_COUNT, slotOf } from './slot.ts'
import type { Access, Address } from './url.ts'

export interface ClusterOptions {
  readonly seeds: readonly Address[]
  readonly access: Access
  readonly settings: RedisSettings
  readonly scripts: Scripts
}

/** Between two looks at the map while all is well, while something is missing, and after a hint. */
const HEALTHY_MS = 10_000
const UNHEALTHY_MS = 250
const HINT_MS = 30

/**
 * A Cluster's masters. The slot map is fetched at start, after every hint that it has changed (MOVED, a lost connection, a
 * subscription ended by the server), every 250 ms while something is missing, and every 10 s anyway. Hints are collected for
 * 30 ms, so that a failover costs a few fetches and not hundreds.
 */
export class ClusterRing implements Ring {
  readonly isSharded = true
  readonly places: readonly Place[] = conversationTags().map((tag, number) => ({ number, start: placeStart(`{${tag}}`) }))
  readonly checked: Promise<unknown>
  readonly #options: ClusterOptions
  readonly #servers = new Map<string, Server>()
  readonly #slots: (Server | undefined)[] = Array.from({ length: SLOT_COUNT })
  readonly #listeners = new Set<() => void>()
  /** No longer masters; closed once the commands in flight have had their time. */
  readonly #leaving = new Map<Server, NodeJS.Timeout>()
  #addresses: readonly Address[]
  #problem: string | undefined = 'the Cluster has not been reached yet'
  #wasWhole = false
  #timer: NodeJS.Timeout | undefined
  #dueAt = Number.POSITIVE_INFINITY
  #isChecking = false
  #isClosed = false

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#addresses = options.seeds
    this.checked = this.#check()
      .then(() => Promise.all([...this.#servers.values()].map((server) => server.checked)))
      .then(() => this.#isWhole())
  }

  serverOf(key: string): Server | undefined {
    return this.#slots[slotOf(key)]
  }

  placeOf(conversation: string): Place {
    return this.places[Number(conversationTag(conversation).slice(1))]!
  }

  /** A script reaches one slot. */
  groupOf(key: string): number {
    return slotOf(key)
  }

  async follow(error: Error, from: Server): Promise<{ server: Server; isAsking: boolean } | undefined> {
    const [word, slot, address] = error.message.split(' ')
    if (word === 'NOSCRIPT') return void (await from.loadScripts())
    if (word === 'TRYAGAIN' || word === 'CLUSTERDOWN' || slot === undefined || address === undefined) {
      this.refresh()
      return void (await pause(HINT_MS))
    }
    const server = this.#serverAt(addressOf(address, from))
    if (word === 'MOVED') {
      this.#slots[Number(slot)] = server
      this.refresh()
    }
    await Promise.race([server.checked, pause(this.#options.settings.connectTimeoutMs)])
    return { server, isAsking: word === 'ASK' }
  }

  onMove(listener: () => void): void {
    this.#listeners.add(listener)
  }

  refresh(): void {
    this.#schedule(HINT_MS)
  }

  unready(): string | undefined {
    const servers = [...this.#servers.values()]
    const isServing = servers.some(({ problem }) => problem === undefined)
    if (this.#isWhole() || (this.#wasWhole && isServing)) return undefined
    const problem = this.#problem ?? servers.find((server) => server.problem !== undefined)?.problem
    return `Redis Cluster: ${problem ?? 'some slots have no server'}`
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const timer of this.#leaving.values()) clearTimeout(timer)
    await Promise.all([...this.#leaving.keys(), ...this.#servers.values()].map((server) => server.close()))
  }

  #schedule(delayMs: number): void {
    const dueAt = performance.now() + delayMs
    if (this.#isClosed || dueAt >= this.#dueAt) return
    this.#dueAt = dueAt
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#check(), delayMs * (0.75 + Math.random() / 2))
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    this.#dueAt = Number.POSITIVE_INFINITY
    try {
      const shards = await fetchMap({ ...this.#options, servers: [...this.#servers.values()], addresses: this.#addresses })
      if (!this.#isClosed) this.#apply(shards)
    } catch (error) {
      this.#problem = (error as Error).message
      this.#options.settings.onHealth('Cluster', this.#problem)
    } finally {
      this.#isChecking = false
      this.#schedule(this.#isWhole() ? HEALTHY_MS : UNHEALTHY_MS)
    }
  }

  #isWhole(): boolean {
    const isWhole =
      this.#problem === undefined &&
      this.#slots.every((server) => server !== undefined) &&
      [...this.#servers.values()].every(({ problem }) => problem === undefined)
    this.#wasWhole ||= isWhole
    return isWhole
  }

  #apply(shards: readonly Shard[]): void {
    const next: (Server | undefined)[] = Array.from({ length: SLOT_COUNT })
    for (const { first, last, master } of shards) next.fill(this.#serverAt(master), first, last + 1)
    this.#problem = shards.length === 0 ? 'no slots are assigned' : undefined
    this.#options.settings.onHealth('Cluster', this.#problem)
    this.#addresses = [...shards.flatMap(({ master, replicas }) => [master, ...replicas]), ...this.#options.seeds]
    next.forEach((server, slot) => {
      this.#slots[slot] = server
    })
    for (const listener of this.#listeners) listener()
    const used = new Set(next)
    for (const [name, server] of this.#servers) if (!used.has(server)) this.#retire(name, server)
  }

  /** A hash tag whose slot the server holds. */
  #tagOf(name: string): string | undefined {
    const server = this.#servers.get(name)
    return server === undefined ? undefined : tagWhere((key) => this.#slots[slotOf(key)] === server)
  }

  /** Closes the server after its commands in flight have had their time. */
  #retire(name: string, server: Server): void {
    this.#servers.delete(name)
    this.#leaving.set(
      server,
      setTimeout(() => {
        this.#leaving.delete(server)
        void server.close()
      }, this.#options.settings.commandTimeoutMs),
    )
  }

  #serverAt({ host, port }: Address): Server {
    if (this.#isClosed) throw new Unavailable('The backbone is closed.')
    const name = `${host}:${port}`
    const known = this.#servers.get(name)
    if (known !== undefined) return known
    const { access, settings, scripts } = this.#options
    const server = new Server({ name, redis: { host, port, ...access }, settings, scripts, isCluster: true, tag: () => this.#tagOf(name) })
    for (const connection of [server.writer, server.reader, server.subscriber]) connection.on('lost', () => this.refresh())
    this.#servers.set(name, server)
    return server
  }
}

/** `host:port`; an empty host means the server that sent it. */
function addressOf(address: string, from: Server): Address {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon) || from.name.slice(0, from.name.lastIndexOf(':'))
  return { host, port: Number(address.slice(colon + 1)) }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/**
 * Who at this node wants to know who is there: a line watches the sides that it asked `presence` of, and an agent's its own shop.
 * A side that is watched is read when its channel says so, when a node has come or gone, and now and then; what differs
 * from the last reading is pushed. While the store is away nothing is read and so nothing changes.
 */
import type { Presence, SidePresence } from '../domain/presence/presence.ts'
import { presenceFor } from '../domain/presence/presence.ts'
import type { Report } from '../domain/facts.ts'
import { isShopSide, presenceChannel, SHOP_PREFIX } from '../protocol/keys.ts'
import type { Presence as WirePresence } from '../protocol/model.ts'
import type { Channels } from './channels.ts'
import type { EncodedPacket } from './encoded-packet.ts'
import { pushPacket, type Peer } from './peer.ts'

/** A word on the channel may be lost without anyone noticing. */
const AGAIN_MS = 60_000
/** Readings begun in one second at most, so that the store never notices how many are watched. */
const AT_ONCE = 300

interface Watched {
  readonly side: string
  readonly peers: Set<Peer>
  readonly listener: () => void
  joined: Promise<void>
  known: SidePresence | undefined
  /** The reading under way, and whether another has to follow it. */
  reading: Promise<void> | undefined
  isOutdated: boolean
  readAt: number
}

export class PresenceSubscriptions {
  readonly #presence: Presence
  readonly #channels: Channels
  readonly #report: Report
  readonly #now: () => number
  readonly #watched = new Map<string, Watched>()
  readonly #sidesOf = new Map<Peer, readonly string[]>()

  constructor(options: { presence: Presence; channels: Channels; report: Report; now: () => number }) {
    this.#presence = options.presence
    this.#channels = options.channels
    this.#report = options.report
    this.#now = options.now
  }

  arrived(peer: Peer): void {
    this.#sidesOf.set(peer, [])
    this.#alone(this.#presence.arrived(peer.identity))
    if (peer.identity.role === 'agent') this.#alone(this.watch(peer, []))
  }

  left(peer: Peer): void {
    const sides = this.#sidesOf.get(peer)
    if (sides === undefined) return
    this.#sidesOf.delete(peer)
    this.#presence.left(peer.identity)
    for (const side of sides) this.#release(side, peer)
  }

  /** These sides, and no others. Rejects while the store is away. */
  async watch(peer: Peer, asked: readonly string[]): Promise<Record<string, WirePresence>> {
    const before = this.#sidesOf.get(peer)
    if (before === undefined) return {}
    const sides = peer.identity.role === 'agent' ? [...new Set([peer.identity.side, ...asked])] : asked
    this.#sidesOf.set(peer, sides)
    for (const side of before) if (!sides.includes(side)) this.#release(side, peer)
    await Promise.all(sides.map((side) => this.#add(side, peer)))
    const known = asked.map((side) => [side, this.#watched.get(side)?.known] as const)
    return Object.fromEntries(known.flatMap(([side, one]) =>
      (one === undefined ? [] : [[side, presenceFor(peer.identity, side, one)]])))
  }

  /** To be called about every second. */
  look(): void {
    this.#alone(this.#presence.tend())
    const before = this.#now() - AGAIN_MS
    let count = 0
    for (const watched of this.#watched.values()) {
      const isOld = watched.readAt <= before || (watched.known !== undefined && this.#presence.isOutdated(watched.known))
      if (!isOld || watched.reading !== undefined || count++ >= AT_ONCE) continue
      this.#alone(this.#read(watched))
    }
  }

  /** Words on these channels may have been missed. */
  heal(channels: ReadonlySet<string>): void {
    for (const watched of this.#watched.values()) if (channels.has(presenceChannel(watched.side))) this.#alone(this.#read(watched))
  }

  async #add(side: string, peer: Peer): Promise<void> {
    const watched = this.#watched.get(side) ?? this.#create(side)
    watched.peers.add(peer)
    try {
      await watched.joined
      if (watched.known === undefined) await this.#read(watched)
    } catch (error) {
      this.#release(side, peer)
      throw error
    }
  }

  #create(side: string): Watched {
    const watched: Watched = {
      side, peers: new Set(), listener: () => this.#alone(this.#read(watched)), joined: Promise.resolve(),
      known: undefined, reading: undefined, isOutdated: false, readAt: -Infinity,
    }
    watched.joined = this.#channels.join(presenceChannel(side), watched.listener)
    this.#watched.set(side, watched)
    return watched
  }

  #release(side: string, peer: Peer): void {
    const watched = this.#watched.get(side)
    if (watched === undefined || !watched.peers.delete(peer) || watched.peers.size > 0) return
    this.#watched.delete(side)
    this.#channels.leave(presenceChannel(side), watched.listener)
  }

  /** Resolves when a reading that began after this call has been taken in. */
  #read(watched: Watched): Promise<void> {
    watched.isOutdated = true
    watched.reading ??= this.#readAll(watched)
    return watched.reading
  }

  async #readAll(watched: Watched): Promise<void> {
    try {
      while (watched.isOutdated && this.#watched.get(watched.side) === watched) {
        watched.isOutdated = false
        watched.readAt = this.#now()
        const next = await this.#presence.of(watched.side)
        const before = watched.known
        watched.known = next
        if (before !== undefined) tell(watched, before, next)
      }
    } finally {
      watched.reading = undefined
    }
  }

  /** Nobody waits for it. While the store is away there is nothing to say; its return is a gap, which heals. */
  #alone(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'presence', error })
    })
  }
}

function tell({ side, peers }: Watched, before: SidePresence, now: SidePresence): void {
  const { online, status } = now
  const isShop = isShopSide(side)
  const packets: EncodedPacket[] = []
  if (before.online !== online || (isShop && before.status !== status)) {
    packets.push(pushPacket('presencePush', isShop ? { side, online, status } : { side, online }))
  }
  const shop = side.slice(SHOP_PREFIX.length)
  for (const { id: participant, ...rest } of isShop ? changes(before, now) : []) {
    packets.push(pushPacket('statusPush', { participant, shop, ...rest }))
  }
  for (const packet of packets) for (const peer of peers) peer.push(packet)
}

/** Who has come, gone or changed, as they are now. */
function changes(before: SidePresence, now: SidePresence): SidePresence['present'] {
  const was = new Map(before.present.map(({ id, status }) => [id, status]))
  const is = new Set(now.present.map(({ id }) => id))
  const gone = before.present.filter(({ id }) => !is.has(id)).map((one) => ({ ...one, status: 'offline' as const }))
  return [...now.present, ...gone].filter(({ id, status }) => status !== (was.get(id) ?? 'offline'))
}

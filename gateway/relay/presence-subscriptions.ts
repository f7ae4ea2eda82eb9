/**
 * The presence subscriptions of this node's sessions. A session subscribes to the sides that its `presence` command names, an agent's session
 * also to its own shop. A subscribed side is read when its channel says that it changed, when a node has started or ended, and every minute;
 * differences from the last read are pushed. While the store is away nothing is read, and so nothing changes.
 */
import type { Bus } from '../backbone/backbone.ts'
import type { Presence, SidePresence } from '../domain/presence/presence.ts'
import { presenceFor } from '../domain/presence/presence.ts'
import type { Report } from '../domain/facts.ts'
import { isShopSide, presenceChannel, SHOP_PREFIX } from '../protocol/keys.ts'
import type { Presence as WirePresence } from '../protocol/model.ts'
import { encodePush, type EncodedPacket } from './encoded-packet.ts'
import { PeerGroup } from './peer-group.ts'
import type { Peer } from './peer.ts'
import { unlessAway } from './unless-away.ts'

/** A side is read again after this time, because a publish may be lost unnoticed. */
const AGAIN_MS = 60_000
/** Reads begun in one tick (a second) at most, so that the store's load does not grow with the number of subscriptions. */
const READS_PER_TICK = 300

interface PresenceSubscription {
  readonly side: string
  readonly group: PeerGroup
  known: SidePresence | undefined
  /** The read under way, and whether another has to follow it. */
  reading: Promise<void> | undefined
  isOutdated: boolean
  readAt: number
}

export class PresenceSubscriptions {
  readonly #presence: Presence
  readonly #bus: Bus
  readonly #unlessAway: (error: unknown) => void
  readonly #now: () => number
  readonly #subscriptions = new Map<string, PresenceSubscription>()
  readonly #sidesOf = new Map<Peer, readonly string[]>()

  constructor(options: { presence: Presence; bus: Bus; report: Report; now: () => number }) {
    this.#presence = options.presence
    this.#bus = options.bus
    this.#unlessAway = unlessAway(options.report, 'presence')
    this.#now = options.now
  }

  arrived(peer: Peer): void {
    this.#sidesOf.set(peer, [])
    this.#unattended(this.#presence.arrived(peer.identity))
    if (peer.identity.role === 'agent') this.#unattended(this.subscribe(peer, []))
  }

  left(peer: Peer): void {
    const sides = this.#sidesOf.get(peer)
    if (sides === undefined) return
    this.#sidesOf.delete(peer)
    this.#presence.left(peer.identity)
    for (const side of sides) this.#release(side, peer)
  }

  /** Subscribes the peer to these sides in place of those before. Rejects while the store is away. */
  async subscribe(peer: Peer, asked: readonly string[]): Promise<Record<string, WirePresence>> {
    const before = this.#sidesOf.get(peer)
    if (before === undefined) return {}
    const sides = peer.identity.role === 'agent' ? [...new Set([peer.identity.side, ...asked])] : asked
    this.#sidesOf.set(peer, sides)
    for (const side of before) if (!sides.includes(side)) this.#release(side, peer)
    await Promise.all(sides.map((side) => this.#add(side, peer)))
    const known = asked.map((side) => [side, this.#subscriptions.get(side)?.known] as const)
    return Object.fromEntries(known.flatMap(([side, one]) => (one === undefined ? [] : [[side, presenceFor(peer.identity, side, one)]])))
  }

  /** To be called about every second. */
  tick(): void {
    this.#unattended(this.#presence.tend())
    const before = this.#now() - AGAIN_MS
    let count = 0
    for (const subscription of this.#subscriptions.values()) {
      const isOld = subscription.readAt <= before || (subscription.known !== undefined && this.#presence.isOutdated(subscription.known))
      if (!isOld || subscription.reading !== undefined || count++ >= READS_PER_TICK) continue
      this.#unattended(this.#read(subscription))
    }
  }

  /** To be called when publishes on these channels may have been missed: the next ticks read what they say. */
  afterGap(channels: ReadonlySet<string>): void {
    for (const subscription of this.#subscriptions.values()) if (channels.has(presenceChannel(subscription.side))) subscription.readAt = -Infinity
  }

  async #add(side: string, peer: Peer): Promise<void> {
    const subscription = this.#subscriptions.get(side) ?? this.#create(side)
    const { group } = subscription
    group.peers.add(peer)
    try {
      await group.listen([[presenceChannel(side), () => this.#unattended(this.#read(subscription))]])
      if (subscription.known === undefined) await this.#read(subscription)
    } catch (error) {
      this.#release(side, peer)
      throw error
    }
  }

  #create(side: string): PresenceSubscription {
    const subscription: PresenceSubscription = {
      side,
      group: new PeerGroup(this.#bus),
      known: undefined,
      reading: undefined,
      isOutdated: false,
      readAt: -Infinity,
    }
    this.#subscriptions.set(side, subscription)
    return subscription
  }

  #release(side: string, peer: Peer): void {
    const subscription = this.#subscriptions.get(side)
    if (subscription === undefined || !subscription.group.peers.delete(peer) || subscription.group.peers.size > 0) return
    this.#subscriptions.delete(side)
    subscription.group.release()
  }

  /** Resolves when a read that began after this call has ended and its changes are pushed. */
  #read(subscription: PresenceSubscription): Promise<void> {
    subscription.isOutdated = true
    subscription.reading ??= this.#readAll(subscription)
    return subscription.reading
  }

  async #readAll(subscription: PresenceSubscription): Promise<void> {
    try {
      while (subscription.isOutdated && this.#subscriptions.get(subscription.side) === subscription) {
        subscription.isOutdated = false
        subscription.readAt = this.#now()
        const next = await this.#presence.of(subscription.side)
        const before = subscription.known
        subscription.known = next
        if (before !== undefined) pushChanges(subscription, before, next)
      }
    } finally {
      subscription.reading = undefined
    }
  }

  #unattended(work: Promise<unknown>): void {
    work.catch(this.#unlessAway)
  }
}

function pushChanges({ side, group }: PresenceSubscription, before: SidePresence, now: SidePresence): void {
  const { online, status } = now
  const isShop = isShopSide(side)
  const packets: EncodedPacket[] = []
  if (before.online !== online || (isShop && before.status !== status)) {
    packets.push(encodePush('presencePush', isShop ? { side, online, status } : { side, online }))
  }
  const shop = side.slice(SHOP_PREFIX.length)
  for (const { id: participant, ...rest } of isShop ? changes(before, now) : []) {
    packets.push(encodePush('statusPush', { participant, shop, ...rest }))
  }
  for (const packet of packets) group.push(packet, '')
}

/** The agents who have come, left or changed their status, with their present status. */
function changes(before: SidePresence, now: SidePresence): SidePresence['present'] {
  const was = new Map(before.present.map(({ id, status }) => [id, status]))
  const is = new Set(now.present.map(({ id }) => id))
  const gone = before.present.filter(({ id }) => !is.has(id)).map((one) => ({ ...one, status: 'offline' as const }))
  return [...now.present, ...gone].filter(({ id, status }) => status !== (was.get(id) ?? 'offline'))
}

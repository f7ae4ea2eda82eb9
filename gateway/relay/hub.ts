/**
 * The peers attached at this node, by side. An agent's peers belong to the shop's side subscription (its conversations) and to the agent's own
 * windows (focus, notices, transfers). A customer or another shop's agent with the same id gets none of these.
 */
import type { Backbone } from '../backbone/backbone.ts'
import type { Report } from '../domain/facts.ts'
import type { Presence } from '../domain/presence/presence.ts'
import type { Viewing } from '../domain/presence/viewing.ts'
import { agentKey, isShopSide, participantKey, sideOfChannel } from '../protocol/keys.ts'
import type { Presence as WirePresence } from '../protocol/model.ts'
import { AgentWindows } from './agent-windows.ts'
import { SideSubscription } from './side-subscription.ts'
import type { Peer } from './peer.ts'
import type { PeerGroup } from './peer-group.ts'
import { PresenceSubscriptions } from './presence-subscriptions.ts'
import { unlessAway } from './unless-away.ts'

/** Sides compared with the store at once, after publishes were missed: a node may have a hundred thousand, and live messages go on beside them. */
const COMPARING_COUNT = 50

/** How long an outdated session may still get answers; a client that has opened a newer one closes it much earlier. */
const OUTDATED_MS = 5000

export class Hub {
  readonly #backbone: Backbone
  readonly #report: Report
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #sideSubscriptions = new Map<string, SideSubscription>()
  /** By `agentKey`. */
  readonly #agents = new Map<string, AgentWindows>()
  readonly #peers = new Map<string, Peer>()
  readonly #devices = new Map<string, Peer>()
  /** Sessions whose device has a newer one, in the order in which that came, and when they are closed. */
  readonly #outdated = new Map<string, number>()
  readonly #presenceSubscriptions: PresenceSubscriptions
  readonly #presence: Presence
  readonly #viewing: Viewing
  /** Sides that publishes may have missed, in the order in which they are compared. */
  readonly #toCompare = new Set<SideSubscription>()
  /** Those that could not be compared as a whole. */
  readonly #toCompareAgain = new Set<SideSubscription>()
  #comparingCount = 0
  readonly #stop: () => void

  constructor(options: { backbone: Backbone; presence: Presence; viewing: Viewing; report: Report; now: () => number; uptime: () => number }) {
    this.#backbone = options.backbone
    this.#report = options.report
    this.#now = options.now
    this.#uptime = options.uptime
    this.#presence = options.presence
    this.#viewing = options.viewing
    this.#presenceSubscriptions = new PresenceSubscriptions({ ...options, now: options.uptime, bus: options.backbone.bus })
    this.#stop = options.backbone.bus.onGap((channels) => this.#onGap(channels))
  }

  get peers(): IterableIterator<Peer> {
    return this.#peers.values()
  }

  /** Once it resolves, every publish for the peer's side and in its conversations reaches the peer, which holds it until its release. */
  async attach(peer: Peer): Promise<void> {
    this.#peers.set(peer.sid, peer)
    const side = this.#sideSubscription(peer.identity.side)
    side.peers.add(peer)
    if (peer.identity.role !== 'agent') return side.prepare()
    const own = this.#windows(peer)
    own.peers.add(peer)
    await Promise.all([side.prepare(), own.prepare()])
  }

  /**
   * The peer counts as present. Of two sessions of a device the newer one stays; the older one gets `byePush replaced` a little later, if the newer is
   * still there. A client that falls back opens one at each door and may repeat a hello on the older: that does not make it the newer.
   */
  welcomed(peer: Peer): void {
    this.#presenceSubscriptions.arrived(peer)
    if (peer.device === undefined || this.#outdated.has(peer.sid)) return
    const key = deviceKey(peer)
    const older = this.#devices.get(key)
    this.#devices.set(key, peer)
    if (older !== undefined && older !== peer) this.#outdated.set(older.sid, this.#uptime() + OUTDATED_MS)
  }

  detach(peer: Peer): void {
    if (!this.#peers.delete(peer.sid)) return
    this.#presenceSubscriptions.left(peer)
    this.#viewing.left(peer.sid)
    if (peer.device !== undefined && this.#devices.get(deviceKey(peer)) === peer) this.#leaveDevice(deviceKey(peer))
    const { side, id } = peer.identity
    const last = leave(this.#sideSubscriptions, side, peer)
    if (last !== undefined) {
      this.#toCompare.delete(last)
      this.#toCompareAgain.delete(last)
    }
    leave(this.#agents, agentKey(side, id), peer)
  }

  /** Resolves with the presence of `sides`, and pushes changes to the peer from then on. Replaces the sides of the call before. */
  subscribePresence(peer: Peer, sides: readonly string[]): Promise<Record<string, WirePresence>> {
    return this.#presenceSubscriptions.subscribe(peer, sides)
  }

  /** The shops that have agents at this node, by side, and how many sessions these have. */
  shops(): ReadonlyMap<string, number> {
    return new Map([...this.#sideSubscriptions].flatMap(([side, { peers }]) => (isShopSide(side) ? [[side, peers.size]] : [])))
  }

  /** Says goodbye to peers whose pass has expired and to those whose device has a newer session. */
  endOutdated(): void {
    const now = this.#now()
    for (const peer of this.#peers.values()) if (peer.identity.expiresAt <= now) peer.bye('pass_expired')
    for (const [sid, dueAt] of this.#outdated) {
      if (dueAt > this.#uptime()) continue
      this.#outdated.delete(sid)
      this.#peers.get(sid)?.bye('replaced')
    }
  }

  /** Renews the presence of this node's peers, and reads the subscribed sides that are due. */
  refreshPresence(): void {
    this.#presenceSubscriptions.tick()
  }

  /** Compares again what could not be compared after a gap, because the store did not answer. To be called about every second. */
  compareAgain(): void {
    for (const sideSubscription of this.#toCompareAgain) this.#toCompare.add(sideSubscription)
    this.#toCompareAgain.clear()
    this.#compare()
  }

  close(): void {
    this.#stop()
  }

  /** The newest session of a device has ended: of those that were to make way the latest takes its place. */
  #leaveDevice(key: string): void {
    this.#devices.delete(key)
    const waiting = [...this.#outdated.keys()].map((sid) => this.#peers.get(sid))
    const latest = waiting.findLast((peer) => peer?.device !== undefined && deviceKey(peer) === key)
    if (latest === undefined) return
    this.#outdated.delete(latest.sid)
    this.#devices.set(key, latest)
  }

  #windows({ identity }: Peer): AgentWindows {
    const key = agentKey(identity.side, identity.id)
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    const windows = new AgentWindows({ key, id: identity.id, bus: this.#backbone.bus, report: this.#report })
    this.#agents.set(key, windows)
    return windows
  }

  #sideSubscription(side: string): SideSubscription {
    const known = this.#sideSubscriptions.get(side)
    if (known !== undefined) return known
    const sideSubscription = new SideSubscription({ side, backbone: this.#backbone, report: this.#report, now: this.#now })
    this.#sideSubscriptions.set(side, sideSubscription)
    return sideSubscription
  }

  #onGap(channels: readonly string[]): void {
    const missed = new Set(channels)
    this.#report({ fact: 'gapFound', channelCount: missed.size })
    // the store may have come back without its leases, so this node writes its own again before it reads the others'
    this.#presence.doubt()
    this.#viewing.doubt()
    this.#presence
      .tend()
      .catch(unlessAway(this.#report, 'presence'))
      .finally(() => this.#presenceSubscriptions.afterGap(missed))
    for (const channel of missed) {
      const sideSubscription = this.#sideSubscriptions.get(sideOfChannel(channel) ?? '')
      if (sideSubscription !== undefined) this.#toCompare.add(sideSubscription)
    }
    this.#compare()
  }

  #compare(): void {
    for (const sideSubscription of this.#toCompare) {
      if (this.#comparingCount >= COMPARING_COUNT) return
      this.#toCompare.delete(sideSubscription)
      this.#comparingCount++
      void this.#compareOne(sideSubscription).finally(() => {
        this.#comparingCount--
        this.#compare()
      })
    }
  }

  async #compareOne(sideSubscription: SideSubscription): Promise<void> {
    try {
      const isWhole = await sideSubscription.afterGap()
      if (!isWhole && sideSubscription.peers.size > 0) this.#toCompareAgain.add(sideSubscription)
    } catch (error) {
      unlessAway(this.#report, 'afterGap')(error)
      if ((error as Error).name !== 'Unavailable') return
      // nor can the others be compared now, however many they are
      if (sideSubscription.peers.size > 0) this.#toCompareAgain.add(sideSubscription)
      for (const other of this.#toCompare) this.#toCompareAgain.add(other)
      this.#toCompare.clear()
    }
  }
}

const deviceKey = ({ identity, device }: Peer): string => `${participantKey(identity)} ${device}`

/** Takes the peer out of its group. Returns the group if it was the last. */
function leave<G extends PeerGroup>(groups: Map<string, G>, key: string, peer: Peer): G | undefined {
  const group = groups.get(key)
  if (group === undefined || !group.peers.delete(peer) || group.peers.size > 0) return undefined
  group.release()
  groups.delete(key)
  return group
}

/**
 * The peers of one side at this node, and the conversations that this node relays to them.
 *
 * `prepare` joins the side's own channel, then the channels of its newest conversations. Others come by invitation
 * (the first message of a conversation, or the first since the other side came). An invited conversation is followed first
 * and read then; what arrives in between is held back, so that its peers see each message once and in order.
 */
import type { Page, Store } from '../backbone/backbone.ts'
import { rowOfPage, sideChannel, type Invitation } from '../domain/conversations.ts'
import { conversationChannel, isShopSide } from '../protocol/keys.ts'
import { messagePacket } from '../protocol/packets.ts'
import type { Channels } from './channels.ts'
import { Outgoing } from './outgoing.ts'
import { pushPacket, type Peer } from './peer.ts'
import { pushedMessage } from './pushed-message.ts'
import { readNotice } from './notice.ts'

const CUSTOMER_NEWEST_COUNT = 50
const SHOP_NEWEST_COUNT = 200
const FOLLOWING_COUNT = 2000
const INVITED_PAGE_COUNT = 100

interface Held {
  readonly outgoing: Outgoing
  readonly origin: string
}

class Following {
  readonly conversation: string
  readonly joined: Promise<void>
  readonly listener: (outgoing: Outgoing, origin: string) => void
  isJoined = false
  isAnnounced = false
  /** While an invitation is being shown: what arrived meanwhile, and which line caused which seq. */
  invited: { readonly held: Held[]; readonly origins: Map<number, string> } | undefined
  usedAt = 0

  constructor(conversation: string, channels: Channels, deliver: (following: Following, held: Held) => void) {
    this.conversation = conversation
    this.listener = (outgoing, origin) => deliver(this, { outgoing, origin })
    this.joined = channels.join(conversationChannel(conversation), this.listener).then(() => {
      this.isJoined = true
    })
  }
}

export class Audience {
  readonly side: string
  readonly #peers = new Set<Peer>()
  readonly #following = new Map<string, Following>()
  readonly #store: Store
  readonly #channels: Channels
  readonly #onOwn = (outgoing: Outgoing, origin: string): void => this.#notice(outgoing, origin)
  #prepared: Promise<void> | undefined
  #isReleased = false
  #tick = 0

  constructor(options: { side: string; store: Store; channels: Channels }) {
    this.side = options.side
    this.#store = options.store
    this.#channels = options.channels
  }

  get peers(): ReadonlySet<Peer> {
    return this.#peers
  }

  add(peer: Peer): void {
    this.#peers.add(peer)
  }

  remove(peer: Peer): void {
    this.#peers.delete(peer)
  }

  /** Resolves when everything published for this side from now on arrives. A failed attempt may be repeated. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#join().catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  async follow(conversation: string): Promise<void> {
    const known = this.#following.get(conversation)
    if (known !== undefined) return known.joined
    if (this.#isReleased) return
    this.#evict()
    const following = new Following(conversation, this.#channels, (to, held) => this.#deliver(to, held))
    this.#following.set(conversation, following)
    try {
      await following.joined
    } catch (error) {
      if (this.#following.get(conversation) === following) this.#following.delete(conversation)
      throw error
    }
  }

  /** See `Attendance.announce`. */
  announce(conversation: string): boolean {
    const following = this.#following.get(conversation)
    if (following === undefined || !following.isJoined) return false
    const { isAnnounced } = following
    following.isAnnounced = true
    return isAnnounced
  }

  /** Publishes may have been missed: shows the head of each of `channels`; whoever lacks more will see the gap and read. */
  async heal(channels: ReadonlySet<string>): Promise<void> {
    if (channels.has(sideChannel(this.side))) await this.#followNewest()
    for (const { conversation } of [...this.#following.values()]) {
      if (!channels.has(conversationChannel(conversation))) continue
      const page = await this.#store.read(conversation, { limit: 1 })
      for (const message of page.messages) this.#push(new Outgoing(messagePacket(message)), '')
      for (const [participant, cursor] of Object.entries(page.cursors)) {
        this.#push(pushPacket('cursorPush', { conversation, participant, ...cursor }), '')
      }
    }
  }

  /** The last peer has gone. */
  release(): void {
    this.#isReleased = true
    this.#channels.leave(sideChannel(this.side), this.#onOwn)
    for (const { conversation, listener } of this.#following.values()) {
      this.#channels.leave(conversationChannel(conversation), listener)
    }
    this.#following.clear()
  }

  async #join(): Promise<void> {
    await this.#channels.join(sideChannel(this.side), this.#onOwn)
    try {
      await this.#followNewest()
    } catch (error) {
      this.#channels.leave(sideChannel(this.side), this.#onOwn)
      throw error
    }
  }

  async #followNewest(): Promise<void> {
    const rows = await this.#store.list(this.side, { limit: isShopSide(this.side) ? SHOP_NEWEST_COUNT : CUSTOMER_NEWEST_COUNT })
    await Promise.all(rows.map(({ conversation }) => this.follow(conversation)))
  }

  #push(outgoing: Outgoing, origin: string): void {
    for (const peer of this.#peers) if (peer.sid !== origin) peer.push(outgoing)
  }

  #deliver(following: Following, held: Held): void {
    following.usedAt = ++this.#tick
    if (following.invited !== undefined) return void following.invited.held.push(held)
    if (held.outgoing.isVolatile && typingSide(held.outgoing) === this.side) return
    this.#push(held.outgoing, held.origin)
  }

  #notice(outgoing: Outgoing, origin: string): void {
    const notice = readNotice(outgoing.text)
    if (notice === undefined) return
    if (notice.type === 'invite') return void this.#invited(notice.invitation)
    if (notice.type === 'notice') return this.#push(pushPacket('noticePush', notice.data), origin)
    const { toid, socketid } = notice
    for (const peer of this.#peers) {
      const isCause = peer.sid === socketid
      peer.push(isCause ? pushPacket('changeUserPush', { toid }) : pushPacket('syncChangeUserPush', { toid, socketid }))
    }
  }

  async #invited({ conversation, seq, socketid }: Invitation): Promise<void> {
    const known = this.#following.get(conversation)
    if (known?.invited !== undefined) return void known.invited.origins.set(seq, socketid)
    try {
      if (known?.isJoined === true) return await this.#addToLists(conversation, seq)
      const following = this.follow(conversation)
      const invited = { held: [], origins: new Map([[seq, socketid]]) }
      const entry = this.#following.get(conversation)
      if (entry !== undefined) entry.invited = invited
      await following
      const page = await this.#store.read(conversation, { limit: INVITED_PAGE_COUNT })
      this.#show(conversation, page)
    } catch {
      // the store is away: what was missed is found again by `heal`, or by the peers' next hello
      if (known === undefined) this.#drop(conversation)
    }
  }

  /** The messages come by themselves; the first one makes a row in lists. */
  async #addToLists(conversation: string, seq: number): Promise<void> {
    if (seq > 1) return
    const page = await this.#store.read(conversation, { limit: 1 })
    const row = rowOfPage(this.side, conversation, page)
    if (row !== undefined) this.#push(pushPacket('conversationPush', row), '')
  }

  #show(conversation: string, page: Page): void {
    const following = this.#following.get(conversation)
    const invited = following?.invited
    if (following === undefined || invited === undefined) return
    const row = rowOfPage(this.side, conversation, page)
    if (row !== undefined) this.#push(pushPacket('conversationPush', row), '')
    const from = Math.min(...invited.origins.keys())
    for (const message of page.messages) {
      if (message.seq >= from) this.#push(new Outgoing(messagePacket(message)), invited.origins.get(message.seq) ?? '')
    }
    following.invited = undefined
    for (const held of invited.held) {
      if ((pushedMessage(held.outgoing)?.seq ?? Infinity) > page.head.seq) this.#deliver(following, held)
    }
  }

  #drop(conversation: string): void {
    const following = this.#following.get(conversation)
    if (following === undefined) return
    this.#following.delete(conversation)
    this.#channels.leave(conversationChannel(conversation), following.listener)
  }

  /** Makes room: lets go of the conversation that was silent longest. */
  #evict(): void {
    if (this.#following.size < FOLLOWING_COUNT) return
    let oldest: Following | undefined
    for (const following of this.#following.values()) {
      if (oldest === undefined || following.usedAt < oldest.usedAt) oldest = following
    }
    if (oldest !== undefined) this.#drop(oldest.conversation)
  }
}

function typingSide(outgoing: Outgoing): string | undefined {
  const { side } = (JSON.parse(outgoing.text.slice(1)) as [string, { side?: string }])[1]
  return side
}

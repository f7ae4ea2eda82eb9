/**
 * The peers of one side at this node, and the conversations that this node relays to them.
 *
 * `prepare` joins the side's own channel, then the channels of its newest conversations. Others come by invitation
 * (the first message of a conversation, or the first since the other side came). An invited conversation is followed first
 * and read then; what arrives in between is held back, so that its peers see each message once and in order.
 *
 * The bus may lose a publish without anyone noticing. So now and then `compare` holds the newest rows of the side's list
 * against the last seq that came through here; a message or an invitation that never came is shown then.
 */
import type { ListRow, Page, Store } from '../backbone/backbone.ts'
import { newestRows, preview } from '../domain/answer-size.ts'
import type { Report } from '../domain/facts.ts'
import { rowFor, rowOfPage, type Invitation } from '../domain/messaging/conversations.ts'
import { conversationChannel, isShopSide, ownChannel } from '../protocol/keys.ts'
import { messagePacket } from '../protocol/packets.ts'
import type { Channels } from './channels.ts'
import { ConversationSubscription, type Held } from './conversation-subscription.ts'
import { EncodedPacket } from './encoded-packet.ts'
import { pushPacket, type Peer } from './peer.ts'
import { pushedMessage } from './pushed-message.ts'
import { pushedSeq } from './pushed-seq.ts'
import { readSideMessage, showFocus } from './side-message.ts'

const CUSTOMER_NEWEST_COUNT = 50
const SHOP_NEWEST_COUNT = 200
const FOLLOWING_COUNT = 2000
const INVITED_PAGE_COUNT = 100
/** A message that was published in vain is among the newest of its side's list. */
const COMPARED_COUNT = 20
/** Rows of a shop that are told again after a gap: well below what may wait in front of a line. */
const HEALED_COUNT = 50
const COMPARED_PAGES = 10
/** How far the clocks of nodes may be apart. */
const CLOCKS_MS = 60_000

export class SideSubscription {
  readonly side: string
  readonly #peers = new Set<Peer>()
  readonly #conversationSubscription = new Map<string, ConversationSubscription>()
  readonly #store: Store
  readonly #channels: Channels
  readonly #report: Report
  readonly #now: () => number
  readonly #onOwn = (encoded: EncodedPacket, origin: string): void => this.#notice(encoded, origin)
  #prepared: Promise<void> | undefined
  #isReleased = false
  #tick = 0
  /** Conversations whose head the last comparison saw above what was shown: lost, or only on its way. */
  #doubtful = new Map<string, number>()
  /** The newest message that a comparison has seen. */
  #comparedAt = Infinity

  constructor(options: { side: string; store: Store; channels: Channels; report: Report; now: () => number }) {
    this.side = options.side
    this.#store = options.store
    this.#channels = options.channels
    this.#report = options.report
    this.#now = options.now
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
    const known = this.#conversationSubscription.get(conversation)
    if (known !== undefined) return known.joined
    if (this.#isReleased) return
    this.#evict()
    const conversationSubscription = new ConversationSubscription(conversation, this.#channels, (to, held) => this.#deliver(to, held))
    this.#conversationSubscription.set(conversation, conversationSubscription)
    try {
      await conversationSubscription.joined
    } catch (error) {
      if (this.#conversationSubscription.get(conversation) === conversationSubscription) this.#conversationSubscription.delete(conversation)
      throw error
    }
  }

  /** See `Attendance.announce`. */
  announce(conversation: string): boolean {
    const conversationSubscription = this.#conversationSubscription.get(conversation)
    if (conversationSubscription === undefined || !conversationSubscription.isJoined) return false
    const { isAnnounced } = conversationSubscription
    conversationSubscription.isAnnounced = true
    return isAnnounced
  }

  /** Publishes may have been missed: shows the head of each of `channels`; whoever lacks more will see the gap and read. */
  async heal(channels: ReadonlySet<string>): Promise<void> {
    if (channels.has(ownChannel(this.side))) {
      const rows = await this.#newest()
      for (const row of rows) if (!this.#conversationSubscription.has(row.conversation)) await this.#showHead(row)
      if (isShopSide(this.side)) for (const row of rows.slice(0, HEALED_COUNT)) this.#showRow(row)
    }
    for (const { conversation } of [...this.#conversationSubscription.values()]) {
      if (channels.has(conversationChannel(conversation))) await this.#showHead({ conversation })
    }
  }

  /** See `Comparable`. A push may be on its way, so one that looks lost is shown only if it is still missing the next time. */
  async compare(): Promise<boolean> {
    const before = new Map([...this.#conversationSubscription.values()].map(({ conversation, seq }) => [conversation, seq]))
    const doubtful = this.#doubtful
    this.#doubtful = new Map()
    const missed: ListRow[] = []
    for (const row of await this.#changed()) {
      const { conversation, head } = row
      const seq = this.#conversationSubscription.get(conversation)?.seq ?? 0
      // a head behind what had come before it was read: the log has lost its tail
      if ((doubtful.get(conversation) ?? 0) > seq || head.seq < (before.get(conversation) ?? 0)) missed.push(row)
      else if (head.seq > seq) this.#doubtful.set(conversation, head.seq)
    }
    for (const row of missed) await this.#showHead(row)
    if (missed.length > 0) this.#report({ fact: 'publishMissed', conversationCount: missed.length })
    return this.#doubtful.size > 0
  }

  /** The last peer has gone. */
  release(): void {
    this.#isReleased = true
    this.#channels.leave(ownChannel(this.side), this.#onOwn)
    for (const { conversation, listener } of this.#conversationSubscription.values()) {
      this.#channels.leave(conversationChannel(conversation), listener)
    }
    this.#conversationSubscription.clear()
  }

  async #join(): Promise<void> {
    await this.#channels.join(ownChannel(this.side), this.#onOwn)
    try {
      await this.#followNewest()
    } catch (error) {
      this.#channels.leave(ownChannel(this.side), this.#onOwn)
      throw error
    }
  }

  async #followNewest(): Promise<void> {
    const rows = await this.#newest()
    await Promise.all(rows.map(async ({ conversation, head }) => {
      await this.follow(conversation)
      const conversationSubscription = this.#conversationSubscription.get(conversation)
      if (conversationSubscription?.seq === 0) conversationSubscription.seq = head.seq
    }))
  }

  #newest(): Promise<readonly ListRow[]> {
    return newestRows(this.#store, this.side, isShopSide(this.side) ? SHOP_NEWEST_COUNT : CUSTOMER_NEWEST_COUNT)
  }

  /** The newest rows, and all that have changed since the last time. */
  async #changed(): Promise<ListRow[]> {
    const rows: ListRow[] = []
    const since = this.#comparedAt - CLOCKS_MS
    for (let page = 0; page < COMPARED_PAGES; page++) {
      const last = rows.at(-1)?.last.at
      const more = await this.#store.list(this.side, { limit: COMPARED_COUNT, ...(last === undefined ? {} : { before: last }) })
      rows.push(...more.rows.map((row) => ({ ...row, last: preview(row.last) })))
      const isEnd = more.rows.length < COMPARED_COUNT && more.isCut !== true
      if (isEnd || more.rows.at(-1)!.last.at < since) break
    }
    this.#comparedAt = rows[0]?.last.at ?? 0
    return rows
  }

  /** Peers that lack more than the head see the gap and read. */
  async #showHead({ conversation, head }: Pick<ListRow, 'conversation'> & Partial<ListRow>): Promise<void> {
    const conversationSubscription = this.#conversationSubscription.get(conversation)
    if (conversationSubscription === undefined) return this.#invited({ type: 'invite', conversation, seq: head?.seq ?? 1, socketid: '' })
    const page = await this.#store.read(conversation, { limit: 1 })
    conversationSubscription.seq = page.head.seq
    for (const message of page.messages) this.#push(new EncodedPacket(messagePacket(message)), '')
    for (const [participant, cursor] of Object.entries(page.cursors)) {
      this.#push(pushPacket('cursorPush', { conversation, participant, ...cursor }), '')
    }
  }

  /** Who serves it now may have been told in vain. */
  #showRow(row: ListRow): void {
    this.#push(pushPacket('conversationPush', rowFor(this.side, row, this.#now())), '')
  }

  #push(encoded: EncodedPacket, origin: string): void {
    for (const peer of this.#peers) if (peer.sid !== origin) peer.push(encoded)
  }

  #deliver(conversationSubscription: ConversationSubscription, held: Held): void {
    conversationSubscription.usedAt = ++this.#tick
    if (conversationSubscription.invited !== undefined) return void conversationSubscription.invited.held.push(held)
    conversationSubscription.seq = pushedSeq(held.encoded) ?? conversationSubscription.seq
    if (held.encoded.isVolatile) return this.#pushTyping(held)
    this.#push(held.encoded, held.origin)
  }

  /** Of one's own side only what colleagues do. */
  #pushTyping({ encoded, origin }: Held): void {
    const { side, from } = (JSON.parse(encoded.text.slice(1)) as [string, { side?: string; from?: string }])[1]
    if (side !== this.side) return this.#push(encoded, origin)
    for (const peer of this.#peers) if (peer.identity.id !== from) peer.push(encoded)
  }

  #notice(encoded: EncodedPacket, origin: string): void {
    if (encoded.isPush) return this.#push(encoded, origin)
    const notice = readSideMessage(encoded)
    if (notice.type === 'invite') return void this.#invited(notice.invitation)
    if (notice.type === 'notice') return this.#push(pushPacket('noticePush', notice.data), origin)
    if (notice.type === 'focus') return notice.by === 'agent' ? undefined : showFocus(this.#peers, notice)
    this.#report({ fact: 'publishRefused', channel: ownChannel(this.side), reason: notice.reason })
  }

  async #invited({ conversation, seq, socketid }: Invitation): Promise<void> {
    const known = this.#conversationSubscription.get(conversation)
    if (known?.invited !== undefined) return void known.invited.origins.set(seq, socketid)
    try {
      if (known?.isJoined === true) return await this.#addToLists(conversation, seq)
      const conversationSubscription = this.follow(conversation)
      const invited = { held: [], origins: new Map([[seq, socketid]]) }
      const entry = this.#conversationSubscription.get(conversation)
      if (entry !== undefined) entry.invited = invited
      await conversationSubscription
      const page = await this.#store.read(conversation, { limit: INVITED_PAGE_COUNT })
      this.#show(conversation, page)
    } catch (error) {
      // where the store is away, what was missed is found again by `heal`, or by the peers' next hello
      if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'invitation', error })
      if (known === undefined) this.#drop(conversation)
    }
  }

  /** The messages come by themselves; the first one makes a row in lists. */
  async #addToLists(conversation: string, seq: number): Promise<void> {
    if (seq > 1) return
    const page = await this.#store.read(conversation, { limit: 1 })
    const row = rowOfPage(this.side, { conversation, page, now: this.#now() })
    if (row !== undefined) this.#push(pushPacket('conversationPush', row), '')
  }

  #show(conversation: string, page: Page): void {
    const conversationSubscription = this.#conversationSubscription.get(conversation)
    const invited = conversationSubscription?.invited
    if (conversationSubscription === undefined || invited === undefined) return
    const row = rowOfPage(this.side, { conversation, page, now: this.#now() })
    if (row !== undefined) this.#push(pushPacket('conversationPush', row), '')
    const from = Math.min(...invited.origins.keys())
    for (const { encoded, origin } of invited.held) invited.origins.set(pushedSeq(encoded) ?? 0, origin)
    for (const message of page.messages) {
      if (message.seq >= from) this.#push(new EncodedPacket(messagePacket(message)), invited.origins.get(message.seq) ?? '')
    }
    conversationSubscription.invited = undefined
    conversationSubscription.seq = page.head.seq
    for (const held of invited.held) {
      if ((pushedMessage(held.encoded)?.seq ?? Infinity) > page.head.seq) this.#deliver(conversationSubscription, held)
    }
  }

  #drop(conversation: string): void {
    const conversationSubscription = this.#conversationSubscription.get(conversation)
    if (conversationSubscription === undefined) return
    this.#conversationSubscription.delete(conversation)
    this.#channels.leave(conversationChannel(conversation), conversationSubscription.listener)
  }

  /** Makes room: lets go of the conversation that was silent longest. */
  #evict(): void {
    if (this.#conversationSubscription.size < FOLLOWING_COUNT) return
    let oldest: ConversationSubscription | undefined
    for (const conversationSubscription of this.#conversationSubscription.values()) {
      if (oldest === undefined || conversationSubscription.usedAt < oldest.usedAt) oldest = conversationSubscription
    }
    if (oldest !== undefined) this.#drop(oldest.conversation)
  }
}

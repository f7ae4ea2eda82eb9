/**
 * The peers of one side at this node, and the conversations that this node relays to them.
 *
 * `prepare` joins the side's own channel, then the channels of its newest conversations. Others come by invitation
 * (the first message of a conversation, or the first since the other side connected). An invited conversation is subscribed first
 * and read then; what arrives in between is held back, so that the peers get each message once and in order.
 *
 * The bus may lose a publish unnoticed. So `expect` takes what the bus says of the logs, and `reconcile`, called from time to time, what the newest rows
 * of the side's list say. What has not come some time later is read and pushed.
 */
import type { ListRow, Page, Store, Watermark } from '../backbone/backbone.ts'
import { newestRows, preview } from '../domain/answer-size.ts'
import type { Report } from '../domain/facts.ts'
import { isWithdrawn } from '../domain/messaging/tombstone.ts'
import { rowFor, rowOfPage, type Invitation } from '../domain/messaging/conversations.ts'
import { conversationChannel, isShopSide, ownChannel } from '../protocol/keys.ts'
import type { Channels } from './channels.ts'
import { ConversationSubscription, type Published, type Reading } from './conversation-subscription.ts'
import { encodeMessage, encodePush, type EncodedPacket } from './encoded-packet.ts'
import { ExpectedMessages } from './expected-messages.ts'
import type { Peer } from './peer.ts'
import { pushFocus, readSideMessage } from './side-message.ts'

const CUSTOMER_NEWEST_COUNT = 50
const SHOP_NEWEST_COUNT = 200
const SUBSCRIBED_COUNT = 2000
/** Messages read at once of a conversation to which the side is invited, or of which publishes were lost. */
const PAGE_COUNT = 100
/** Rows read at once by `reconcile`: a message whose publish was lost is among the newest. */
const RECONCILED_COUNT = 20
const RECONCILED_PAGES = 10
/** Rows that a shop's peers get again after a gap: far fewer bytes than a slow reader may be behind. */
const ROWS_AFTER_GAP = 50
/** After a gap: of conversations in which somebody wrote within this time, so many of the newest entries are looked at for withdrawn ones. */
const WITHDRAWN_MS = 900_000
const WITHDRAWN_COUNT = 50
/** How far the clocks of two nodes may be apart. */
const CLOCKS_MS = 60_000

export class SideSubscription {
  readonly side: string
  readonly #peers = new Set<Peer>()
  readonly #subscriptions = new Map<string, ConversationSubscription>()
  readonly #store: Store
  readonly #channels: Channels
  readonly #report: Report
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #onOwn = (encoded: EncodedPacket, origin: string): void => this.#onOwnPublish(encoded, origin)
  readonly #expected = new ExpectedMessages()
  #prepared: Promise<void> | undefined
  #isJoined = false
  #isReleased = false
  #tick = 0
  /** `at` of the newest message that `reconcile` has seen. */
  #reconciledAt = Infinity

  constructor(options: { side: string; store: Store; channels: Channels; report: Report; now: () => number; uptime: () => number }) {
    this.side = options.side
    this.#store = options.store
    this.#channels = options.channels
    this.#report = options.report
    this.#now = options.now
    this.#uptime = options.uptime
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

  async subscribe(conversation: string): Promise<void> {
    const known = this.#subscriptions.get(conversation)
    if (known !== undefined) return known.joined
    if (this.#isReleased) return
    this.#evict()
    const subscription = new ConversationSubscription(conversation, this.#channels, (to, published) => this.#deliver(to, published))
    this.#subscriptions.set(conversation, subscription)
    try {
      await subscription.joined
    } catch (error) {
      if (this.#subscriptions.get(conversation) === subscription) this.#subscriptions.delete(conversation)
      throw error
    }
  }

  /** See `Announcements.announce`. */
  announce(conversation: string): boolean {
    const subscription = this.#subscriptions.get(conversation)
    if (subscription === undefined || !subscription.isJoined) return false
    const { isAnnounced } = subscription
    subscription.isAnnounced = true
    return isAnnounced
  }

  /** Publishes on `channels` may have been missed: pushes the head of each conversation; a client that lacks more sees the gap and reads. */
  async afterGap(channels: ReadonlySet<string>): Promise<void> {
    if (channels.has(ownChannel(this.side))) {
      const rows = await this.#newest()
      for (const row of rows) if (!this.#subscriptions.has(row.conversation)) await this.#pushHead(row)
      if (isShopSide(this.side)) for (const row of rows.slice(0, ROWS_AFTER_GAP)) this.#pushRow(row)
    }
    for (const { conversation } of [...this.#subscriptions.values()]) {
      if (!channels.has(conversationChannel(conversation))) continue
      await this.#pushHead({ conversation })
      await this.#pushWithdrawn(conversation)
    }
  }

  /** The log has what the watermark says. While the side is being joined, what is read then has it, too. */
  expect(watermark: Watermark): void {
    if (this.#isJoined && watermark.seq > this.#seqOf(watermark.conversation)) this.#expected.expect(watermark, this.#uptime())
  }

  /** To be called about every second. A publish may be late, so what is expected is taken for lost some time later. Undefined: nothing was lost. */
  pushLost(): Promise<void> | undefined {
    if (this.#expected.isEmpty) return undefined
    const lost = this.#expected.takeLost((conversation) => this.#seqOf(conversation), this.#uptime())
    return lost.length === 0 ? undefined : this.#pushMissing(lost)
  }

  /** See `Reconcilable`. */
  async reconcile(): Promise<void> {
    const before = new Map([...this.#subscriptions.values()].map(({ conversation, seq }) => [conversation, seq]))
    const shortened: Watermark[] = []
    for (const { conversation, head } of await this.#changed()) {
      const watermark = { conversation, from: head.seq, seq: head.seq }
      // the head is below what was pushed before it was read: the log has lost its tail
      if (head.seq < (before.get(conversation) ?? 0)) shortened.push(watermark)
      else this.expect(watermark)
    }
    await this.#pushMissing(shortened)
  }

  /** To be called when the last peer has gone. */
  release(): void {
    this.#isReleased = true
    this.#channels.leave(ownChannel(this.side), this.#onOwn)
    for (const { conversation, listener } of this.#subscriptions.values()) {
      this.#channels.leave(conversationChannel(conversation), listener)
    }
    this.#subscriptions.clear()
  }

  async #join(): Promise<void> {
    await this.#channels.join(ownChannel(this.side), this.#onOwn)
    try {
      await this.#subscribeNewest()
      this.#isJoined = true
    } catch (error) {
      this.#channels.leave(ownChannel(this.side), this.#onOwn)
      throw error
    }
  }

  async #subscribeNewest(): Promise<void> {
    const rows = await this.#newest()
    await Promise.all(
      rows.map(async ({ conversation, head }) => {
        await this.subscribe(conversation)
        const subscription = this.#subscriptions.get(conversation)
        if (subscription?.seq === 0) subscription.seq = head.seq
      }),
    )
  }

  #newest(): Promise<readonly ListRow[]> {
    return newestRows(this.#store, this.side, isShopSide(this.side) ? SHOP_NEWEST_COUNT : CUSTOMER_NEWEST_COUNT)
  }

  /** The newest rows, and all that have changed since the last time. */
  async #changed(): Promise<ListRow[]> {
    const rows: ListRow[] = []
    const since = this.#reconciledAt - CLOCKS_MS
    for (let page = 0; page < RECONCILED_PAGES; page++) {
      const last = rows.at(-1)?.last.at
      const more = await this.#store.list(this.side, { limit: RECONCILED_COUNT, ...(last === undefined ? {} : { before: last }) })
      rows.push(...more.rows.map((row) => ({ ...row, last: preview(row.last) })))
      const isEnd = more.rows.length < RECONCILED_COUNT && more.isCut !== true
      if (isEnd || more.rows.at(-1)!.last.at < since) break
    }
    this.#reconciledAt = rows[0]?.last.at ?? 0
    return rows
  }

  /** A client that lacks more than the head sees the gap and reads. */
  async #pushHead({ conversation, head }: Pick<ListRow, 'conversation'> & Partial<ListRow>): Promise<void> {
    const subscription = this.#subscriptions.get(conversation)
    if (subscription === undefined) return this.#invited({ type: 'invite', conversation, seq: head?.seq ?? 1, socketid: '' })
    const page = await this.#store.read(conversation, { limit: 1 })
    subscription.seq = page.head.seq
    for (const message of page.messages) this.#push(encodeMessage(message), '')
    for (const [participant, cursor] of Object.entries(page.cursors)) {
      this.#push(encodePush('cursorPush', { conversation, participant, ...cursor }), '')
    }
  }

  #seqOf(conversation: string): number {
    return this.#subscriptions.get(conversation)?.seq ?? 0
  }

  async #pushMissing(lost: readonly Watermark[]): Promise<void> {
    for (const { conversation, from } of lost) {
      const subscription = this.#subscriptions.get(conversation)
      if (subscription === undefined) await this.#invited({ type: 'invite', conversation, seq: from, socketid: '' })
      else await this.#readMissing(subscription, subscription.seq > 0 ? subscription.seq : from - 1)
    }
    if (lost.length > 0) this.#report({ fact: 'publishMissed', conversationCount: lost.length })
  }

  /** Pushes what the log has above `after`, or its head alone, if that is too much or the log is shorter by now: then clients see the gap and read. */
  async #readMissing(subscription: ConversationSubscription, after: number): Promise<void> {
    const { conversation } = subscription
    if (!subscription.isJoined || subscription.reading !== undefined) return
    const reading: Reading = { held: [], origins: new Map() }
    subscription.reading = reading
    try {
      let page = await this.#store.read(conversation, { after, limit: PAGE_COUNT })
      if (page.head.seq !== (page.messages.at(-1)?.seq ?? after)) page = await this.#store.read(conversation, { limit: 1 })
      if (this.#subscriptions.get(conversation) !== subscription) return
      this.#pushRead(subscription, reading, page)
      for (const [participant, cursor] of Object.entries(page.cursors)) {
        this.#push(encodePush('cursorPush', { conversation, participant, ...cursor }), '')
      }
    } finally {
      this.#release(subscription, reading)
    }
  }

  /** A withdrawal may have been missed like any push. Only of a message that is young, so a log at rest is not read. */
  async #pushWithdrawn(conversation: string): Promise<void> {
    const newest = (await this.#store.read(conversation, { limit: 1 })).messages[0]
    if (newest === undefined || newest.at < this.#now() - WITHDRAWN_MS) return
    const { messages } = await this.#store.read(conversation, { limit: WITHDRAWN_COUNT })
    for (const message of messages) if (isWithdrawn(message) || hasQuote(message)) this.#push(encodePush('withdrawPush', message), '')
  }

  /** Pushes the row again: the push of its last change, such as a new assignee, may have been lost. */
  #pushRow(row: ListRow): void {
    this.#push(encodePush('conversationPush', rowFor(this.side, row, this.#now())), '')
  }

  #push(encoded: EncodedPacket, origin: string): void {
    for (const peer of this.#peers) if (peer.sid !== origin) peer.push(encoded)
  }

  #deliver(subscription: ConversationSubscription, published: Published): void {
    const { encoded, origin } = published
    subscription.usedAt = ++this.#tick
    if (subscription.reading !== undefined) return void subscription.reading.held.push(published)
    subscription.seq = encoded.push?.seq ?? subscription.seq
    if (encoded.isVolatile) return this.#pushTyping(published)
    this.#push(encoded, origin)
  }

  /** A typing push is not sent to the writer's own other windows, but to those of colleagues. */
  #pushTyping({ encoded, origin }: Published): void {
    const { side, from } = (JSON.parse(encoded.text.slice(1)) as [string, { side?: string; from?: string }])[1]
    if (side !== this.side) return this.#push(encoded, origin)
    for (const peer of this.#peers) if (peer.identity.id !== from) peer.push(encoded)
  }

  #onOwnPublish(encoded: EncodedPacket, origin: string): void {
    if (encoded.push !== undefined) return this.#push(encoded, origin)
    const message = readSideMessage(encoded)
    if (message.type === 'invite') return void this.#invited(message.invitation)
    if (message.type === 'withdrawn') return
    if (message.type === 'notice') return this.#push(encodePush('noticePush', message.data), origin)
    if (message.type === 'focus') return message.by === 'agent' ? undefined : pushFocus(this.#peers, message)
    this.#report({ fact: 'publishRefused', channel: ownChannel(this.side), reason: message.reason })
  }

  async #invited({ conversation, seq, socketid }: Invitation): Promise<void> {
    const known = this.#subscriptions.get(conversation)
    if (known?.reading !== undefined) return void known.reading.origins.set(seq, socketid)
    const reading: Reading = { held: [], origins: new Map([[seq, socketid]]) }
    try {
      if (known?.isJoined === true) return await this.#addToLists(conversation, seq)
      const joined = this.subscribe(conversation)
      const subscription = this.#subscriptions.get(conversation)
      if (subscription !== undefined) subscription.reading = reading
      await joined
      const page = await this.#store.read(conversation, { limit: PAGE_COUNT })
      if (subscription !== undefined) this.#pushInvited(subscription, reading, page)
    } catch (error) {
      // while the store is away: `afterGap` or the peers' next hello finds what was missed
      if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'invitation', error })
      if (known === undefined) this.#drop(conversation)
      else this.#release(known, reading)
    }
  }

  /** The conversation is subscribed already, so its messages arrive by themselves; its first one also adds a row to lists. */
  async #addToLists(conversation: string, seq: number): Promise<void> {
    if (seq > 1) return
    const page = await this.#store.read(conversation, { limit: 1 })
    const row = rowOfPage(this.side, { conversation, page, now: this.#now() })
    if (row !== undefined) this.#push(encodePush('conversationPush', row), '')
  }

  #pushInvited(subscription: ConversationSubscription, reading: Reading, page: Page): void {
    const { conversation } = subscription
    if (this.#subscriptions.get(conversation) !== subscription) return
    const row = rowOfPage(this.side, { conversation, page, now: this.#now() })
    if (row !== undefined) this.#push(encodePush('conversationPush', row), '')
    const from = Math.min(...reading.origins.keys())
    this.#pushRead(subscription, reading, { ...page, messages: page.messages.filter((message) => message.seq >= from) })
    this.#release(subscription, reading)
  }

  /** Pushes a page that ends at the head, and of what arrived meanwhile forgets what the page has. */
  #pushRead(subscription: ConversationSubscription, reading: Reading, { messages, head }: Page): void {
    for (const { encoded, origin } of reading.held) reading.origins.set(encoded.push?.seq ?? 0, origin)
    for (const message of messages) this.#push(encodeMessage(message), reading.origins.get(message.seq) ?? '')
    subscription.seq = head.seq
    reading.held = reading.held.filter(({ encoded }) => (encoded.push?.seq ?? Infinity) > head.seq)
  }

  /** Ends the reading: what has arrived meanwhile follows. */
  #release(subscription: ConversationSubscription, reading: Reading): void {
    if (subscription.reading !== reading) return
    subscription.reading = undefined
    if (this.#subscriptions.get(subscription.conversation) !== subscription) return
    for (const published of reading.held) this.#deliver(subscription, published)
  }

  #drop(conversation: string): void {
    const subscription = this.#subscriptions.get(conversation)
    if (subscription === undefined) return
    this.#subscriptions.delete(conversation)
    this.#channels.leave(conversationChannel(conversation), subscription.listener)
  }

  /** Makes room by leaving the least recently used conversation. */
  #evict(): void {
    if (this.#subscriptions.size < SUBSCRIBED_COUNT) return
    let oldest: ConversationSubscription | undefined
    for (const subscription of this.#subscriptions.values()) {
      if (oldest === undefined || subscription.usedAt < oldest.usedAt) oldest = subscription
    }
    if (oldest !== undefined) this.#drop(oldest.conversation)
  }
}

const hasQuote = ({ body }: Page['messages'][number]): boolean => (body as { readonly quote?: unknown }).quote !== undefined

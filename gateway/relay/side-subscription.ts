/**
 * The peers of one side at this node, and what they get: whatever is published on the side's channel, which every publish in one of its conversations
 * reaches, too.
 *
 * A conversation that has not been heard of at this node may lack in the peers' lists. So its row is read and pushed before its first message; what
 * is published in it meanwhile is held back.
 */
import type { Backbone, ListRow, Page, Store } from '../backbone/backbone.ts'
import { newestRows } from '../domain/answer-size.ts'
import type { Report } from '../domain/facts.ts'
import { isWithdrawn } from '../domain/messaging/tombstone.ts'
import { rowFor, rowOfPage } from '../domain/messaging/conversations.ts'
import { isShopSide, sideChannel, userChannel } from '../protocol/keys.ts'
import { encodeMessage, encodePush } from './encoded-packet.ts'
import { PeerGroup, type Listening, type Published } from './peer-group.ts'
import { pushFocus, readSideMessage } from './side-message.ts'
import { unlessAway } from './unless-away.ts'

/** Rows that are compared with what was pushed, after a gap. */
const CUSTOMER_NEWEST_COUNT = 50
const SHOP_NEWEST_COUNT = 200
/** Conversations of which a side remembers what was pushed; each takes about 150 bytes. Of one beyond, the row is pushed once more. */
const KNOWN_COUNT = 20_000
/** Messages read at once of a conversation in which publishes were missed. */
const PAGE_COUNT = 100
/** Rows that a shop's peers get again after a gap: far fewer bytes than a slow reader may be behind. */
const ROWS_AFTER_GAP = 50
/** After a gap: of conversations in which somebody wrote within this time, so many of the newest entries are looked at for withdrawn ones. */
const WITHDRAWN_MS = 900_000
const WITHDRAWN_COUNT = 50

interface Known {
  /** Of the last message that was pushed to the peers. */
  seq: number
  /** Of the log when it was last read; '' where it was not. */
  epoch: string
  /** While the row is read, or what was missed: what has been published meanwhile. */
  held: Published[] | undefined
}

export class SideSubscription extends PeerGroup {
  readonly side: string
  readonly #store: Store
  readonly #report: Report
  readonly #now: () => number
  /** By conversation, the one that was heard of first before the others. Made with the first message: most sides are idle. */
  #known: Map<string, Known> | undefined
  #preparedAt = Infinity

  constructor(options: { side: string; backbone: Backbone; report: Report; now: () => number }) {
    super(options.backbone.bus)
    this.side = options.side
    this.#store = options.backbone.store
    this.#report = options.report
    this.#now = options.now
  }

  /** Resolves when everything published for this side from now on arrives. A failed attempt may be repeated. */
  prepare(): Promise<void> {
    this.#preparedAt = Math.min(this.#preparedAt, this.#now())
    const own: Listening = [sideChannel(this.side), (published) => this.#onPublish(published)]
    // a shop is nobody, so no backend publishes for it
    return this.listen(isShopSide(this.side) ? [own] : [own, [userChannel(this.side), (published) => this.#onForeign(published)]])
  }

  /** Publishes may have been missed: pushes what the newest conversations have gained. */
  async afterGap(): Promise<void> {
    const rows = await newestRows(this.#store, this.side, isShopSide(this.side) ? SHOP_NEWEST_COUNT : CUSTOMER_NEWEST_COUNT)
    const pushedCount = isShopSide(this.side) ? ROWS_AFTER_GAP : 0
    for (const row of rows.slice(0, pushedCount)) this.#pushRow(row)
    let missedCount = 0
    for (const [i, row] of rows.entries()) {
      if (await this.#pushMissed(row, i < pushedCount)) missedCount++
      await this.#pushWithdrawn(row)
    }
    if (missedCount > 0) this.#report({ fact: 'publishMissed', conversationCount: missedCount })
  }

  #onPublish(published: Published): void {
    const { encoded, origin, conversation } = published
    if (conversation === undefined) this.push(encoded, origin)
    else if (encoded.isVolatile) this.#pushTyping(published)
    else this.#pushIn(conversation, published)
  }

  #pushIn(conversation: string, published: Published): void {
    const seq = published.encoded.push?.seq
    const known = this.#known?.get(conversation)
    if (known?.held !== undefined) return void known.held.push(published)
    if (seq === undefined) return this.push(published.encoded, published.origin)
    if (known === undefined) return void this.#introduce(conversation, { seq, published })
    known.seq = seq
    this.push(published.encoded, published.origin)
  }

  /** Pushes the row before the message: the conversation may not be in the peers' lists. */
  async #introduce(conversation: string, { seq, published }: { seq: number; published: Published }): Promise<void> {
    const known: Known = { seq, epoch: '', held: [published] }
    this.#remember(conversation, known)
    try {
      const page = await this.#store.read(conversation, { limit: 1 })
      known.epoch = page.head.epoch
      this.#pushRowOf(conversation, page)
    } catch (error) {
      unlessAway(this.#report, 'introduce')(error)
    } finally {
      this.#release(known)
    }
  }

  #remember(conversation: string, known: Known): void {
    const all = (this.#known ??= new Map())
    all.delete(conversation)
    all.set(conversation, known)
    if (all.size <= KNOWN_COUNT) return
    const [oldest] = all.keys()
    all.delete(oldest!)
  }

  /** What was held back follows, but for what has been pushed already. */
  #release(known: Known, pushedTo = 0): void {
    const held = known.held ?? []
    known.held = undefined
    for (const { encoded, origin } of held) {
      const seq = encoded.push?.seq
      if (seq !== undefined && seq <= pushedTo) continue
      known.seq = seq ?? known.seq
      this.push(encoded, origin)
    }
  }

  /**
   * Pushes what the conversation has gained since the last message that was pushed; of one that was not heard of, since the side came to this node. Its head
   * alone where that is too much, or where the log is shorter by now: then clients see the gap and read. Resolves with whether there was anything.
   */
  async #pushMissed({ conversation, head, last, cursors }: ListRow, hasRow: boolean): Promise<boolean> {
    const known = this.#known?.get(conversation)
    if (known?.held !== undefined) return false
    if (known === undefined && last.at < this.#preparedAt) return false
    // a log that was lost begins again, with the same numbers
    const isAnother = known !== undefined && known.epoch !== '' && known.epoch !== head.epoch
    if (isAnother) known.seq = 0
    const isMissed = known?.seq !== head.seq
    if (isMissed) await this.#readMissed(conversation, known, hasRow)
    else this.#pushCursors(conversation, cursors)
    return isMissed
  }

  async #readMissed(conversation: string, before: Known | undefined, hasRow: boolean): Promise<void> {
    const known: Known = before ?? { seq: 0, epoch: '', held: undefined }
    known.held = []
    this.#remember(conversation, known)
    let pushedTo = 0
    try {
      const page = await this.#missed(conversation, before)
      if (before === undefined && !hasRow) this.#pushRowOf(conversation, page)
      for (const message of page.messages) if (before !== undefined || message.at >= this.#preparedAt) this.push(encodeMessage(message), '')
      this.#pushCursors(conversation, page.cursors)
      known.seq = pushedTo = page.head.seq
      known.epoch = page.head.epoch
    } finally {
      this.#release(known, pushedTo)
    }
  }

  async #missed(conversation: string, before: Known | undefined): Promise<Page> {
    if (before === undefined) return this.#store.read(conversation, { limit: PAGE_COUNT })
    const page = await this.#store.read(conversation, { after: before.seq, limit: PAGE_COUNT })
    return page.head.seq === page.messages.at(-1)?.seq ? page : this.#store.read(conversation, { limit: 1 })
  }

  /** A withdrawal may have been missed like any push. Only of a message that is young, so a log at rest is not read. */
  async #pushWithdrawn({ conversation, last }: ListRow): Promise<void> {
    if (last.at < this.#now() - WITHDRAWN_MS) return
    const { messages } = await this.#store.read(conversation, { limit: WITHDRAWN_COUNT })
    for (const message of messages) if (isWithdrawn(message) || hasQuote(message)) this.push(encodePush('withdrawPush', message), '')
  }

  #pushCursors(conversation: string, cursors: Page['cursors']): void {
    for (const [participant, cursor] of Object.entries(cursors)) this.push(encodePush('cursorPush', { conversation, participant, ...cursor }), '')
  }

  #pushRowOf(conversation: string, page: Page): void {
    const row = rowOfPage(this.side, { conversation, page, now: this.#now() })
    if (row !== undefined) this.push(encodePush('conversationPush', row), '')
  }

  /** Pushes the row again: the push of its last change, such as a new assignee, may have been missed. */
  #pushRow(row: ListRow): void {
    this.push(encodePush('conversationPush', rowFor(this.side, row, this.#now())), '')
  }

  /** A typing push is not sent to the writer's own other windows, but to those of colleagues. */
  #pushTyping({ encoded, origin }: Published): void {
    const { side, from } = (JSON.parse(encoded.text.slice(1)) as [string, { side?: string; from?: string }])[1]
    if (side !== this.side) return this.push(encoded, origin)
    for (const peer of this.peers) if (peer.identity.id !== from) peer.push(encoded)
  }

  /** What backends publish for the person, and nodes of the original gateway. */
  #onForeign({ encoded, origin }: Published): void {
    if (encoded.push !== undefined) return
    const message = readSideMessage(encoded)
    if (message.type === 'withdrawn') return
    if (message.type === 'notice') return this.push(encodePush('noticePush', message.data), origin)
    if (message.type === 'focus') return message.by === 'agent' ? undefined : pushFocus(this.peers, message)
    this.#report({ fact: 'publishRefused', channel: userChannel(this.side), reason: message.reason })
  }
}

const hasQuote = ({ body }: Page['messages'][number]): boolean => (body as { readonly quote?: unknown }).quote !== undefined

/**
 * The peers of one side at this node. They get whatever is published on the side's channel, to which every publish in one of its conversations goes as well.
 *
 * A conversation in which this node has pushed nothing yet may be missing from the peers' lists. So its row is read and pushed before its first message;
 * what is published in it meanwhile is held back.
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

/** After a gap, so many of the side's newest rows are compared with what was pushed. */
const CUSTOMER_NEWEST_COUNT = 50
const SHOP_NEWEST_COUNT = 200
/** A side remembers of so many conversations what was pushed, in about 150 bytes each. Of one that was forgotten, the row is pushed once more. */
const KNOWN_COUNT = 20_000
/** Messages read at once of a conversation in which publishes were missed. */
const PAGE_COUNT = 100
/** Rows that a shop's peers get again after a gap: far fewer bytes than a slow reader may be behind. */
const ROWS_AFTER_GAP = 50
/** After a gap: of conversations in which somebody wrote within this time, so many of the newest entries are looked at for withdrawn ones. */
const WITHDRAWN_MS = 900_000
const WITHDRAWN_COUNT = 50

/** A message is written at most so long after its time: its sender's gateway waits for the store. Then its reader may have come in between. */
const UNDER_WAY_MS = 10_000

/** What is known of a conversation. */
interface Known {
  /** Seq of the last message that was pushed to the peers. */
  seq: number
  /** Epoch of the log when it was last read; '' where it never was. */
  epoch: string
  /** What has been published while the row, or what was missed, is being read; undefined: nothing is being read. */
  held: Published[] | undefined
}

export class SideSubscription extends PeerGroup {
  readonly side: string
  readonly #store: Store
  readonly #report: Report
  readonly #now: () => number
  /** By conversation, in the order in which they became known. Made with the first message: most sides are idle. */
  #known: Map<string, Known> | undefined
  /** What is older was there when the side came. */
  #since = Infinity

  constructor(options: { side: string; backbone: Backbone; report: Report; now: () => number }) {
    super(options.backbone.bus)
    this.side = options.side
    this.#store = options.backbone.store
    this.#report = options.report
    this.#now = options.now
  }

  /** Resolves when everything published for this side from now on arrives. A failed attempt may be repeated. */
  prepare(): Promise<void> {
    this.#since = Math.min(this.#since, this.#now() - UNDER_WAY_MS)
    const own: Listening = [sideChannel(this.side), (published) => this.#onPublish(published)]
    // a shop is nobody, so no backend publishes for it
    return this.listen(isShopSide(this.side) ? [own] : [own, [userChannel(this.side), (published) => this.#onForeign(published)]])
  }

  /**
   * Publishes may have been missed: pushes what the newest conversations have gained. Resolves with false where a conversation was not compared, because it
   * was being read, perhaps since before the gap.
   */
  async afterGap(): Promise<boolean> {
    const rows = await newestRows(this.#store, this.side, isShopSide(this.side) ? SHOP_NEWEST_COUNT : CUSTOMER_NEWEST_COUNT)
    const pushedCount = isShopSide(this.side) ? ROWS_AFTER_GAP : 0
    for (const row of rows.slice(0, pushedCount)) this.#pushRow(row)
    let missedCount = 0
    let isWhole = true
    for (const [i, row] of rows.entries()) {
      if (this.#known?.get(row.conversation)?.held !== undefined) {
        isWhole = false
        continue
      }
      if (await this.#pushMissed(row, i < pushedCount)) missedCount++
      await this.#pushWithdrawn(row)
    }
    if (missedCount > 0) this.#report({ fact: 'publishMissed', conversationCount: missedCount })
    return isWhole
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
      this.#release(known)
    } catch (error) {
      unlessAway(this.#report, 'introduce')(error)
      this.#release(known)
      // the next message brings the row
      if (this.#known?.get(conversation) === known) this.#known.delete(conversation)
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

  /** Pushes what was held back, but for messages up to `pushedTo`, which the peers have. */
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
   * Pushes what the conversation has gained since the last message that was pushed; in one that is not known, since the side came to this node. Where that is too
   * much, only its head: then clients see the gap and read. Where the log is shorter by now, `resumePush` asks them to. Resolves with whether anything was missed.
   */
  async #pushMissed({ conversation, head, last, cursors }: ListRow, hasRow: boolean): Promise<boolean> {
    const known = this.#known?.get(conversation)
    if (known === undefined && last.at < this.#since) return false
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
      for (const message of page.messages) if (before !== undefined || message.at >= this.#since) this.push(encodeMessage(message), '')
      this.#pushCursors(conversation, page.cursors)
      // so that clients send again what the store has lost; else they would notice only when somebody writes
      if (before !== undefined && page.head.seq < before.seq) this.push(encodePush('resumePush', { conversation, more: true }), '')
      known.seq = pushedTo = page.head.seq
      known.epoch = page.head.epoch
    } finally {
      this.#release(known, pushedTo)
      // nothing has been pushed of it yet
      if (known.seq === 0) this.#known?.delete(conversation)
    }
  }

  async #missed(conversation: string, before: Known | undefined): Promise<Page> {
    if (before === undefined) return this.#store.read(conversation, { limit: PAGE_COUNT })
    const page = await this.#store.read(conversation, { after: before.seq, limit: PAGE_COUNT })
    // the page is empty where what the list had more has been pushed meanwhile
    return page.head.seq === (page.messages.at(-1)?.seq ?? before.seq) ? page : this.#store.read(conversation, { limit: 1 })
  }

  /** A withdrawal may have been missed like any push. Only young messages can be withdrawn, so a log at rest is not read. */
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

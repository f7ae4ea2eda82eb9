/**
 * Delivers the events of one conversation to one webhook, one after the other: the next is sent when the consumer has taken the last. The cursor is
 * stored after a few events, so that a process that dies repeats these few and loses none.
 *
 *   collection webhooks/of/<conversation>   <webhook> → cursor
 *                                           <webhook> withdrawn <seq> → client id of a message that is being withdrawn
 */
import type { Page, Store } from '../../backbone/backbone.ts'
import type { Item, Records } from '../../backbone/records.ts'
import type { Message } from '../../protocol/model.ts'
import { documentOf } from '../assignment/assignment-document.ts'
import type { Report } from '../facts.ts'
import { isWithdrawn } from '../messaging/tombstone.ts'
import type { DeadLetters } from './dead-letters.ts'
import {
  absentEvent,
  readFrom,
  recipientOf,
  removedCount,
  rewound,
  START,
  stepsOf,
  withdrawnEvent,
  type Step,
  type WebhookCursor,
} from './webhook-steps.ts'
import type { WebhookEvent, WebhookTarget } from './webhook-target.ts'

/** Messages read at once; a process that dies repeats at most so many events. */
const PAGE_COUNT = 10
/** A cursor that has not moved for so long expires. If events come after all, their mark says where to begin. */
const CURSOR_MS = 60 * 86_400_000
/** A withdrawal that has not happened after this time has failed. */
const WITHDRAWING_MS = 60_000

/** `clean`: nothing is left. `waits`: there may be something in so many ms. `failed`: the consumer did not take the next event. */
export type Outcome =
  | { readonly is: 'clean' | 'more' | 'stopped' }
  | { readonly is: 'waits'; readonly ms: number }
  | { readonly is: 'failed'; readonly reason: string }

export interface WebhookConversationOptions {
  readonly store: Pick<Store, 'read'>
  readonly records: Records
  readonly presence: { of(side: string): Promise<{ readonly online: boolean }> }
  readonly deadLetters: Pick<DeadLetters, 'add'>
  readonly now: () => number
  readonly report: Report
  readonly absentMs: number
  readonly giveUpMs: number
  /** Whether this node may deliver now. */
  readonly mayDeliver: () => boolean
}

export interface Turn {
  readonly target: WebhookTarget
  readonly conversation: string
  /** Without a cursor, events begin here; ms since the epoch. */
  readonly since: number
  /** The consumer takes events of other conversations, so a failure is about this event. */
  readonly isUp: boolean
  readonly onTaken: () => void
}

/** An event of this turn was not taken, or must not be sent now. */
class Ended extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super(outcome.is)
    this.outcome = outcome
  }
}

export class WebhookConversation {
  readonly #options: WebhookConversationOptions

  constructor(options: WebhookConversationOptions) {
    this.#options = options
  }

  /** Rejects with Unavailable while the store is away. */
  async deliver(turn: Turn): Promise<Outcome> {
    const { records, now } = this.#options
    const collection = collectionOf(turn.conversation)
    const items = await records.items(collection, now())
    const item = items.find(({ key }) => key === turn.target.id)
    const delivery = new Delivery(this.#options, turn, {
      version: item?.version ?? '',
      cursor: item === undefined ? await this.#beginning(turn) : (JSON.parse(item.value) as WebhookCursor),
    })
    try {
      const isWhole = await delivery.tellLog()
      const withdrawing = await delivery.tellWithdrawn(items)
      const absentIn = await delivery.tellAbsent()
      if (!isWhole) return { is: 'more' }
      const ms = Math.min(absentIn, withdrawing)
      return ms === Infinity ? { is: 'clean' } : { is: 'waits', ms }
    } catch (error) {
      if (error instanceof Ended) return error.outcome
      throw error
    } finally {
      await delivery.store()
    }
  }

  /** A cursor at the last message that is older than `since`: a new webhook gets no events of the past. */
  async #beginning({ conversation, since }: Turn): Promise<WebhookCursor> {
    const { store } = this.#options
    let first = Infinity
    let page: Page
    let older: Message | undefined
    do {
      page = await store.read(conversation, first === Infinity ? { limit: PAGE_COUNT } : { before: first, limit: PAGE_COUNT })
      older = page.messages.findLast(({ at }) => at < since)
      first = page.messages[0]?.seq ?? first
    } while (older === undefined && page.messages.length > 0 && first > 1)
    const { seq, id } = older ?? { seq: first === Infinity ? 0 : first - 1, id: '' }
    const past = documentOf(page.assignment)?.past?.findLast(({ at }) => at < since)?.n ?? 0
    return { ...START, epoch: page.head.epoch, seq, id, past, absent: seq }
  }
}

class Delivery {
  readonly #options: WebhookConversationOptions
  readonly #turn: Turn
  #cursor: WebhookCursor
  #stored: string
  #version: string

  constructor(options: WebhookConversationOptions, turn: Turn, { version, cursor }: { version: string; cursor: WebhookCursor }) {
    this.#options = options
    this.#turn = turn
    this.#cursor = cursor
    this.#version = version
    this.#stored = version === '' ? '' : JSON.stringify(cursor)
  }

  /** Messages and steps of the assignment. Resolves with whether nothing is left. */
  async tellLog(): Promise<boolean> {
    const { conversation } = this.#turn
    const { store, report } = this.#options
    const read = () => store.read(conversation, { after: readFrom(this.#cursor), limit: PAGE_COUNT + 1 })
    let page = await read()
    const back = rewound(page, this.#cursor)
    if (back !== undefined) {
      this.#cursor = back
      page = await read()
    }
    // another log than the cursor's is read from its beginning
    if (page.head.epoch !== this.#cursor.epoch && this.#cursor.seq > 0) {
      this.#cursor = { ...this.#cursor, epoch: page.head.epoch, seq: 0, id: '', absent: 0 }
      page = await read()
    }
    const removed = removedCount(page, this.#cursor)
    if (removed > 0) report({ fact: 'webhookMissed', webhook: this.#turn.target.address, conversation, count: removed })
    const past = documentOf(page.assignment)?.past ?? []
    for (const step of stepsOf(conversation, page, { cursor: this.#cursor, past })) await this.#take(step)
    return this.#cursor.seq >= page.head.seq
  }

  /** Resolves with how long to wait for withdrawals under way, in ms. */
  async tellWithdrawn(items: readonly Item[]): Promise<number> {
    const { target, conversation } = this.#turn
    const { store, records, now } = this.#options
    const start = `${target.id} withdrawn `
    let ms = Infinity
    for (const { key, value, version } of items) {
      if (!key.startsWith(start)) continue
      const seq = Number(key.slice(start.length))
      // the message itself comes first
      if (seq > this.#cursor.seq) continue
      const [message] = (await store.read(conversation, { after: seq - 1, limit: 1 })).messages
      const { at } = JSON.parse(value) as { at: number }
      const isDone = message?.seq === seq && isWithdrawn(message)
      const leftMs = at + WITHDRAWING_MS - now()
      if (!isDone && leftMs > 0) {
        ms = Math.min(ms, 1000)
        continue
      }
      if (isDone) await this.#take({ event: withdrawnEvent(message), cursor: this.#cursor })
      await records.remove({ collection: collectionOf(conversation), key, now: now(), expect: version })
    }
    return ms
  }

  /** Resolves with how long to wait until somebody may be absent, in ms. */
  async tellAbsent(): Promise<number> {
    const { target, conversation } = this.#turn
    const { store, presence, now, absentMs } = this.#options
    if (!target.wants('absent') || this.#cursor.absent >= this.#cursor.seq) return Infinity
    const { messages, cursors } = await store.read(conversation, { after: this.#cursor.absent, limit: PAGE_COUNT })
    const there = new Map<string, boolean>()
    for (const message of messages) {
      if (message.seq > this.#cursor.seq) break
      const to = recipientOf(message)
      const cursor = { ...this.#cursor, absent: message.seq }
      const isSettled = to === undefined || isWithdrawn(message) || (cursors[to]?.delivered ?? 0) >= message.seq
      const leftMs = message.at + absentMs - now()
      if (!isSettled && leftMs > 0) return leftMs
      if (!isSettled && !there.has(to)) there.set(to, (await presence.of(to)).online)
      await this.#take({ event: isSettled || there.get(to) === true ? undefined : absentEvent(message, to), cursor })
    }
    return this.#cursor.absent < this.#cursor.seq ? 0 : Infinity
  }

  /** If another node has stored a cursor meanwhile, that node delivers now, and its cursor stays. */
  async store(): Promise<void> {
    const { records, now } = this.#options
    const value = JSON.stringify(this.#cursor)
    if (value === this.#stored) return
    const item = { collection: collectionOf(this.#turn.conversation), key: this.#turn.target.id, now: now() }
    const put = await records.put({ ...item, value, expect: this.#version, expiresAt: now() + CURSOR_MS })
    if (!put.isPut) return
    this.#stored = value
    this.#version = put.version
  }

  async #take({ event, cursor }: Step): Promise<void> {
    if (event !== undefined && this.#turn.target.wants(event.type)) await this.#send(event)
    const { failingSince: _, ...moved } = cursor
    this.#cursor = moved
  }

  async #send(event: WebhookEvent): Promise<void> {
    const { mayDeliver, now, giveUpMs, deadLetters, report } = this.#options
    const { target, isUp, onTaken } = this.#turn
    if (!mayDeliver()) throw new Ended({ is: 'stopped' })
    const reason = await target.send(event)
    report({ fact: 'webhookSent', webhook: target.address, isTaken: reason === undefined })
    if (reason === undefined) return onTaken()
    const failingSince = this.#cursor.failingSince ?? now()
    this.#cursor = { ...this.#cursor, failingSince }
    if (!isUp || now() - failingSince < giveUpMs) throw new Ended({ is: 'failed', reason })
    await deadLetters.add({ target, event, reason, failingSince })
    report({ fact: 'webhookGivenUp', webhook: target.address, conversation: event.data.conversation, type: event.type, reason })
  }
}

export const collectionOf = (conversation: string): string => `webhooks/of/${conversation}`

export const withdrawingKey = (target: Pick<WebhookTarget, 'id'>, seq: number): string => `${target.id} withdrawn ${seq}`

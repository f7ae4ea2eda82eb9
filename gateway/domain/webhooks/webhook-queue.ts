/**
 * The conversations with events for one webhook. Several are delivered at a time, each of them in one turn after the other.
 *
 *   ready ──turn──▶ clean, or ready again (more, changed meanwhile), or later (waits, failed)
 *
 * After some failures without a success the consumer counts as down: then one turn at a time tries, ever more rarely, each time another
 * conversation, until one is taken. If the consumer refuses one conversation's event and takes others, that conversation alone waits.
 */
import { LRUCache } from 'lru-cache'
import type { Report } from '../facts.ts'
import type { Mark } from './webhook-marks.ts'
import type { Outcome, Turn } from './webhook-conversation.ts'
import type { WebhookTarget } from './webhook-target.ts'

const TURN_COUNT = 16
/** Conversations in memory; the others have their marks, which are read again later. */
const HELD_COUNT = 10_000
/** So many failures without a success: the consumer is down. */
const DOWN_COUNT = 5
const DOWN_MS = [1000, 60_000] as const
const CONVERSATION_MS = [1000, 3_600_000] as const
/** A mark that has not changed is looked at again after this time: the publish that something has changed may be lost between nodes. */
const CLEAN_MS = 10_000

interface Failing {
  readonly count: number
  /** How many successes the webhook had when it last failed. */
  readonly takenCount: number
}

export class WebhookQueue {
  readonly target: WebhookTarget
  /** Ms since the epoch; nothing older is delivered. */
  begunAt = 0
  readonly #deliver: (turn: Turn) => Promise<Outcome>
  readonly #uptime: () => number
  readonly #report: Report
  readonly #ready = new Map<string, Mark>()
  readonly #later = new Map<string, { readonly mark: Mark; readonly at: number }>()
  readonly #turns = new Map<string, { isChanged: boolean; mark: Mark }>()
  readonly #failing = new Map<string, Failing>()
  readonly #clean = new LRUCache<string, { readonly version: string; readonly at: number }>({ max: HELD_COUNT })
  #takenCount = 0
  /** Failures since the last success. */
  #failedCount = 0
  #nextTryAt = -Infinity

  constructor(options: { target: WebhookTarget; deliver: (turn: Turn) => Promise<Outcome>; uptime: () => number; report: Report }) {
    this.target = options.target
    this.#deliver = options.deliver
    this.#uptime = options.uptime
    this.#report = options.report
  }

  /** How many conversations have events that are not delivered yet. */
  get waitingCount(): number {
    return this.#ready.size + this.#later.size + this.#turns.size
  }

  /** `isChanged`: something has been written; else the conversation is read again from time to time. */
  add(mark: Mark, isChanged: boolean): void {
    const { conversation } = mark
    const turn = this.#turns.get(conversation)
    if (turn !== undefined) {
      turn.isChanged ||= isChanged
      turn.mark = mark
      return
    }
    if (this.#ready.has(conversation) || (this.#later.has(conversation) && this.#failing.has(conversation))) return
    if (!isChanged && (this.#later.has(conversation) || this.#isClean(mark, CLEAN_MS))) return
    if (this.#ready.size + this.#later.size >= HELD_COUNT) return
    this.#later.delete(conversation)
    this.#ready.set(conversation, mark)
    this.#clean.delete(conversation)
  }

  /** Whether nothing was left of what this mark stands for. */
  isDone(mark: Mark): boolean {
    return this.#isClean(mark, 2 * CLEAN_MS) && !this.#ready.has(mark.conversation) && !this.#turns.has(mark.conversation)
  }

  /** To be called a few times a second. */
  tick(): void {
    const now = this.#uptime()
    for (const [conversation, { mark, at }] of this.#later) {
      if (at > now) continue
      this.#later.delete(conversation)
      this.#ready.set(conversation, mark)
    }
    this.pump()
  }

  /** Begins as many turns as may be. */
  pump(): void {
    for (const [conversation, mark] of this.#ready) {
      if (this.#turns.size >= (this.#isDown ? 1 : TURN_COUNT) || this.#uptime() < this.#nextTryAt) return
      this.#ready.delete(conversation)
      this.#turns.set(conversation, { isChanged: false, mark })
      void this.#run(mark)
    }
  }

  /** Another node delivers now. */
  clear(): void {
    for (const each of [this.#ready, this.#later, this.#failing, this.#clean]) each.clear()
  }

  get #isDown(): boolean {
    return this.#failedCount >= DOWN_COUNT
  }

  #isClean({ conversation, version }: Mark, maxMs: number): boolean {
    const clean = this.#clean.get(conversation)
    return clean?.version === version && this.#uptime() - clean.at < maxMs
  }

  async #run({ conversation, since, version }: Mark): Promise<void> {
    let outcome: Outcome
    const failing = this.#failing.get(conversation)
    const isUp = failing !== undefined && this.#takenCount > failing.takenCount
    try {
      outcome = await this.#deliver({
        target: this.target,
        conversation,
        since: Math.max(since, this.begunAt),
        isUp,
        onTaken: () => this.#taken(conversation),
      })
    } catch (error) {
      // while the store is away nothing is read; the mark stays
      if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'webhooks', error })
      outcome = { is: 'waits', ms: 1000 }
    }
    const { isChanged, mark } = this.#turns.get(conversation)!
    this.#turns.delete(conversation)
    if (outcome.is === 'failed') this.#failed(mark, outcome.reason)
    else if (outcome.is === 'more' || (isChanged && outcome.is !== 'stopped')) this.#ready.set(conversation, mark)
    else if (outcome.is === 'waits') this.#later.set(conversation, { mark, at: this.#uptime() + outcome.ms })
    else if (outcome.is === 'clean') this.#clean.set(conversation, { version, at: this.#uptime() })
    this.pump()
  }

  #taken(conversation: string): void {
    this.#takenCount++
    this.#failing.delete(conversation)
    this.#nextTryAt = -Infinity
    if (this.#isDown) this.#report({ fact: 'partSeen', part: `The webhook ${this.target.address}`, problem: undefined })
    this.#failedCount = 0
  }

  #failed(mark: Mark, reason: string): void {
    const { conversation } = mark
    const count = (this.#failing.get(conversation)?.count ?? 0) + 1
    this.#failing.set(conversation, { count, takenCount: this.#takenCount })
    this.#failedCount++
    const now = this.#uptime()
    if (this.#isDown) this.#nextTryAt = now + backOff(this.#failedCount - DOWN_COUNT + 1, DOWN_MS)
    // a consumer that is down fails every conversation: then they all wait for the webhook, not each for itself
    const ms = this.#isDown ? 0 : backOff(count, CONVERSATION_MS)
    this.#later.set(conversation, { mark, at: now + ms })
    const { address } = this.target
    if (!this.#isDown) return this.#report({ fact: 'webhookRefused', webhook: address, conversation, reason })
    this.#report({ fact: 'partSeen', part: `The webhook ${address}`, problem: `${reason}. Its events wait in the logs and are tried again.` })
  }
}

const backOff = (count: number, [first, most]: readonly [number, number]): number => Math.min(most, first * 2 ** Math.min(count - 1, 30))

/**
 * Delivers events to the operator's webhooks. One node of a store does it, by a lease; when it dies another takes over, with the cursors that are
 * stored. It reads the marks of all conversations again and again. Other nodes also publish what has just changed, so that it is
 * delivered at once; such a publish may be lost.
 */
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import { conversationTag, WEBHOOK_CHANNEL } from '../../protocol/keys.ts'
import type { Report } from '../facts.ts'
import { MARK_MS, MARK_TAGS, type Mark, type WebhookMarks } from './webhook-marks.ts'
import type { WebhookQueue } from './webhook-queue.ts'

const LEASE_MS = 20_000
const RENEW_MS = 5000
/** How long a delivery may take: none begins later than this before the lease ends. */
export const SEND_MS = 10_000
/** The marks of a tag are read about once a second, and less often where there are many. */
const LOOK_MS = 1000
const LOOK_MS_PER_MARK = 5
/** How many changes this node collects for its next publish to the node that delivers. */
const PUBLISHED_COUNT = 1000
const KNOWN_COUNT = 10_000
const LEASE = { collection: 'webhooks', key: 'lease' } as const

export interface WebhooksOptions {
  readonly records: Records
  readonly bus: Bus
  readonly marks: WebhookMarks
  readonly queues: readonly WebhookQueue[]
  readonly now: () => number
  readonly uptime: () => number
  readonly node: string
  /** No other node uses the store: what was leased before is this node's own, from before it was killed. */
  readonly isAlone: boolean
  readonly report: Report
}

export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #nextLook = new Map<string, number>()
  readonly #changed = new Set<string>()
  /** Marks as last seen. */
  readonly #known = new LRUCache<string, Mark>({ max: KNOWN_COUNT })
  #lease: { readonly version: string; readonly until: number; readonly renewAt: number } | undefined
  #askAt = -Infinity
  /** Conversations that have changed, and whose marks this node has not read yet. */
  readonly #unknown = new Set<string>()
  readonly #startedAt: number
  #isTicking = false
  #isHearing = false
  #isClosed = false

  constructor(options: WebhooksOptions) {
    this.#options = options
    this.#startedAt = options.now()
  }

  /** Whether this node may begin a delivery now. */
  get mayDeliver(): boolean {
    return !this.#isClosed && this.#lease !== undefined && this.#options.uptime() < this.#lease.until - SEND_MS
  }

  /** To be called after each change. The caller does not wait for what follows. */
  changed(conversation: string): void {
    if (this.mayDeliver) this.#add(conversation)
    else if (this.#changed.size < PUBLISHED_COUNT) this.#changed.add(conversation)
  }

  /** To be called a few times a second. */
  async tick(): Promise<void> {
    if (this.#isTicking || this.#isClosed) return
    this.#isTicking = true
    try {
      await this.#hold()
      await this.#options.marks.settleOwed()
      if (this.mayDeliver) await this.#look()
      else await this.#tell()
    } finally {
      this.#isTicking = false
    }
  }

  /** Lets another node deliver. */
  async close(): Promise<void> {
    this.#isClosed = true
    const lease = this.#lease
    this.#drop()
    if (lease !== undefined) await this.#options.records.remove({ ...LEASE, now: this.#options.now(), expect: lease.version })
  }

  /** Takes the lease where nobody has it, and renews it. */
  async #hold(): Promise<void> {
    const { records, now, uptime, node, isAlone } = this.#options
    if (this.#lease !== undefined && uptime() >= this.#lease.until) this.#drop()
    if (uptime() < (this.#lease?.renewAt ?? this.#askAt)) return
    if (!this.#isHearing) await this.#hear()
    const asked = uptime()
    this.#askAt = asked + LOOK_MS
    const expect = this.#lease?.version ?? (isAlone ? undefined : '')
    const lease = { ...LEASE, value: node, now: now(), expiresAt: now() + LEASE_MS }
    const put = await records.put(expect === undefined ? lease : { ...lease, expect })
    // a repeated call of the driver finds its own lease
    const version = put.isPut ? put.version : put.found?.value === node ? put.found.version : undefined
    if (version === undefined) return this.#drop()
    if (this.#lease === undefined) await this.#begin()
    this.#lease = { version, until: asked + LEASE_MS, renewAt: asked + RENEW_MS }
  }

  /** A webhook that no node has known gets what happens from this node's start on. */
  async #begin(): Promise<void> {
    const { records, now, queues } = this.#options
    for (const queue of queues) {
      const put = await records.put({
        collection: LEASE.collection,
        key: `begun ${queue.target.id}`,
        value: String(this.#startedAt),
        now: now(),
        expect: '',
      })
      queue.begunAt = put.isPut ? this.#startedAt : Number(put.found?.value ?? this.#startedAt)
    }
  }

  #drop(): void {
    this.#lease = undefined
    this.#nextLook.clear()
    this.#known.clear()
    this.#unknown.clear()
    for (const queue of this.#options.queues) queue.clear()
  }

  async #hear(): Promise<void> {
    await this.#options.bus.subscribe(WEBHOOK_CHANNEL, ({ packet }) => {
      if (!this.mayDeliver) return
      for (const conversation of changedIn(packet)) this.#add(conversation)
    })
    this.#isHearing = true
  }

  async #tell(): Promise<void> {
    if (this.#changed.size === 0) return
    const all = [...this.#changed]
    this.#changed.clear()
    await this.#options.bus.publish(WEBHOOK_CHANNEL, '', JSON.stringify(all))
  }

  #add(conversation: string): void {
    const mark = this.#known.get(conversation)
    if (mark === undefined) {
      // the next look finds its mark
      if (this.#unknown.size < KNOWN_COUNT) this.#unknown.add(conversation)
      this.#nextLook.set(conversationTag(conversation), -Infinity)
      return
    }
    for (const queue of this.#options.queues) {
      queue.add(mark, true)
      queue.pump()
    }
  }

  async #look(): Promise<void> {
    const { marks, queues, uptime } = this.#options
    const due = MARK_TAGS.filter((tag) => (this.#nextLook.get(tag) ?? -Infinity) <= uptime())
    await Promise.all(
      due.map(async (tag) => {
        const begun = uptime()
        this.#nextLook.set(tag, Infinity)
        const all = await marks.all(tag)
        if (this.#nextLook.get(tag) === Infinity) this.#nextLook.set(tag, begun + Math.max(LOOK_MS, all.length * LOOK_MS_PER_MARK))
        for (const mark of all) {
          this.#known.set(mark.conversation, mark)
          const isChanged = this.#unknown.delete(mark.conversation)
          for (const queue of queues) queue.add(mark, isChanged)
        }
        await Promise.all(all.filter((mark) => this.#isOver(mark)).map((mark) => this.#remove(mark)))
      }),
    )
    for (const queue of queues) queue.tick()
  }

  async #remove(mark: Mark): Promise<void> {
    this.#known.delete(mark.conversation)
    await this.#options.marks.remove(mark)
  }

  #isOver(mark: Mark): boolean {
    return this.#options.now() - mark.at > MARK_MS && this.#options.queues.every((queue) => queue.isDone(mark))
  }
}

/** The conversations in another node's publish; none where it has another form. Their marks are read anyway. */
function changedIn(packet: Buffer): string[] {
  try {
    const conversations: unknown = JSON.parse(packet.toString())
    return Array.isArray(conversations) ? conversations.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

/**
 * What agents see beside a conversation: what the operator's backend knows of the customer, what the customer looks at, when they were
 * in contact before. The backend may be slow or dead without anybody waiting for it:
 *
 *   unknown ──ask──▶ asked ──answer──▶ ready | empty ──FRESH_MS──▶ old, asked again
 *                      │ after SLOW_MS the agent is told `slow`; the asking goes on, and the next question finds its answer
 *                      └──failure──▶ down for DOWN_MS, then asked again
 *
 * An older answer is shown while a newer one is not there. A customer is asked for once at a time, however many want to know.
 */
import type { Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { CustomerInfo, Identity } from '../../protocol/model.ts'
import { access, type Caller } from '../messaging/access.ts'
import { contactSpans } from './contact-spans.ts'
import { blockOf } from '../messaging/standing-block.ts'
import { Refusal } from '../refusal.ts'
import type { Viewing } from '../presence/viewing.ts'

/** The operator's own system that knows customers. */
export interface CustomerBackend {
  /**
   * What it knows; undefined where it knows nothing of them. Rejects when it failed, after a time of its own at the latest; it has
   * reported why. What it resolves with keeps to the schema, and its addresses can be shown.
   */
  ask(customer: string, shop: string): Promise<CustomerInfo | undefined>
}

const SLOW_MS = 700
const FRESH_MS = 30_000
const DOWN_MS = 2000
/** Asked for at once; more have to come again. */
const ASKED_COUNT = 64
const KNOWN_COUNT = 2000
/** Of all answers kept, as JSON. */
const KNOWN_LENGTH = 16_000_000
const CONTACT_COUNT = 300

type Answer = CommandAnswer<'customer'>
type Told = Pick<Answer, 'state' | 'info' | 'at'>

interface Known {
  info?: CustomerInfo | undefined
  /** When the backend said so, in ms since the epoch, and by `uptime`; absent: it has not said anything yet. */
  at?: number
  answeredAt?: number
  length: number
  failedAt: number
  /** Never rejects. */
  asked?: Promise<void> | undefined
}

export class Customers {
  readonly #store: Store
  readonly #viewing: Viewing
  readonly #backend: CustomerBackend | undefined
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** By shop and customer; the one asked for longest ago first. */
  readonly #known = new Map<string, Known>()
  #length = 0
  #askedCount = 0

  constructor(options: {
    store: Store
    viewing: Viewing
    backend: CustomerBackend | undefined
    now: () => number
    uptime: () => number
    /** Resolves after `ms`, or does anything at all once `signal` has aborted. */
    wait: (ms: number, signal: AbortSignal) => Promise<void>
  }) {
    this.#store = options.store
    this.#viewing = options.viewing
    this.#backend = options.backend
    this.#now = options.now
    this.#uptime = options.uptime
    this.#wait = options.wait
  }

  /** How many customers are remembered, and how long what is known of them is as JSON. */
  get size(): { readonly count: number; readonly length: number } {
    return { count: this.#known.size, length: this.#length }
  }

  /** Only about who has a conversation with the shop: its agents are not to look up the customers of others. */
  async of({ identity }: Caller, input: CommandInput<'customer'>): Promise<Answer> {
    const { conversation, theirs } = access(identity, input)
    const { head, messages, service } = await this.#store.read(conversation, { limit: CONTACT_COUNT })
    if (head.seq === 0) throw new Refusal('unknown_conversation')
    const isBlocked = blockOf({ conversation, side: theirs, service }, this.#now()) !== undefined
    const [told, viewing] = await Promise.all([this.#look(theirs, identity), isBlocked ? undefined : this.#viewing.of(conversation)])
    const earlier = contactSpans(messages, this.#now())
    return {
      ok: true,
      ...told,
      ...(viewing === undefined ? undefined : { viewing }),
      ...(earlier.length === 0 ? undefined : { earlier }),
    }
  }

  async #look(customer: string, { shop = '' }: Identity): Promise<Told> {
    if (this.#backend === undefined) return { state: 'off' }
    const key = `${shop} ${customer}`
    const known = this.#remember(key)
    const now = this.#uptime()
    if (known.answeredAt !== undefined && now - known.answeredAt < FRESH_MS) return told(known)
    if (known.asked === undefined) {
      if (now - known.failedAt < DOWN_MS) return { ...old(known), state: 'down' }
      if (this.#askedCount >= ASKED_COUNT) return { ...old(known), state: 'slow' }
      known.asked = this.#ask(key, () => this.#backend!.ask(customer, shop))
    }
    const answered = new AbortController()
    const isAnswered = await Promise.race([known.asked.then(() => true), this.#wait(SLOW_MS, answered.signal).then(() => false)])
    answered.abort()
    return isAnswered ? told(known) : { ...old(known), state: 'slow' }
  }

  async #ask(key: string, ask: () => Promise<CustomerInfo | undefined>): Promise<void> {
    const known = this.#known.get(key)!
    this.#askedCount++
    try {
      const info = await ask()
      Object.assign(known, { info, at: this.#now(), answeredAt: this.#uptime(), failedAt: -Infinity })
      this.#weigh(key, known)
    } catch {
      known.failedAt = this.#uptime()
    }
    this.#askedCount--
    known.asked = undefined
  }

  /** Makes it the one that is forgotten last. */
  #remember(key: string): Known {
    const known = this.#known.get(key) ?? { length: 0, failedAt: -Infinity }
    this.#known.delete(key)
    this.#known.set(key, known)
    this.#forget(known)
    return known
  }

  #weigh(key: string, known: Known): void {
    if (this.#known.get(key) !== known) return // forgotten meanwhile
    const length = known.info === undefined ? 0 : JSON.stringify(known.info).length
    this.#length += length - known.length
    known.length = length
    this.#forget(known)
  }

  #forget(except: Known): void {
    for (const [key, known] of this.#known) {
      if (this.#known.size <= KNOWN_COUNT && this.#length <= KNOWN_LENGTH) return
      if (known === except) continue
      this.#known.delete(key)
      this.#length -= known.length
    }
  }
}

/** What is known for certain: the newest answer, or that the newest asking failed. */
function told(known: Known): Told {
  if (known.failedAt !== -Infinity) return { ...old(known), state: 'down' }
  return known.info === undefined ? { state: 'empty', at: known.at! } : { ...old(known), state: 'ready' }
}

const old = ({ info, at }: Known): Pick<Told, 'info' | 'at'> => (info === undefined || at === undefined ? {} : { info, at })

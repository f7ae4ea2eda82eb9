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
import { LRUCache } from 'lru-cache'
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

/** What the last asking brought, and what is still known from those before it. */
interface Known {
  readonly info?: CustomerInfo | undefined
  /** When the backend said so, in ms since the epoch, and by `uptime`; absent: it has not said anything yet. */
  readonly at?: number
  readonly answeredAt?: number
  /** By `uptime`; absent: the last asking was answered. */
  readonly failedAt?: number
}

export class Customers {
  readonly #store: Store
  readonly #viewing: Viewing
  readonly #backend: CustomerBackend | undefined
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** By shop and customer; the ones used longest ago go. */
  readonly #known = new LRUCache<string, Known>({ max: KNOWN_COUNT, maxSize: KNOWN_LENGTH, sizeCalculation: lengthOf })
  /** Those under way, by the same. They never reject. */
  readonly #asked = new Map<string, Promise<Known>>()

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

  /** How many customers are remembered, and how long that is as JSON. */
  get size(): { readonly count: number; readonly length: number } {
    return { count: this.#known.size, length: this.#known.calculatedSize }
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
    const known = this.#known.get(key)
    const now = this.#uptime()
    if (known?.answeredAt !== undefined && now - known.answeredAt < FRESH_MS) return told(known)
    let asked = this.#asked.get(key)
    if (asked === undefined) {
      if (known?.failedAt !== undefined && now - known.failedAt < DOWN_MS) return { ...old(known), state: 'down' }
      if (this.#asked.size >= ASKED_COUNT) return { ...old(known), state: 'slow' }
      asked = this.#ask(key, () => this.#backend!.ask(customer, shop))
      this.#asked.set(key, asked)
    }
    const answered = new AbortController()
    const answer = await Promise.race([asked, this.#wait(SLOW_MS, answered.signal).then(() => undefined)])
    answered.abort()
    return answer === undefined ? { ...old(this.#known.peek(key)), state: 'slow' } : told(answer)
  }

  async #ask(key: string, ask: () => Promise<CustomerInfo | undefined>): Promise<Known> {
    const known = await ask().then(
      (info): Known => ({ info, at: this.#now(), answeredAt: this.#uptime() }),
      (): Known => ({ ...this.#known.peek(key), failedAt: this.#uptime() }),
    )
    this.#asked.delete(key)
    this.#known.set(key, known)
    return known
  }
}

const lengthOf = ({ info = {} }: Known): number => JSON.stringify(info).length

/** What is known for certain: the newest answer, or that the newest asking failed. */
function told(known: Known): Told {
  if (known.failedAt !== undefined) return { ...old(known), state: 'down' }
  return known.info === undefined ? { state: 'empty', at: known.at! } : { ...old(known), state: 'ready' }
}

const old = ({ info, at }: Known = {}): Pick<Told, 'info' | 'at'> => (info === undefined || at === undefined ? {} : { info, at })

/**
 * What agents see beside a conversation: what the operator's backend knows about the customer, what the customer is viewing, and when they
 * were in contact before. Nobody waits long for a backend that is slow or down:
 *
 *   unknown ──request──▶ requested ──answer──▶ ready | empty ──FRESH_MS──▶ old, requested again
 *                          │ after SLOW_MS the agent gets `slow`; the request goes on, and the next command finds its answer
 *                          └──failure──▶ down for DOWN_MS, then requested again
 *
 * The last answer is shown until a newer one arrives. At most one request a customer is under way, however many agents ask.
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
   * Resolves with what the backend knows; undefined if it does not know the customer. Rejects when it failed or its own time limit is over,
   * and has then reported why. The result must match the schema, with addresses that are safe to show.
   */
  ask(customer: string, shop: string): Promise<CustomerInfo | undefined>
}

const SLOW_MS = 700
const FRESH_MS = 30_000
const DOWN_MS = 2000
/** Requests under way at once; further commands are answered `slow`. */
const REQUEST_COUNT = 64
const KNOWN_COUNT = 2000
/** Length of all remembered answers, as JSON. */
const KNOWN_LENGTH = 16_000_000
const CONTACT_COUNT = 300

type Answer = CommandAnswer<'customer'>
type Outcome = Pick<Answer, 'state' | 'info' | 'at'>

/** The outcome of the last request, and the last answer if that request failed. */
interface Known {
  readonly info?: CustomerInfo | undefined
  /** When the backend answered, in ms since the epoch, and by `uptime`; absent: it has not answered yet. */
  readonly at?: number
  readonly answeredAt?: number
  /** By `uptime`; absent: the last request was answered. */
  readonly failedAt?: number
}

export class Customers {
  readonly #store: Store
  readonly #viewing: Viewing
  readonly #backend: CustomerBackend | undefined
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** By shop and customer. */
  readonly #known = new LRUCache<string, Known>({ max: KNOWN_COUNT, maxSize: KNOWN_LENGTH, sizeCalculation: lengthOf })
  /** Requests under way, by the same key. They never reject. */
  readonly #requests = new Map<string, Promise<Known>>()

  constructor(options: {
    store: Store
    viewing: Viewing
    backend: CustomerBackend | undefined
    now: () => number
    uptime: () => number
    /** Resolves after `ms`; after `signal` has aborted its outcome is ignored. */
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

  /** Answers only for customers who have a conversation with the shop: its agents must not look up those of others. */
  async of({ identity }: Caller, input: CommandInput<'customer'>): Promise<Answer> {
    const { conversation, theirs } = access(identity, input)
    const { head, messages, assignment } = await this.#store.read(conversation, { limit: CONTACT_COUNT })
    if (head.seq === 0) throw new Refusal('unknown_conversation')
    const isBlocked = blockOf({ conversation, side: theirs, assignment }, this.#now()) !== undefined
    const [outcome, viewing] = await Promise.all([this.#look(theirs, identity), isBlocked ? undefined : this.#viewing.of(conversation)])
    const earlier = contactSpans(messages, this.#now())
    return {
      ok: true,
      ...outcome,
      ...(viewing === undefined ? undefined : { viewing }),
      ...(earlier.length === 0 ? undefined : { earlier }),
    }
  }

  async #look(customer: string, { shop = '' }: Identity): Promise<Outcome> {
    if (this.#backend === undefined) return { state: 'off' }
    const key = `${shop} ${customer}`
    const known = this.#known.get(key)
    const now = this.#uptime()
    if (known?.answeredAt !== undefined && now - known.answeredAt < FRESH_MS) return outcomeOf(known)
    let request = this.#requests.get(key)
    if (request === undefined) {
      if (known?.failedAt !== undefined && now - known.failedAt < DOWN_MS) return { ...infoOf(known), state: 'down' }
      if (this.#requests.size >= REQUEST_COUNT) return { ...infoOf(known), state: 'slow' }
      request = this.#ask(key, () => this.#backend!.ask(customer, shop))
      this.#requests.set(key, request)
    }
    const answered = new AbortController()
    const answer = await Promise.race([request, this.#wait(SLOW_MS, answered.signal).then(() => undefined)])
    answered.abort()
    return answer === undefined ? { ...infoOf(this.#known.peek(key)), state: 'slow' } : outcomeOf(answer)
  }

  async #ask(key: string, ask: () => Promise<CustomerInfo | undefined>): Promise<Known> {
    const known = await ask().then(
      (info): Known => ({ info, at: this.#now(), answeredAt: this.#uptime() }),
      (): Known => ({ ...this.#known.peek(key), failedAt: this.#uptime() }),
    )
    this.#requests.delete(key)
    this.#known.set(key, known)
    return known
  }
}

const lengthOf = ({ info = {} }: Known): number => JSON.stringify(info).length

/** The newest answer, or `down` with the one before it if the newest request failed. */
function outcomeOf(known: Known): Outcome {
  if (known.failedAt !== undefined) return { ...infoOf(known), state: 'down' }
  return known.info === undefined ? { state: 'empty', at: known.at! } : { ...infoOf(known), state: 'ready' }
}

const infoOf = ({ info, at }: Known = {}): Pick<Outcome, 'info' | 'at'> => (info === undefined || at === undefined ? {} : { info, at })

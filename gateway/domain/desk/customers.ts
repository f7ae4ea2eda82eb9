/**
 * What agents see beside a conversation: what the operator's backend knows about the customer, what the customer is viewing, and when they
 * were in contact before.
 */
import type { Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { CustomerInfo, Identity } from '../../protocol/model.ts'
import { BackendAnswers, type BackendAnswersOptions } from '../backend-answers.ts'
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

const CONTACT_COUNT = 300

type Answer = CommandAnswer<'customer'>
type Outcome = Pick<Answer, 'state' | 'info' | 'at'>

export class Customers {
  readonly #store: Store
  readonly #viewing: Viewing
  readonly #backend: CustomerBackend | undefined
  readonly #now: () => number
  /** By shop and customer. */
  readonly #answers: BackendAnswers<CustomerInfo>

  constructor(options: { store: Store; viewing: Viewing; backend: CustomerBackend | undefined } & BackendAnswersOptions) {
    this.#store = options.store
    this.#viewing = options.viewing
    this.#backend = options.backend
    this.#now = options.now
    this.#answers = new BackendAnswers(options)
  }

  /** How many customers are remembered, and how long that is as JSON. */
  get size(): BackendAnswers<CustomerInfo>['size'] {
    return this.#answers.size
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

  /** What a backend has said about the person is not remembered any more. */
  forget(customer: string): void {
    this.#answers.forget((key) => key.endsWith(` ${customer}`))
  }

  #look(customer: string, { shop = '' }: Identity): Promise<Outcome> {
    const backend = this.#backend
    if (backend === undefined) return Promise.resolve({ state: 'off' })
    return this.#answers.look(`${shop} ${customer}`, () => backend.ask(customer, shop))
  }
}

/**
 * What customers say of a conversation with a shop after it was closed: one to five, and a few words. The rating is part of the assignment, which
 * agents see, until the conversation opens again; the shop's report counts it.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { Report } from '../facts.ts'
import { access, type Caller } from '../messaging/access.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { isInvisible } from '../untrusted-text.ts'
import { documentOf, type AssignmentDocument } from './assignment-document.ts'
import { assignableOf, type Assignable, type Assignments } from './assignments.ts'

/** A conversation can be rated for so long after it was closed. */
const WITHIN_MS = 7 * 86_400_000

export interface RatingsOptions {
  readonly isOn: boolean
  readonly assignments: Assignments
  readonly store: Store
  readonly bus: Bus
  readonly now: () => number
  readonly report: Report
}

export class Ratings {
  readonly #options: RatingsOptions

  constructor(options: RatingsOptions) {
    this.#options = options
  }

  /** Whether the caller may rate this conversation now. */
  async mayRate({ identity }: Caller, { to }: CommandInput<'mayRate'>): Promise<CommandAnswer<'mayRate'>> {
    const { conversation } = access(identity, { to })
    if (!this.#options.isOn || assignableOf(conversation) === undefined) return { ok: true, mayRate: false }
    const { assignment } = await this.#options.store.read(conversation, { limit: 1 })
    const document = documentOf(assignment)
    return { ok: true, mayRate: document !== undefined && isRateable(document, this.#options.now()) }
  }

  /** The same rating again changes nothing. Rejects with `conflict` where there is nothing to rate any more. */
  async rate({ identity, sid }: Caller, { to, score, text = '' }: CommandInput<'rate'>): Promise<CommandAnswer<'rate'>> {
    const { conversation } = access(identity, { to })
    const assignable = assignableOf(conversation)
    if (!this.#options.isOn || assignable === undefined) throw new Refusal('forbidden')
    const words = isInvisible(text) ? '' : text
    await this.#options.assignments.change(assignable, ({ document, now }) => {
      const { rating } = document.service
      if (document.service.phase === 'closed' && rating?.score === score && (rating.text ?? '') === words) return undefined
      if (!isRateable(document, now)) throw new Refusal('conflict')
      return { ...document, service: { ...document.service, rating: { score, at: now, ...(words === '' ? undefined : { text: words }) } } }
    })
    // the customer's other windows stop asking
    await pushToSide(this.#options.bus, { side: assignable.customer, origin: sid }, ['mayRatePush', { conversation, mayRate: false }])
    return { ok: true }
  }

  /** To be called after each change of an assignment: the customer is asked when the conversation was closed, and not once it is open again. */
  changed({ conversation, customer }: Assignable, before: AssignmentDocument, next: AssignmentDocument): void {
    const now = this.#options.now()
    const mayRate = isRateable(next, now)
    if (!this.#options.isOn || mayRate === isRateable(before, now) || next.service.rating !== undefined) return
    pushToSide(this.#options.bus, { side: customer, origin: '' }, ['mayRatePush', { conversation, mayRate }]).catch((error: unknown) => {
      // while the store is away nothing is pushed; a client asks when the chat is opened
      if ((error as Error).name !== 'Unavailable') this.#options.report({ fact: 'bugFound', where: 'ratings', error })
    })
  }
}

/** Closed lately by an agent who had answered, and not rated yet. */
const isRateable = ({ service: { phase, agent, since, rating }, isMissed }: AssignmentDocument, now: number): boolean =>
  phase === 'closed' && agent !== undefined && rating === undefined && isMissed !== true && now - since < WITHIN_MS

/**
 * Changes assignments: each change is a compare-and-set on the document stored beside the log; then the shop's index is updated and its agents
 * get a push. Of several changes at once one succeeds, and the others decide again on the new document.
 */
import type { Bus, Page, Store } from '../../backbone/backbone.ts'
import { conversationSides, isShopSide } from '../../protocol/keys.ts'
import type { Identity, Assignment } from '../../protocol/model.ts'
import { access, type Target } from '../messaging/access.ts'
import { rowOfPage } from '../messaging/conversations.ts'
import { entryOf, type OpenIndex } from './open-index.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import type { withHistory } from '../webhooks/assignment-history.ts'
import { documentOf, toStored, assignmentAt, UNSERVED, type AssignmentDocument } from './assignment-document.ts'

const ATTEMPTS = 5
const RECALL_COUNT = 100

/** A conversation of a shop with its customer. */
export interface Assignable {
  readonly conversation: string
  /** The shop's side. */
  readonly shop: string
  /** The customer's side. */
  readonly customer: string
}

/** The state on which `decide` decides. */
export interface Found {
  readonly document: AssignmentDocument
  /** Up to the last message. */
  readonly page: Page
  readonly now: number
}

export interface Changed {
  readonly before: AssignmentDocument
  readonly document: AssignmentDocument
  /** As agents see it. */
  readonly assignment: Assignment
  readonly page: Page
  readonly isChanged: boolean
}

export class Assignments {
  readonly index: OpenIndex
  readonly #store: Store
  readonly #bus: Bus
  readonly #now: () => number
  /** Called after each change. Must not fail it: what is stored is stored. */
  onChanged: (assignable: Assignable, before: AssignmentDocument, next: AssignmentDocument) => void = () => undefined
  /** Adds the history to the next document, from which webhooks get their events. */
  remember: typeof withHistory = (_before, next) => next
  /** Called when waiting conversations may be routed: an agent has room again, or a customer waits. */
  onRoutingDue: (shop: string) => void = () => undefined

  constructor(options: { store: Store; bus: Bus; index: OpenIndex; now: () => number }) {
    this.index = options.index
    this.#store = options.store
    this.#bus = options.bus
    this.#now = options.now
  }

  /**
   * `decide` gives the next document, or undefined where nothing is to change; it may throw a Refusal. It is asked again after
   * another change came first. Rejects with `conflict` where others always come first.
   */
  async change(assignable: Assignable, decide: (found: Found) => AssignmentDocument | undefined): Promise<Changed> {
    const { conversation, shop } = assignable
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const page = await this.#store.read(conversation, { limit: 1 })
      const now = this.#now()
      const before = documentOf(page.assignment) ?? UNSERVED
      const decided = decide({ document: before, page, now })
      const next = decided && this.remember(before, decided, { after: page.head.seq, now })
      if (next === undefined) return { before, document: before, assignment: assignmentAt(before, now), page, isChanged: false }
      const entry = entryOf(next)
      // an answer changes the document and leaves the entry as it is
      const isEntered = this.index.isEntered(shop, conversation, entry)
      const changed = await this.index.during(shop, [conversation, entry], () => this.#replace(assignable, { page, next, isEntered }))
      if (changed === undefined) continue
      this.onChanged(assignable, before, next)
      if (next.service.phase !== 'open') this.onRoutingDue(shop)
      return { before, document: next, assignment: assignmentAt(next, now), page: changed, isChanged: true }
    }
    throw new Refusal('conflict')
  }

  /** Resolves with the page after the change; undefined where another change came first. */
  async #replace(
    assignable: Assignable,
    { page, next, isEntered }: { page: Page; next: AssignmentDocument; isEntered: boolean },
  ): Promise<Page | undefined> {
    const { conversation, shop } = assignable
    const set = await this.#store.setAssignment(toStored(next, { ...assignable, expect: page.assignment?.version ?? '' }))
    if (!set.isSet) return undefined
    const changed: Page = { ...page, assignment: { text: JSON.stringify(next), version: set.version } }
    await Promise.all([isEntered ? undefined : this.index.write(shop, conversation, entryOf(next)), this.#tell(assignable, changed)])
    return changed
  }

  /** Corrects the entry in the index where it differs from the document. */
  async enter({ conversation, shop }: Assignable, document: AssignmentDocument): Promise<void> {
    const entry = entryOf(document)
    const known = (await this.index.of(shop)).get(conversation)
    if (!this.index.isCurrent(known, entry)) await this.index.write(shop, conversation, entry)
  }

  /** Adds the open ones of the shop's latest conversations to the index, in case the store has lost the index but not the documents. */
  async recall(shop: string): Promise<void> {
    const { rows } = await this.#store.list(shop, { limit: RECALL_COUNT })
    const entries = await this.index.of(shop)
    await Promise.all(
      rows.map(async ({ conversation, assignment }) => {
        const document = documentOf(assignment)
        const assignable = assignableOf(conversation)
        if (document === undefined || document.service.phase === 'closed' || assignable === undefined || entries.has(conversation)) return
        await this.change(assignable, () => undefined).then((changed) => this.enter(assignable, changed.document))
      }),
    )
  }

  /** Pushes the conversation's row to all windows of all agents of the shop. */
  async #tell({ conversation, shop }: Assignable, page: Page): Promise<void> {
    const row = rowOfPage(shop, { conversation, page, now: this.#now() })
    if (row !== undefined) await pushToSide(this.#bus, { side: shop, origin: '' }, ['conversationPush', row])
  }
}

/** The conversation that an agent's command is about. */
export function assignableFor(identity: Identity, { conversation, to }: Target): Assignable {
  const view = access(identity, { ...(conversation === undefined ? undefined : { conversation }), ...(to === undefined ? undefined : { to }) })
  if (!isShopSide(view.mine)) throw new Refusal('forbidden')
  return { conversation: view.conversation, shop: view.mine, customer: view.theirs }
}

/** Undefined for a conversation between two persons, which is not assigned. */
export function assignableOf(conversation: string): Assignable | undefined {
  if (!isShopSide(conversation)) return undefined // its id begins with the shop
  const sides = conversationSides(conversation)
  return sides === undefined ? undefined : { conversation, shop: sides[0], customer: sides[1] }
}

/** Refuses to assign a conversation in which nobody has written. */
export function mustBeWritten({ page }: Found): void {
  if (page.head.seq === 0) throw new Refusal('unknown_conversation')
}

/**
 * Customers whom a shop has blocked. A block is stored in the document beside the log, and the store mutes the customer inside the append
 * itself, so neither a door nor a race gets around it. It ends by itself at `until`. The shop's list of blocks is an index of these documents.
 */
import type { Bus, Muted, Page } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { Block } from '../../protocol/model.ts'
import type { PushData } from '../../protocol/pushes.ts'
import type { Caller } from '../messaging/access.ts'
import { firstThatFit } from '../answer-size.ts'
import type { Report } from '../facts.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { documentOf, personOf } from '../assignment/assignment-document.ts'
import { assignableFor, type Assignable, type Assignments } from '../assignment/assignments.ts'
import { decideBlock, decideUnblock, mustBeBlock } from './block-decisions.ts'
import { blockOf, isShopConversation, type StandingBlock } from '../messaging/standing-block.ts'

/** An item of the shop's list. */
interface Listed extends Block {
  readonly name?: string
}

/** A conversation that `side` has just read. */
interface Opened {
  readonly conversation: string
  readonly side: string
  readonly assignment: Page['assignment'] | undefined
}

export class Blacklist {
  readonly #assignments: Assignments
  readonly #records: Records
  readonly #bus: Bus
  readonly #now: () => number
  readonly #report: Report

  constructor(options: { assignments: Assignments; records: Records; bus: Bus; now: () => number; report: Report }) {
    this.#assignments = options.assignments
    this.#records = options.records
    this.#bus = options.bus
    this.#now = options.now
    this.#report = options.report
  }

  async block({ identity }: Caller, { reason, until, ...target }: CommandInput<'block'>): Promise<CommandAnswer<'block'>> {
    const assignable = assignableFor(identity, target)
    const at = this.#now()
    const wanted: Block = { by: personOf(identity), reason, at, ...(until === undefined ? undefined : { until }) }
    mustBeBlock(wanted)
    const { assignment, page, isChanged } = await this.#assignments.change(assignable, (found) => decideBlock(found, wanted))
    const name = page.names[assignable.customer]
    await this.#list(assignable, { ...(assignment.blocked ?? wanted), ...(name === undefined ? undefined : { name }) })
    await this.#tell(assignable, until === undefined ? { reason } : { reason, until })
    // agents no longer see what a blocked customer is viewing
    await pushToSide(this.#bus, { side: assignable.shop, origin: '' }, ['viewingPush', { conversation: assignable.conversation }])
    if (isChanged) this.#report({ fact: 'customerBlocked', isBlocked: true })
    return { ok: true, service: assignment }
  }

  async unblock({ identity }: Caller, target: CommandInput<'unblock'>): Promise<CommandAnswer<'unblock'>> {
    const assignable = assignableFor(identity, target)
    const { assignment, isChanged } = await this.#assignments.change(assignable, decideUnblock)
    await this.#list(assignable, undefined)
    if (isChanged) {
      await this.#tell(assignable, {})
      this.#report({ fact: 'customerBlocked', isBlocked: false })
    }
    return { ok: true, service: assignment }
  }

  /** The blocked customers, latest first, as many as fit into an answer; the others are unblocked in their conversations. */
  async all({ identity }: Caller): Promise<CommandAnswer<'blocked'>> {
    const items = await this.#records.items(collectionOf(identity.side), this.#now())
    const blocked = items.map(({ key, value }) => {
      const to = key.slice(key.indexOf('~') + 1)
      return { conversation: key, to, ...(JSON.parse(value) as Listed) }
    })
    const shown = firstThatFit(blocked.sort((a, b) => b.at - a.at))
    return shown.length < blocked.length ? { ok: true, blocked: shown, more: true } : { ok: true, blocked: shown }
  }

  /** The refusal that the customer gets for a message that the store refused as muted. Between persons it states no reason. */
  refusal(conversation: string, { assignment, until }: Muted): Refusal {
    if (!isShopConversation(conversation)) return new Refusal('blocked')
    const reason = documentOf({ text: assignment, version: '' })?.service.blocked?.reason ?? ''
    return new Refusal('blocked', until === undefined ? reason : `${reason}; until ${new Date(until).toISOString()}`)
  }

  /** Tells a participant who opens a conversation in which they are blocked, in all their windows. Resolves with the block. */
  async remind(opened: Opened): Promise<StandingBlock | undefined> {
    const blocked = blockOf(opened, this.#now())
    if (blocked !== undefined) await this.#tell({ conversation: opened.conversation, customer: opened.side }, blocked)
    return blocked
  }

  async #list({ shop, conversation }: Assignable, listed: Listed | undefined): Promise<void> {
    const item = { collection: collectionOf(shop), key: conversation, now: this.#now() }
    if (listed === undefined) return void (await this.#records.remove(item))
    const { until } = listed
    await this.#records.put({ ...item, value: JSON.stringify(listed), ...(until === undefined ? undefined : { expiresAt: until }) })
  }

  async #tell(
    { conversation, customer }: Pick<Assignable, 'conversation' | 'customer'>,
    block: Omit<PushData<'blockPush'>, 'conversation'>,
  ): Promise<void> {
    await pushToSide(this.#bus, { side: customer, origin: '' }, ['blockPush', { conversation, ...block }])
  }
}

const collectionOf = (side: string): string => `${side}/blocked`

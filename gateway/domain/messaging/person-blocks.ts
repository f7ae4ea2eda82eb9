/**
 * Blocks between persons. A block is stored in the document beside the two persons' log, and the store mutes the blocked side inside the append
 * itself, as with a shop's blacklist. Both may have blocked each other. A person's list of blocks is an index of these documents.
 */
import type { Bus, StoredAssignment, Page, Store } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationSides, isGuestId, isShopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { access, type Caller, type SideView } from './access.ts'
import { firstThatFit } from '../answer-size.ts'
import { rowOfPage } from './conversations.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { blocksOf, withBlock, withoutBlock, type PersonBlock } from './standing-block.ts'

const ATTEMPTS = 5

export interface PersonBlocksOptions {
  readonly store: Store
  readonly records: Records
  readonly bus: Bus
  readonly now: () => number
}

export class PersonBlocks {
  readonly #options: PersonBlocksOptions

  constructor(options: PersonBlocksOptions) {
    this.#options = options
  }

  async block({ identity }: Caller, target: CommandInput<'blockPerson'>): Promise<CommandAnswer<'blockPerson'>> {
    const view = betweenPersons(access(identity, target))
    const items = await this.#options.records.items(collectionOf(view.mine), this.#options.now())
    if (items.length >= LIMITS.blockedPersonCount && !items.some(({ key }) => key === view.conversation)) {
      throw new Refusal('too_many', `limits.blockedPersonCount is ${LIMITS.blockedPersonCount}`)
    }
    const at = this.#options.now()
    const { page, isChanged } = await this.#change(view, (blocks) => withBlock(blocks, { by: view.mine, at }))
    const name = page.names[view.theirs]
    const value = JSON.stringify({ at, ...(name === undefined ? undefined : { name }) })
    await this.#options.records.put({ collection: collectionOf(view.mine), key: view.conversation, value, now: at })
    if (isChanged) await this.#tell(view, page, { reason: '' })
    return { ok: true }
  }

  async unblock({ identity }: Caller, target: CommandInput<'unblockPerson'>): Promise<CommandAnswer<'unblockPerson'>> {
    const view = betweenPersons(access(identity, target))
    const { page, isChanged } = await this.#change(view, (blocks) => withoutBlock(blocks, view.mine))
    await this.#options.records.remove({ collection: collectionOf(view.mine), key: view.conversation, now: this.#options.now() })
    if (isChanged) await this.#tell(view, page, {})
    return { ok: true }
  }

  /** The persons this one has blocked, latest first, as many as fit into an answer. */
  async all({ identity: { side } }: Caller): Promise<CommandAnswer<'blockedPersons'>> {
    const items = await this.#options.records.items(collectionOf(side), this.#options.now())
    const blocked = items.map(({ key, value }) => {
      const to = (conversationSides(key) ?? []).find((one) => one !== side) ?? key
      const known = JSON.parse(value) as { at: number; name?: string }
      return { conversation: key, to, ...known, ...(isGuestId(to) ? { guest: true as const } : undefined) }
    })
    const shown = firstThatFit(blocked.sort((a, b) => b.at - a.at))
    return shown.length < blocked.length ? { ok: true, blocked: shown, more: true } : { ok: true, blocked: shown }
  }

  /** Resolves with the page after the change. `decide` returns the next blocks, or undefined to change nothing. */
  async #change(
    { conversation }: SideView,
    decide: (blocks: readonly PersonBlock[]) => readonly PersonBlock[] | undefined,
  ): Promise<{ readonly page: Page; readonly isChanged: boolean }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const page = await this.#options.store.read(conversation, { limit: 1 })
      if (page.head.seq === 0) throw new Refusal('unknown_conversation')
      const blocks = decide(blocksOf(page.assignment))
      if (blocks === undefined) return { page, isChanged: false }
      const assignment = await this.#replace(conversation, page, blocks)
      if (assignment !== undefined) return { page: { ...page, assignment }, isChanged: true }
    }
    throw new Refusal('conflict')
  }

  async #replace(conversation: string, { assignment }: Page, blocks: readonly PersonBlock[]): Promise<StoredAssignment | undefined> {
    const sides = conversationSides(conversation)!
    const text = JSON.stringify({ blocks })
    const muted = blocks.map(({ by }) => ({ side: sides[0] === by ? sides[1] : sides[0] }))
    const set = await this.#options.store.setAssignment({ conversation, text, expect: assignment?.version ?? '', phase: 'direct', muted })
    return set.isSet ? { text, version: set.version } : undefined
  }

  /** The own windows by the row, the other's as a shop's customer is block. */
  async #tell({ conversation, mine, theirs }: SideView, page: Page, block: { reason?: string }): Promise<void> {
    const row = rowOfPage(mine, { conversation, page, now: this.#options.now() })
    await Promise.all([
      row === undefined ? undefined : pushToSide(this.#options.bus, { side: mine, origin: '' }, ['conversationPush', row]),
      pushToSide(this.#options.bus, { side: theirs, origin: '' }, ['blockPush', { conversation, ...block }]),
    ])
  }
}

const collectionOf = (side: string): string => `${side}/blocked`

function betweenPersons(view: SideView): SideView {
  if (isShopSide(view.mine) || isShopSide(view.theirs)) throw new Refusal('bad_request', 'a shop is not a person')
  return view
}

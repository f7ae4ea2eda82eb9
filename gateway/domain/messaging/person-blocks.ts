/**
 * Whom a person does not want to hear from. It stands in the document beside the two persons' log, and the store mutes the other inside the
 * append itself, as with a shop's blacklist; both may have blocked each other. A person's list is an index of it.
 */
import type { Bus, StoredAssignment, Page, Store } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationSides, isGuestId, isShopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { access, type Caller, type Seen } from './access.ts'
import { fitting } from '../answer-size.ts'
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
    const seen = betweenPersons(access(identity, target))
    const items = await this.#options.records.items(collectionOf(seen.mine), this.#options.now())
    if (items.length >= LIMITS.blockedPersonCount && !items.some(({ key }) => key === seen.conversation)) {
      throw new Refusal('too_many', `limits.blockedPersonCount is ${LIMITS.blockedPersonCount}`)
    }
    const at = this.#options.now()
    const { page, isChanged } = await this.#change(seen, (blocks) => withBlock(blocks, { by: seen.mine, at }))
    const name = page.names[seen.theirs]
    const value = JSON.stringify({ at, ...(name === undefined ? undefined : { name }) })
    await this.#options.records.put({ collection: collectionOf(seen.mine), key: seen.conversation, value, now: at })
    if (isChanged) await this.#tell(seen, page, { reason: '' })
    return { ok: true }
  }

  async unblock({ identity }: Caller, target: CommandInput<'unblockPerson'>): Promise<CommandAnswer<'unblockPerson'>> {
    const seen = betweenPersons(access(identity, target))
    const { page, isChanged } = await this.#change(seen, (blocks) => withoutBlock(blocks, seen.mine))
    await this.#options.records.remove({ collection: collectionOf(seen.mine), key: seen.conversation, now: this.#options.now() })
    if (isChanged) await this.#tell(seen, page, {})
    return { ok: true }
  }

  /** Latest first, as many as an answer has room for. */
  async all({ identity: { side } }: Caller): Promise<CommandAnswer<'blockedPersons'>> {
    const items = await this.#options.records.items(collectionOf(side), this.#options.now())
    const blocked = items.map(({ key, value }) => {
      const to = (conversationSides(key) ?? []).find((one) => one !== side) ?? key
      const known = JSON.parse(value) as { at: number; name?: string }
      return { conversation: key, to, ...known, ...(isGuestId(to) ? { guest: true as const } : undefined) }
    })
    const told = fitting(blocked.sort((a, b) => b.at - a.at))
    return told.length < blocked.length ? { ok: true, blocked: told, more: true } : { ok: true, blocked: told }
  }

  /** As it is then. `decide` gives the next blocks, or undefined where nothing is to change. */
  async #change(
    { conversation }: Seen,
    decide: (blocks: readonly PersonBlock[]) => readonly PersonBlock[] | undefined,
  ): Promise<{ readonly page: Page; readonly isChanged: boolean }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const page = await this.#options.store.read(conversation, { limit: 1 })
      if (page.head.seq === 0) throw new Refusal('unknown_conversation')
      const blocks = decide(blocksOf(page.service))
      if (blocks === undefined) return { page, isChanged: false }
      const service = await this.#replace(conversation, page, blocks)
      if (service !== undefined) return { page: { ...page, service }, isChanged: true }
    }
    throw new Refusal('conflict')
  }

  async #replace(conversation: string, { service }: Page, blocks: readonly PersonBlock[]): Promise<StoredAssignment | undefined> {
    const sides = conversationSides(conversation)!
    const text = JSON.stringify({ blocks })
    const muted = blocks.map(({ by }) => ({ side: sides[0] === by ? sides[1] : sides[0] }))
    const set = await this.#options.store.setAssignment({ conversation, text, expect: service?.version ?? '', phase: 'direct', muted })
    return set.isSet ? { text, version: set.version } : undefined
  }

  /** The own windows by the row, the other's as a shop's customer is told. */
  async #tell({ conversation, mine, theirs }: Seen, page: Page, told: { reason?: string }): Promise<void> {
    const row = rowOfPage(mine, { conversation, page, now: this.#options.now() })
    await Promise.all([
      row === undefined ? undefined : pushToSide(this.#options.bus, { side: mine, origin: '' }, ['conversationPush', row]),
      pushToSide(this.#options.bus, { side: theirs, origin: '' }, ['blockPush', { conversation, ...told }]),
    ])
  }
}

const collectionOf = (side: string): string => `${side}/blocked`

function betweenPersons(seen: Seen): Seen {
  if (isShopSide(seen.mine) || isShopSide(seen.theirs)) throw new Refusal('bad_request', 'a shop is no person')
  return seen
}

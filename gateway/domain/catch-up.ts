/** What a line missed: compares the cursors of its hello with the logs. Callers subscribe first, then ask. */
import type { Page, Store } from '../backbone/backbone.ts'
import type { ResumeCursor, Resumed } from '../protocol/commands.ts'
import { LIMITS } from '../protocol/limits.ts'
import { isGuestId, isShopSide } from '../protocol/keys.ts'
import type { Block, Identity, Message } from '../protocol/model.ts'
import { access, type Seen } from './access.ts'
import { Refusal } from './refusal.ts'
import { documentOf, serviceAt } from './service-document.ts'

export interface CaughtUp {
  readonly resumed: Resumed
  /** Ascending; what the client lacks, up to `resumed.head`. */
  readonly messages: readonly Message[]
  /** The shop does not take what this customer writes. */
  readonly blocked?: Block
}

const NEWEST_COUNT = 30

export class CatchUp {
  readonly #store: Store
  readonly #now: () => number

  constructor(options: { store: Store; now: () => number }) {
    this.#store = options.store
    this.#now = options.now
  }

  /** `to` is opened as well; conversations that are not the caller's (any more) are left out. */
  async since(identity: Identity, hello: { cursors: readonly ResumeCursor[]; to: string | undefined }): Promise<CaughtUp[]> {
    const wanted = new Map<string, { seen: Seen; cursor: ResumeCursor }>()
    for (const cursor of hello.cursors) {
      const seen = accessible(identity, cursor[0])
      if (seen !== undefined) wanted.set(seen.conversation, { seen, cursor })
    }
    if (hello.to !== undefined) {
      const seen = access(identity, { to: hello.to })
      if (!wanted.has(seen.conversation)) wanted.set(seen.conversation, { seen, cursor: [seen.conversation, '', 0, ''] })
    }
    return Promise.all([...wanted.values()].map(({ seen, cursor }) => this.#one(seen, cursor)))
  }

  async #one(seen: Seen, [conversation, epoch, seq, lastId]: ResumeCursor): Promise<CaughtUp> {
    if (seq === 0) return this.#newest(seen)
    // the client's own last entry is read again: its id tells whether both know the same log
    const page = await this.#store.read(conversation, { after: seq - 1, limit: LIMITS.missedCount + 1 })
    const known = page.messages[0]
    if (page.head.epoch !== epoch || page.head.seq < seq) return this.#caughtUp(seen, 'diverged', { ...page, messages: [] })
    const isTrimmed = known?.seq !== seq
    if (!isTrimmed && known.id !== lastId) return this.#caughtUp(seen, 'diverged', { ...page, messages: [] })
    if (isTrimmed || page.head.seq - seq > LIMITS.missedCount) return this.#newest(seen)
    return this.#caughtUp(seen, 'follows', { ...page, messages: page.messages.slice(1) })
  }

  async #newest(seen: Seen): Promise<CaughtUp> {
    const page = await this.#store.read(seen.conversation, { limit: NEWEST_COUNT })
    const isWhole = (page.messages[0]?.seq ?? 1) === 1
    return this.#caughtUp(seen, isWhole ? 'follows' : 'reload', page)
  }

  #caughtUp(seen: Seen, status: Resumed['status'], page: Page): CaughtUp {
    const name = page.names[seen.theirs]
    const resumed: Resumed = {
      conversation: seen.conversation, to: seen.theirs, status, head: page.head, cursors: { ...page.cursors },
      ...(name === undefined ? undefined : { name }), ...(isGuestId(seen.theirs) ? { guest: true as const } : undefined),
    }
    const blocked = isShopSide(seen.mine) ? undefined : this.#blocked(page)
    return { resumed, messages: page.messages, ...(blocked === undefined ? undefined : { blocked }) }
  }

  #blocked({ service }: Page): Block | undefined {
    const document = documentOf(service)
    return document === undefined ? undefined : serviceAt(document, this.#now()).blocked
  }
}

function accessible(identity: Identity, conversation: string): Seen | undefined {
  try {
    return access(identity, { conversation })
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

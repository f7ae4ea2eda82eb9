import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import {
  Unavailable,
  type Appended,
  type AssignmentSet,
  type ListPage,
  type ListRange,
  type NewAssignment,
  type NewMessage,
  type Page,
  type ReadRange,
  type Store,
} from '../backbone.ts'
import type { Cursor } from '../../protocol/model.ts'
import { conversationSides } from '../../protocol/keys.ts'
import { listKey } from './keys.ts'
import { ListReader, type ListReaderOptions } from './lists.ts'
import type { Op } from './op.ts'
import { advanceOp, appendOp, loneOf, readOp, assignmentOp, touchOp, type AppendReply } from './operations.ts'
import type { Router } from './router.ts'

export interface StoreOptions extends ListReaderOptions {
  readonly writes: Router
  /** Lists live where the logs do, and the append's own script writes them. */
  readonly listsBeside: boolean
  /** One script call may carry several keys' operations. */
  readonly merges: boolean
}

/** How many memberships a node remembers; some megabytes. */
const LISTED_COUNT = 20_000

/** The Store on Redis. Each method is one round trip; what goes in it is in operations.ts and scripts/. */
export class RedisStore implements Store {
  readonly #options: StoreOptions
  readonly #lists: ListReader
  /** Memberships of lists that were seen, and whether they are there for good. */
  readonly #listed = new LRUCache<string, boolean>({ max: LISTED_COUNT })

  constructor(options: StoreOptions) {
    this.#options = options
    this.#lists = new ListReader(options)
  }

  async append(message: NewMessage): Promise<Appended> {
    const { writes, scripts, listsBeside } = this.#options
    const sides = conversationSides(message.conversation)
    if (sides === undefined) throw new TypeError(`Not a conversation: ${message.conversation}`)
    const lists = sides.map(listKey)
    const op = appendOp(scripts.append, message, { epoch: newEpoch(), lists: listsBeside ? lists : [] })
    const { appended, isLone } = listsBeside ? await writes.run(op) : await this.#appendBeside(op, lists, message)
    if (isLone && appended.seq === 1 && !appended.duplicate) this.#tidy(sides)
    return appended
  }

  /**
   * At once, on other servers: nothing is acknowledged that its lists do not hold. An append that then failed leaves a row without a log, which
   * readers skip.
   */
  async #appendBeside(op: Op<AppendReply>, lists: readonly string[], message: NewMessage): Promise<AppendReply> {
    const [reply, ...expiring] = await Promise.all([this.#options.writes.run(op), ...lists.map((list) => this.#touch(list, message))])
    if (reply.isLone) return reply
    // somebody has answered, now or before, and what the lists know of it must not expire
    await Promise.all(
      lists.map(async (list, i) => {
        if (expiring[i]) await this.#options.writes.run(touchOp(this.#options.scripts.touch, list, { ...message, ms: '' }))
        this.#remember(membershipOf(list, message), true)
      }),
    )
    return reply
  }

  /** For each conversation that may be forgotten some rows of others that are: a list holds none but those of late. Nobody waits for it. */
  #tidy(sides: readonly string[]): void {
    for (const side of sides) this.#lists.tidy(side).catch(() => undefined) // the store is away; the next one looks again
  }

  async read(conversation: string, range: ReadRange): Promise<Page> {
    return this.#options.asks.run(readOp(this.#options.scripts.read, conversation, range))
  }

  async advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#options.writes.run(advanceOp(this.#options.scripts.advance, cursor))
  }

  async setAssignment(service: NewAssignment): Promise<AssignmentSet> {
    return this.#options.writes.run(assignmentOp(this.#options.scripts.assignment, service, randomBytes(9).toString('base64url')))
  }

  async list(side: string, range: ListRange): Promise<ListPage> {
    return this.#lists.read(side, range)
  }

  /**
   * Resolves with whether the list expires. One whose server is away may lag, as long as it is known to hold the conversation: the chat goes
   * on without it.
   */
  async #touch(list: string, message: NewMessage): Promise<boolean> {
    const { writes, scripts, merges, unansweredMs } = this.#options
    const membership = membershipOf(list, message)
    const isForGood = unansweredMs === 0 || this.#listed.get(membership) === true
    const ms = isForGood || loneOf(message) === '' ? '' : String(unansweredMs)
    try {
      const isExpiring = await writes.run(touchOp(merges || !isForGood ? scripts.touch : undefined, list, { ...message, ms }))
      this.#remember(membership, isForGood)
      return isExpiring
    } catch (error) {
      if (!(error instanceof Unavailable) || !this.#listed.has(membership)) throw error
      return false
    }
  }

  #remember(membership: string, isForGood: boolean): void {
    const known = this.#listed.get(membership)
    if (known !== true && known !== isForGood) this.#listed.set(membership, isForGood)
  }
}

const membershipOf = (list: string, { conversation }: Pick<NewMessage, 'conversation'>): string => `${list} ${conversation}`

/** 60 bits: two first appends after a lost log never make the same one. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

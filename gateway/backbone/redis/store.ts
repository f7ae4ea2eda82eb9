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
import { advanceOp, appendOp, soleSideOf, readOp, assignmentOp, touchOp, type AppendReply } from './operations.ts'
import type { Router } from './router.ts'

export interface StoreOptions extends ListReaderOptions {
  readonly writes: Router
  /** Lists live on the same server as the logs, and the append's own script writes them. */
  readonly listsColocated: boolean
  /** One script call may carry operations of several keys. */
  readonly merges: boolean
}

/** How many memberships a node remembers; some megabytes. */
const LISTED_COUNT = 20_000

/** The Store on Redis. Each method is one round trip; operations.ts and scripts/ hold the commands. */
export class RedisStore implements Store {
  readonly #options: StoreOptions
  readonly #lists: ListReader
  /** List memberships this node has written, and whether they are permanent. */
  readonly #listed = new LRUCache<string, boolean>({ max: LISTED_COUNT })

  constructor(options: StoreOptions) {
    this.#options = options
    this.#lists = new ListReader(options)
  }

  async append(message: NewMessage): Promise<Appended> {
    const { writes, scripts, listsColocated } = this.#options
    const sides = conversationSides(message.conversation)
    if (sides === undefined) throw new TypeError(`Not a conversation: ${message.conversation}`)
    const lists = sides.map(listKey)
    const op = appendOp(scripts.append, message, { epoch: newEpoch(), lists: listsColocated ? lists : [] })
    const { appended, isUnanswered } = listsColocated ? await writes.run(op) : await this.#appendAndTouch(op, lists, message)
    if (isUnanswered && appended.seq === 1 && !appended.duplicate) this.#tidy(sides)
    return appended
  }

  /**
   * Writes the log and, on other servers, the lists at the same time; acknowledges only when all hold the message. An append that
   * fails leaves a row without a log entry, which readers skip.
   */
  async #appendAndTouch(op: Op<AppendReply>, lists: readonly string[], message: NewMessage): Promise<AppendReply> {
    const [reply, ...expiring] = await Promise.all([this.#options.writes.run(op), ...lists.map((list) => this.#touch(list, message))])
    if (reply.isUnanswered) return reply
    // both sides have written by now, so the row must not expire
    await Promise.all(
      lists.map(async (list, i) => {
        if (expiring[i]) await this.#options.writes.run(touchOp(this.#options.scripts.touch, list, { ...message, ms: '' }))
        this.#remember(membershipOf(list, message), true)
      }),
    )
    return reply
  }

  /** Each new conversation that may be forgotten removes some forgotten ones, which keeps the lists short. Runs in the background. */
  #tidy(sides: readonly string[]): void {
    for (const side of sides) this.#lists.tidy(side).catch(() => undefined) // Redis is unavailable; the next conversation tries again
  }

  async read(conversation: string, range: ReadRange): Promise<Page> {
    return this.#options.reads.run(readOp(this.#options.scripts.read, conversation, range))
  }

  async advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#options.writes.run(advanceOp(this.#options.scripts.advance, cursor))
  }

  async setAssignment(assignment: NewAssignment): Promise<AssignmentSet> {
    return this.#options.writes.run(assignmentOp(this.#options.scripts.assignment, assignment, randomBytes(9).toString('base64url')))
  }

  async list(side: string, range: ListRange): Promise<ListPage> {
    return this.#lists.read(side, range)
  }

  /**
   * Resolves with whether the list expires. While a list's server is unavailable, a list that is known to hold the conversation may
   * lag: the chat goes on without it.
   */
  async #touch(list: string, message: NewMessage): Promise<boolean> {
    const { writes, scripts, merges, unansweredMs } = this.#options
    const membership = membershipOf(list, message)
    const isForGood = unansweredMs === 0 || this.#listed.get(membership) === true
    const ms = isForGood || soleSideOf(message) === '' ? '' : String(unansweredMs)
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

/** 60 random bits: two first appends after a lost log never choose the same epoch. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

import { randomBytes } from 'node:crypto'
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
import type { Cursor, Message } from '../../protocol/model.ts'
import { AppendOp, SLACK, soleSideOf, TRIM_COUNT, type AppendOptions } from './append-op.ts'
import type { RedisBus } from './bus.ts'
import type { RedisContext } from './context.ts'
import { listKey } from './keys.ts'
import type { KnownLog } from './known-log.ts'
import { scoreIn, secondOf } from './list-seconds.ts'
import { assignmentLines } from './log-head.ts'
import { ListReader } from './lists.ts'
import { advanceOp, assignmentOp, commandOp, eraseOp, forgetOp, keyOp, readOp, replaceOp } from './operations.ts'

/** The Store on Redis. Each method is one round trip where nobody else writes; operations.ts, append-op.ts and scripts/ hold the commands. */
export class RedisStore implements Store {
  readonly #context: RedisContext
  readonly #bus: Pick<RedisBus, 'joining'>
  readonly #lists: ListReader
  readonly #appends: AppendOptions

  constructor(context: RedisContext, bus: Pick<RedisBus, 'joining'>) {
    const { scripts, settings } = context
    this.#context = context
    this.#bus = bus
    this.#lists = new ListReader(context)
    this.#appends = { scripts, settings, onAppended: (append, appended, isUnanswered) => this.#onAppended(append, appended, isUnanswered) }
  }

  /** Not `async`: most messages wait for their append and for nothing else, and every promise of a message costs as much as its checks. */
  append(message: NewMessage): Promise<Appended> {
    const { writes, settings } = this.#context
    try {
      const log = this.#context.logs.of(message.conversation)
      const stays = settings.unansweredMs === 0 || soleSideOf(message, log.sides) === '0'
      // both at the same time; an append that fails leaves a row without an entry, which readers skip
      const append = new AppendOp(this.#appends, log, message)
      const appending = writes.run(append)
      const entering = this.#enter(log, { at: message.at, stays })
      if (entering !== undefined) {
        append.entering = entering
        entering.catch(() => undefined) // the append waits for it, and is rejected by then
      }
      return appending
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  #onAppended(append: AppendOp, appended: Appended, isUnanswered: boolean): Promise<unknown> | undefined {
    const { entering } = append
    if (entering === undefined) return this.#follow(append, appended, isUnanswered)
    return entering.then(() => this.#follow(append, appended, isUnanswered))
  }

  /** What an append brings about; undefined: nothing, as usual. */
  #follow({ log }: AppendOp, { seq, at, duplicate }: Appended, isUnanswered: boolean): Promise<unknown> | undefined {
    const { writes, scripts, settings } = this.#context
    // each new conversation that may be forgotten removes some forgotten ones, which keeps the lists short; where Redis is unavailable, the next one does
    if (isUnanswered && seq === 1 && !duplicate) for (const side of log.sides) this.#lists.tidy(side).catch(() => undefined)
    // a later second, another log than this node knew, or both sides have written by now, so that the rows must not expire
    const entering = this.#enter(log, { at, stays: !isUnanswered })
    if (duplicate || settings.keepMs === 0 || seq % TRIM_COUNT !== 0) return entering
    // the entry is written; what is too old goes with a later one where this fails
    const forgetting = writes.run(forgetOp(scripts.forget, log.conversation, at - settings.keepMs)).catch(() => undefined)
    return entering === undefined ? forgetting : Promise.all([entering, forgetting])
  }

  async read(conversation: string, { behind, ...range }: ReadRange): Promise<Page> {
    const { reads, scripts } = this.#context
    const op = readOp(scripts.read, conversation, range)
    const joining = behind === undefined ? undefined : this.#bus.joining(behind, conversation)
    if (joining?.isSent() === true) {
      // both go out together; where the read is answered first all the same, it is made again
      const page = await reads.run<Page | undefined>({ ...op, parse: (reply) => (joining.isSent() ? undefined : op.parse(reply)) })
      if (page !== undefined) return page
    }
    await joining?.joined
    return reads.run(op)
  }

  async advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#context.writes.run(advanceOp(this.#context.scripts.advance, cursor, this.#context.logs.of(cursor.conversation).routes))
  }

  async setAssignment(assignment: NewAssignment): Promise<AssignmentSet> {
    const { writes, scripts } = this.#context
    const { conversation, phase, muted = [] } = assignment
    const result = await writes.run(assignmentOp(scripts.assignment, assignment, randomBytes(9).toString('base64url')))
    if (result.isSet) this.#context.logs.of(conversation).assigned(assignmentLines(result.version, phase, muted))
    return result
  }

  async list(side: string, range: ListRange): Promise<ListPage> {
    return this.#lists.read(side, range)
  }

  async replace(message: Omit<Message, 'prev'>): Promise<boolean> {
    return this.#context.writes.run(replaceOp(this.#context.scripts.replace, message))
  }

  /** Logs expire by themselves. */
  async idle(): Promise<readonly string[]> {
    return []
  }

  /**
   * The lists first: a conversation that is written again meanwhile is entered by that append. One that enters between the two has a row without a log,
   * which readers skip.
   */
  async erase(conversation: string): Promise<boolean> {
    const { writes } = this.#context
    const log = this.#context.logs.of(conversation)
    await Promise.all(log.sides.map((side) => writes.run(commandOp(listKey(side), ['ZREM', listKey(side), conversation], 0.2))))
    const count = await writes.run(eraseOp(conversation))
    log.forget()
    return Number(count) > 0
  }

  /**
   * Enters the conversation into both sides' lists, where this node has not done so for this second; undefined: nothing to do. `stays`: it is not
   * forgotten, so neither are the rows.
   */
  #enter(log: KnownLog, { at, stays }: { at: number; stays: boolean }): Promise<unknown> | undefined {
    const second = secondOf(at)
    let entering: Promise<unknown>[] | undefined
    for (let i = 0; i < 2; i++) {
      const known = log.listed[i]
      const isFresh = known !== undefined && known.second >= second
      if (isFresh && (known.isForGood || (!stays && performance.now() - known.at < this.#context.settings.unansweredMs * SLACK))) continue
      entering = [...(entering ?? []), this.#touch(log, i, { second, isForGood: stays || known?.isForGood === true })]
    }
    return entering === undefined ? undefined : Promise.all(entering)
  }

  /**
   * While a list's server is unavailable, a list that is known to hold the conversation may lag: the chat goes on without it.
   */
  async #touch(log: KnownLog, i: number, { second, isForGood }: { second: number; isForGood: boolean }): Promise<void> {
    const { writes, scripts, settings } = this.#context
    const { conversation } = log
    const ms = isForGood ? '' : String(Math.ceil(settings.unansweredMs * (1 + SLACK)))
    const known = log.listed[i]
    try {
      await writes.run(keyOp(scripts.touch, listKey(log.sides[i]!), [String(scoreIn(second, conversation)), conversation, ms], 0.2))
      log.listed[i] = { second, at: performance.now(), isForGood }
    } catch (error) {
      if (!(error instanceof Unavailable) || known === undefined) throw error
    }
  }
}

import { randomBytes } from 'node:crypto'
import {
  Unavailable, type Appended, type ListPage, type ListRange, type NewMessage, type NewService, type Page, type ReadRange, type ServiceSet, type Store,
} from '../backbone.ts'
import type { Cursor } from '../../protocol/model.ts'
import { conversationSides } from '../../protocol/keys.ts'
import { listKey } from './keys.ts'
import { ListReader } from './lists.ts'
import { advanceOp, appendOp, readOp, serviceOp, touchOp } from './operations.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

export interface StoreOptions {
  readonly writes: Router
  readonly asks: Router
  readonly scripts: Scripts
  readonly now: () => number
  /** Lists live where the logs do, and the append's own script writes them. */
  readonly listsBeside: boolean
  /** One script call may carry several keys' operations. */
  readonly merges: boolean
}

/** The Store on Redis. Each method is one round trip; what goes in it is in operations.ts and scripts/. */
export class RedisStore implements Store {
  readonly #options: StoreOptions
  readonly #lists: ListReader
  readonly #listed = new Set<string>()

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
    if (listsBeside) return writes.run(op)
    // At once, on other servers: nothing is acknowledged that its lists do not hold. An append that then failed leaves a row
    // without a log, which readers skip.
    const [appended] = await Promise.all([writes.run(op), ...lists.map((list) => this.#touch(list, message))])
    return appended
  }

  async read(conversation: string, range: ReadRange): Promise<Page> {
    return this.#options.asks.run(readOp(this.#options.scripts.read, conversation, range))
  }

  async advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#options.writes.run(advanceOp(this.#options.scripts.advance, cursor))
  }

  async setService(service: NewService): Promise<ServiceSet> {
    return this.#options.writes.run(serviceOp(this.#options.scripts.service, service, randomBytes(9).toString('base64url')))
  }

  async list(side: string, range: ListRange): Promise<ListPage> {
    return this.#lists.read(side, range)
  }

  /** A list whose server is away may lag, as long as it is known to hold the conversation: the chat goes on without it. */
  async #touch(list: string, message: NewMessage): Promise<void> {
    const { writes, scripts, merges } = this.#options
    const membership = `${list} ${message.conversation}`
    try {
      await writes.run(touchOp(merges ? scripts.touch : undefined, list, message))
      if (this.#listed.has(membership)) return
      this.#listed.add(membership)
      if (this.#listed.size > LISTED_COUNT) for (const oldest of this.#listed) return void this.#listed.delete(oldest)
    } catch (error) {
      if (!(error instanceof Unavailable) || !this.#listed.has(membership)) throw error
    }
  }
}

/** How many memberships a node remembers; some megabytes. */
const LISTED_COUNT = 20_000

/** 60 bits: two first appends after a lost log never make the same one. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

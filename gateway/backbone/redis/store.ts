import { randomBytes } from 'node:crypto'
import type { Appended, ListRow, NewMessage, Page, ReadRange, Store } from '../backbone.ts'
import type { Cursor } from '../../protocol/model.ts'
import { conversationSides } from '../../protocol/keys.ts'
import { listKey } from './keys.ts'
import { ListReader } from './lists.ts'
import { advanceOp, appendOp, readOp, touchOp } from './operations.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

export interface StoreOptions {
  readonly writes: Router
  readonly asks: Router
  readonly scripts: Scripts
  /** Lists live where the logs do, and the append's own script writes them. */
  readonly listsBeside: boolean
}

/** The Store on Redis. Each method is one round trip; what goes in it is in operations.ts and scripts/. */
export class RedisStore implements Store {
  readonly #options: StoreOptions
  readonly #lists: ListReader

  constructor(options: StoreOptions) {
    this.#options = options
    this.#lists = new ListReader(options)
  }

  async append(message: NewMessage): Promise<Appended> {
    const { writes, scripts, listsBeside } = this.#options
    const lists = (conversationSides(message.conversation) ?? []).map(listKey)
    const op = appendOp(scripts.append, message, { epoch: newEpoch(), lists: listsBeside ? lists : [] })
    if (listsBeside) return writes.run(op)
    // Lists first in the same instant: an append that was acknowledged is never missing from them. One that then failed
    // leaves a row without a log, which readers skip.
    const [appended] = await Promise.all([
      writes.run(op),
      ...lists.map((list) => writes.run(touchOp(scripts.touch, list, message))),
    ])
    return appended
  }

  async read(conversation: string, range: ReadRange): Promise<Page> {
    return this.#options.asks.run(readOp(this.#options.scripts.read, conversation, range))
  }

  async advance(cursor: Parameters<Store['advance']>[0]): Promise<Cursor> {
    return this.#options.writes.run(advanceOp(this.#options.scripts.advance, cursor))
  }

  async list(side: string, range: { readonly before?: number; readonly limit: number }): Promise<readonly ListRow[]> {
    return this.#lists.read(side, range)
  }
}

/** 60 bits: two first appends after a lost log never make the same one. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

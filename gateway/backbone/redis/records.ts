import { randomBytes } from 'node:crypto'
import type { Item, NewItem, Put, Records } from '../records.ts'
import type { RedisContext } from './context.ts'
import { recordsKey } from './keys.ts'
import { keyOp } from './operations.ts'

/** A collection is one hash on one server; each method is one round trip. */
export class RedisRecords implements Records {
  readonly #context: RedisContext

  constructor(context: RedisContext) {
    this.#context = context
  }

  async items(collection: string, now: number): Promise<readonly Item[]> {
    const { reads, scripts } = this.#context
    return itemsOf((await reads.run(keyOp(scripts.items, recordsKey(collection), [String(now)], 1))) as readonly string[])
  }

  async put({ collection, key, value, now, expiresAt = 0, expect = ANY }: NewItem): Promise<Put> {
    const version = randomBytes(9).toString('base64url')
    const reply = await this.#put(collection, [key, version, String(now), String(Math.round(expiresAt)), expect, value])
    if (typeof reply === 'number') return { isPut: true, version }
    return reply === '' ? { isPut: false } : { isPut: false, found: itemOf(key, reply) }
  }

  async remove({ collection, key, now, expect = ANY }: Parameters<Records['remove']>[0]): Promise<boolean> {
    return (await this.#put(collection, [key, '', String(now), REMOVED, expect, ''])) === 1
  }

  /** Resolves with 1, or what is there instead of the expected version. */
  async #put(collection: string, args: readonly string[]): Promise<1 | string> {
    const { writes, scripts } = this.#context
    return (await writes.run(keyOp(scripts.put, recordsKey(collection), args, 0.5 + args.at(-1)!.length / 1000))) as 1 | string
  }
}

/** In place of an expiry: the item is to be removed. */
const REMOVED = '-'
/** In place of an expected version; no version looks like it. */
const ANY = '*'

function itemsOf(flat: readonly string[]): Item[] {
  const items: Item[] = []
  for (let i = 0; i < flat.length; i += 2) items.push(itemOf(flat[i]!, flat[i + 1]!))
  return items
}

function itemOf(key: string, text: string): Item {
  const first = text.indexOf(' ')
  return { key, version: text.slice(0, first), value: text.slice(text.indexOf(' ', first + 1) + 1) }
}

import { randomBytes } from 'node:crypto'
import type { Item, NewItem, Put, Records } from '../records.ts'
import { recordsKey } from './keys.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

/** A collection is one hash on one server; each method is one round trip. */
export class RedisRecords implements Records {
  readonly #writes: Router
  readonly #reads: Router
  readonly #scripts: Scripts

  constructor({ writes, reads, scripts }: { writes: Router; reads: Router; scripts: Scripts }) {
    this.#writes = writes
    this.#reads = reads
    this.#scripts = scripts
  }

  async items(collection: string, now: number): Promise<readonly Item[]> {
    const key = recordsKey(collection)
    return this.#reads.run({
      key,
      script: this.#scripts.items,
      keys: [key],
      args: [String(now)],
      weight: 1,
      parse: (reply) => itemsOf(reply as readonly string[]),
    })
  }

  async put({ collection, key: name, value, now, expiresAt = 0, expect = ANY }: NewItem): Promise<Put> {
    const key = recordsKey(collection)
    const version = randomBytes(9).toString('base64url')
    return this.#writes.run<Put>({
      key,
      script: this.#scripts.put,
      keys: [key],
      args: [name, version, String(now), String(Math.round(expiresAt)), expect, value],
      weight: 0.5 + value.length / 1000,
      parse: (reply) => {
        if (typeof reply === 'number') return { isPut: true, version }
        return reply === '' ? { isPut: false } : { isPut: false, found: itemOf(name, reply as string) }
      },
    })
  }

  async remove({ collection, key: name, now, expect = ANY }: Parameters<Records['remove']>[0]): Promise<boolean> {
    const key = recordsKey(collection)
    return this.#writes.run({
      key,
      script: this.#scripts.remove,
      keys: [key],
      args: [name, String(now), expect],
      weight: 0.3,
      parse: (reply) => reply === 1,
    })
  }
}

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

import type { Check } from './shape.ts'
import { plainJson } from './plain-json.ts'

/** What is used of localStorage. It may be absent, forbidden or full: every call may throw. */
export interface StoragePort {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

const LOG = 'log~'

/**
 * JSON values under a prefix of the page's storage. Never throws: without storage it stores nothing, and `set` returns false. One key per value,
 * because two windows that rewrite one shared list would lose entries to each other. `~` separates the parts of a key; it cannot occur in an id. If
 * storage is full, the copies of logs are removed to make room.
 */
export class ScopedStorage {
  readonly prefix: string
  readonly #storage: StoragePort | null | undefined
  #isOver = false

  constructor(storage: StoragePort | null | undefined, prefix: string) {
    this.#storage = storage
    this.prefix = prefix
  }

  /** Both use the same keys of the same storage. */
  isSame(other: ScopedStorage): boolean {
    return this.#storage === other.#storage && this.prefix === other.prefix
  }

  /** Nothing is read or written any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The window belongs to another person: code that still runs for the previous one reads nothing and writes nothing. */
  end(): void {
    this.#isOver = true
  }

  /** Removes everything under the prefix. */
  erase(): void {
    for (const key of this.keys('')) attempt(() => this.#storage!.removeItem(this.prefix + key))
  }

  /** Undefined also if `check` rejects the stored value. */
  get<T>(key: string, check: Check<T>): T | undefined {
    if (this.#isOver) return undefined
    return check(attempt(() => JSON.parse(this.#storage!.getItem(this.prefix + key)!) as unknown))
  }

  set(key: string, value: unknown): boolean {
    const write = (): true => {
      this.#storage!.setItem(
        this.prefix + key,
        plainJson(() => JSON.stringify(value)),
      )
      return true
    }
    if (!this.#storage || this.#isOver) return false
    if (attempt(write)) return true
    for (const old of this.keys(LOG)) this.remove(old)
    return attempt(write) || false
  }

  remove(key: string): void {
    if (!this.#isOver) attempt(() => this.#storage!.removeItem(this.prefix + key))
  }

  /** Whether the storage has this key, prefix and all. Yes where that cannot be known. */
  hasRaw(key: string): boolean {
    return attempt(() => this.#storage!.getItem(key)) !== null
  }

  /** Keys that begin with `start`, without the prefix. */
  keys(start: string): string[] {
    const found: string[] = []
    attempt(() => {
      const whole = this.prefix + start
      for (let i = 0; i < this.#storage!.length; i++) {
        const key = this.#storage!.key(i)
        if (key !== null && key.startsWith(whole)) found.push(key.slice(this.prefix.length))
      }
    })
    return found
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

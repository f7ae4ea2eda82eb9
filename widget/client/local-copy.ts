import type { Clock } from './clock.ts'
import { copyFrom } from './incoming.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { Copy } from './stored.ts'

const COUNT = 50
const AFTER_MS = 300

/** Stores a copy of one conversation shortly after a change; `save` stores it at once, when the page may be about to close. */
export class LocalCopy {
  readonly #key: string
  readonly #storage: ScopedStorage
  readonly #clock: Clock
  readonly #take: () => Copy
  #last: Copy
  #stopTimer: (() => void) | undefined

  constructor(options: { to: string; storage: ScopedStorage; clock: Clock; take: () => Copy }) {
    this.#key = `log~${options.to}`
    this.#storage = options.storage
    this.#clock = options.clock
    this.#take = options.take
    this.#last = options.take()
  }

  read(): Copy | undefined {
    return this.#storage.get(this.#key, copyFrom)
  }

  /** Every write wakes the other windows, so an unchanged copy is not written again. */
  reconcile(): void {
    const copy = this.#take()
    if ((Object.keys(copy) as (keyof Copy)[]).every((key) => copy[key] === this.#last[key])) return
    this.#last = copy
    this.#stopTimer ??= this.#clock.after(AFTER_MS, () => this.save())
  }

  /** Writes only after a change. */
  save(): void {
    if (!this.#stopTimer) return
    this.#stopTimer()
    this.#stopTimer = undefined
    const copy = this.#take()
    const messages = copy.messages.slice(-COUNT)
    this.#storage.set(this.#key, { ...copy, messages, hasOlder: copy.hasOlder || messages.length < copy.messages.length })
  }
}

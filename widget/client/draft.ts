import { DRAFT_LENGTH } from './limits.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import { text } from './shape.ts'
import { signal } from './signal.ts'

/** What a person has typed and not sent in one conversation: stored where storage allows, and shared by the person's windows. */
export class Draft {
  readonly text = signal('')
  readonly #storage: ScopedStorage
  readonly #key: string

  constructor(storage: ScopedStorage, to: string) {
    this.#storage = storage
    this.#key = `draft~${to}`
    this.#read()
  }

  set(whole: string): void {
    const cut = whole.slice(0, DRAFT_LENGTH)
    if (cut === this.text.value || this.#storage.isOver) return
    this.text.set(cut)
    if (cut) this.#storage.set(this.#key, cut)
    else this.#storage.remove(this.#key)
  }

  /** False: it is another key. */
  onStorage(key: string): boolean {
    if (key === this.#key) this.#read()
    return key === this.#key
  }

  /** An earlier release kept drafts of any length. */
  #read(): void {
    this.text.set((this.#storage.get(this.#key, text) || '').slice(0, DRAFT_LENGTH))
  }
}

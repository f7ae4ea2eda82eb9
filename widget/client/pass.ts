import { guestFrom } from './incoming.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { Guest } from './stored.ts'

export const GUEST_KEY = 'guest'

/** The pass for the hello: the page's own, or a guest's, fetched once and stored so that the guest stays the same person. */
export class Pass {
  readonly #options: { readonly storage: ScopedStorage; readonly fetchGuest: () => Promise<Guest> }
  #token: string | undefined
  #fetching: Promise<string> | undefined
  #isOver = false

  constructor(token: string | undefined, options: { storage: ScopedStorage; fetchGuest: () => Promise<Guest> }) {
    this.#token = token
    this.#options = options
  }

  get isGuest(): boolean {
    return this.#token === undefined
  }

  /** The page's own pass; undefined if there is none. */
  get given(): string | undefined {
    return this.#token
  }

  set(token: string): void {
    this.#token = token
  }

  /** The window belongs to another person: a guest's pass that is still being fetched is not stored. */
  end(): void {
    this.#isOver = true
  }

  /** The gateway refused the guest's pass: the next `token()` fetches another. */
  forgetGuest(): void {
    this.#options.storage.remove(GUEST_KEY)
    this.#fetching = undefined
  }

  /** The pass, unless it has to be fetched first. */
  get ready(): string | undefined {
    return this.#token || this.#guest()?.token
  }

  async token(): Promise<string> {
    return this.ready || (this.#fetching ??= this.#fetch())
  }

  async #fetch(): Promise<string> {
    const { fetchGuest, storage } = this.#options
    try {
      const guest = await fetchGuest()
      // Another window may have been faster; all windows use one guest.
      const other = this.#guest()
      if (!other && !this.#isOver) storage.set(GUEST_KEY, guest)
      return (other || guest).token
    } catch (error) {
      this.#fetching = undefined
      throw error
    }
  }

  /** Expiry is not checked here: this device's clock may be a year ahead, and every page would create another guest. */
  #guest(): Guest | undefined {
    return this.#options.storage.get(GUEST_KEY, guestFrom)
  }
}

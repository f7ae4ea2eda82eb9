import type { Clock } from './clock.ts'
import type { Keep } from './keep.ts'
import type { Guest } from './kept.ts'

const KEY = 'guest'
/** A pass that ends so soon is not worth a hello. */
const SPARE_MS = 60_000

/**
 * The pass to show at the door: the page's own, or a guest's, fetched once and kept so that the guest stays the same person.
 */
export class Pass {
  readonly #options: { readonly keep: Keep; readonly clock: Clock; readonly fetchGuest: () => Promise<Guest> }
  #token: string | undefined
  #fetching: Promise<string> | undefined

  constructor(token: string | undefined, options: { keep: Keep; clock: Clock; fetchGuest: () => Promise<Guest> }) {
    this.#token = token
    this.#options = options
  }

  get isGuest(): boolean {
    return this.#token === undefined
  }

  set(token: string): void {
    this.#token = token
  }

  /** The gateway would not have the guest's pass: the next `token()` fetches another. */
  forgetGuest(): void {
    this.#options.keep.remove(KEY)
    this.#fetching = undefined
  }

  async token(): Promise<string> {
    return this.#token || this.#guest()?.token || (this.#fetching ??= this.#fetch())
  }

  async #fetch(): Promise<string> {
    const { fetchGuest, keep } = this.#options
    try {
      const guest = await fetchGuest()
      // Another window may have been quicker; one person, one pass.
      const other = this.#guest()
      if (!other) keep.set(KEY, guest)
      return (other || guest).token
    } catch (error) {
      this.#fetching = undefined
      throw error
    }
  }

  #guest(): Guest | undefined {
    const guest = this.#options.keep.get<Guest>(KEY)
    return guest && guest.expiresAt - SPARE_MS > this.#options.clock.now() ? guest : undefined
  }
}

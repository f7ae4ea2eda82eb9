import type { Clock } from './clock.ts'
import { socketHistoryFrom } from './incoming.ts'
import type { ScopedStorage } from './scoped-storage.ts'
import type { SocketHistory } from './stored.ts'

const KEY = 'net'
const FORGET_MS = 1_800_000
const SHORT_LIFE_MS = 10_000
const FIRST_RETRY_MS = 5000
const LAST_RETRY_MS = 300_000

/**
 * What became of WebSockets to this gateway, remembered for half an hour across reloads where storage allows.
 * A failure counts only once polling has worked where the socket had not, or the gateway itself may have been away;
 * a socket that opens and dies young counts from the second time on, or a restarted gateway would look like a bad network.
 */
export class SocketRecord {
  readonly #keep: ScopedStorage
  readonly #clock: Clock
  #entry: SocketHistory | undefined
  #youngDeaths = 0

  constructor(keep: ScopedStorage, clock: Clock) {
    this.#keep = keep
    this.#clock = clock
    this.#entry = keep.get(KEY, socketHistoryFrom)
  }

  get isBad(): boolean {
    const entry = this.#entry
    return entry !== undefined && Math.abs(this.#clock.now() - entry.at) < FORGET_MS
  }

  /** How long a line on polling waits until it tries the socket again: 5, 15, 45 … 300 s. */
  get retryMs(): number {
    return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 3 ** Math.max(0, (this.#entry?.fails ?? 1) - 1))
  }

  failed(): void {
    this.#entry = { fails: (this.isBad ? this.#entry!.fails : 0) + 1, at: this.#clock.now() }
    this.#keep.set(KEY, this.#entry)
  }

  /** A socket that carried a line was lost without a word after `livedMs`. */
  died(livedMs: number): void {
    this.#youngDeaths = livedMs < SHORT_LIFE_MS ? this.#youngDeaths + 1 : 0
    if (this.#youngDeaths > 1) this.failed()
  }

  /** A socket was welcomed. Its past is forgotten only where it does not keep dying. */
  worked(): void {
    if (this.#youngDeaths > 1 || !this.#entry) return
    this.#entry = undefined
    this.#keep.remove(KEY)
  }
}

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
 * How WebSockets to this gateway fared, remembered for half an hour, across reloads where storage allows. A failure counts only once polling worked
 * where the socket had not; otherwise the gateway itself may have been down. A socket that opens and dies young counts from the second time on;
 * otherwise a restarted gateway would look like a bad network.
 */
export class SocketRecord {
  readonly #storage: ScopedStorage
  readonly #clock: Clock
  #entry: SocketHistory | undefined
  #youngDeaths = 0

  constructor(storage: ScopedStorage, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
    this.#entry = storage.get(KEY, socketHistoryFrom)
  }

  get isBad(): boolean {
    const entry = this.#entry
    return entry !== undefined && Math.abs(this.#clock.now() - entry.at) < FORGET_MS
  }

  /** How long a connection on polling waits before it tries a WebSocket again: 5, 15, 45 … 300 s. */
  get retryMs(): number {
    return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 3 ** Math.max(0, (this.#entry?.fails ?? 1) - 1))
  }

  failed(): void {
    this.#entry = { fails: (this.isBad ? this.#entry!.fails : 0) + 1, at: this.#clock.now() }
    this.#storage.set(KEY, this.#entry)
  }

  /** A welcomed socket was lost without a bye after `livedMs`. */
  died(livedMs: number): void {
    this.#youngDeaths = livedMs < SHORT_LIFE_MS ? this.#youngDeaths + 1 : 0
    if (this.#youngDeaths > 1) this.failed()
  }

  /** A socket was welcomed: clears the record, unless sockets keep dying young. */
  worked(): void {
    if (this.#youngDeaths > 1 || !this.#entry) return
    this.#entry = undefined
    this.#storage.remove(KEY)
  }
}

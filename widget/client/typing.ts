import type { Clock } from './clock.ts'
import { signal } from './signal.ts'

const SEND_EVERY_MS = 3000
const SHOW_MS = 6000

/** Who is typing on the other side, and reporting our own typing: sent at most every 3 s, shown for at most 6 s. */
export class Typing {
  readonly theirs = signal<{ readonly from: string; readonly name?: string } | undefined>(undefined)
  readonly #clock: Clock
  readonly #send: (on: boolean) => void
  #sentAt: number | undefined
  #stopTimer = (): void => {}

  constructor(clock: Clock, send: (on: boolean) => void) {
    this.#clock = clock
    this.#send = send
  }

  set(on: boolean): void {
    const now = this.#clock.uptime()
    if (on ? this.#sentAt !== undefined && now - this.#sentAt < SEND_EVERY_MS : this.#sentAt === undefined) return
    this.#sentAt = on ? now : undefined
    this.#send(on)
  }

  /** A sent message implies that we stopped typing. */
  sent(): void {
    this.#sentAt = undefined
  }

  show(who: { readonly from: string; readonly name?: string } | undefined): void {
    this.#stopTimer()
    this.theirs.set(who)
    if (who) this.#stopTimer = this.#clock.after(SHOW_MS, () => this.theirs.set(undefined))
  }
}

import type { Clock } from './clock.ts'
import { signal } from './signal.ts'

const SAY_EVERY_MS = 3000
const SHOW_MS = 6000

/** Who types on the other side, and telling them that we do: at most every 3 s, shown for at most 6 s. */
export class Typing {
  readonly theirs = signal<{ readonly from: string; readonly name?: string } | undefined>(undefined)
  readonly #clock: Clock
  readonly #say: (on: boolean) => void
  #saidAt: number | undefined
  #stopTimer = (): void => {}

  constructor(clock: Clock, say: (on: boolean) => void) {
    this.#clock = clock
    this.#say = say
  }

  set(on: boolean): void {
    const now = this.#clock.uptime()
    if (on ? this.#saidAt !== undefined && now - this.#saidAt < SAY_EVERY_MS : this.#saidAt === undefined) return
    this.#saidAt = on ? now : undefined
    this.#say(on)
  }

  /** A message of ours says by itself that we stopped. */
  sent(): void {
    this.#saidAt = undefined
  }

  show(who: { readonly from: string; readonly name?: string } | undefined): void {
    this.#stopTimer()
    this.theirs.set(who)
    if (who) this.#stopTimer = this.#clock.after(SHOW_MS, () => this.theirs.set(undefined))
  }
}

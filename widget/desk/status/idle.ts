import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Status } from '../../../gateway/protocol/model.ts'
import { listen } from '../../ui/listen.ts'
import { PersistedSetting } from '../../ui/persisted-setting.ts'

/** Input is recorded at most this often, in ms. */
const NOTE_MS = 5000

export interface IdleOptions {
  /** 0: never. */
  readonly limitMs: () => number
  readonly status: () => Status | undefined
  readonly change: (status: Status) => void
  readonly onIdle: () => void
}

/**
 * Sets the status to away without input. Input in any desk of this browser counts for all of them.
 *
 * here ──no input for `limitMs`, status online or busy──▶ idle (away; the status before is remembered)
 * idle ──input in any window──▶ here (the status before is back)
 * idle ──status changed by hand, anywhere──▶ here (what the hand chose stays)
 */
export class Idle implements ReactiveController {
  readonly #options: IdleOptions
  readonly #activeAt: PersistedSetting
  readonly #before: PersistedSetting
  #stop: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The limit that the timer was set by. */
  #watchedMs: number | undefined
  /** When this window last had input, by a clock that nobody can set. */
  #inputAt = -Infinity
  /** What this window recorded of it for the other windows. */
  #note: string | undefined

  constructor(host: ReactiveControllerHost, options: IdleOptions) {
    this.#options = options
    this.#activeAt = new PersistedSetting(host, 'active-at')
    this.#before = new PersistedSetting(host, 'idle-from')
    host.addController(this)
  }

  hostConnected(): void {
    this.#stop = listen(window, 'pointerdown pointermove keydown wheel touchstart', this.#onInput, { capture: true, passive: true })
    this.#onInput()
  }

  hostDisconnected(): void {
    this.#stop?.()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The person chose a status. */
  byHand(): void {
    if (this.#before.value !== undefined) this.#before.value = undefined
    this.#onInput()
  }

  readonly #onInput = (): void => {
    const before = this.#before.value as Status | undefined
    const now = performance.now()
    if (before === undefined && now - this.#inputAt < Math.min(NOTE_MS, this.#options.limitMs() / 4)) return
    this.#inputAt = now
    this.#activeAt.value = this.#note = String(Date.now())
    if (before !== undefined) {
      this.#before.value = undefined
      if (this.#options.status() === 'away') this.#options.change(before)
    }
    this.#watch()
  }

  /** The desk now belongs to another agent: not idle, and no earlier status to restore. */
  reset(): void {
    this.#before.value = undefined
    this.#onInput()
  }

  /** The page may have set another limit. */
  hostUpdate(): void {
    const limitMs = this.#options.limitMs()
    if (limitMs === this.#watchedMs) return
    this.#watchedMs = limitMs
    this.#watch()
  }

  #watch(): void {
    clearTimeout(this.#timer)
    const limitMs = this.#options.limitMs()
    if (limitMs <= 0 || this.#stop === undefined) return
    const leftMs = limitMs - this.#quietMs
    this.#timer = setTimeout(leftMs > 0 ? () => this.#look() : () => this.#rest(), Math.max(leftMs, 20))
  }

  /** Another window may have seen input meanwhile. */
  #look(): void {
    if (this.#quietMs < this.#options.limitMs()) this.#watch()
    else this.#rest()
  }

  /** Since the last input in any window; what other windows noted is a time of day, and far from now where somebody has set the clock. */
  get #quietMs(): number {
    const note = this.#activeAt.value ?? '0'
    return Math.min(performance.now() - this.#inputAt, note === this.#note ? Infinity : Math.abs(Date.now() - Number(note)))
  }

  #rest(): void {
    const status = this.#options.status()
    if (this.#before.value !== undefined || (status !== 'online' && status !== 'busy')) return
    this.#before.value = status
    this.#options.change('away')
    this.#options.onIdle()
  }
}

import { listen } from './listen.ts'

/**
 * Lets the Back button of a phone close a panel that covers the page. Opening adds a history entry of the same address; Back removes it, and
 * `onBack` closes the panel. A panel closed in another way removes its entry itself.
 *
 *   closed ──open──▶ our entry is the current one ──Back──▶ onBack
 *     ▲                    │ close: history.back(), unless the page has gone elsewhere; then the entry stays behind
 *     └── going back ◀─────┘ (until the popstate of that step; an `open` meanwhile waits for it)
 *
 * The entry copies the state of the page's own one, so that a router of the page finds in it what it stored.
 */
export class PanelHistory {
  readonly #onBack: () => void
  #id: string | undefined
  #isGoingBack = false
  #isWanted = false
  #stop: (() => void) | undefined

  constructor(onBack: () => void) {
    this.#onBack = onBack
  }

  open(): void {
    this.#isWanted = true
    this.#stop ??= listen(window, 'popstate', () => this.#onPop())
    if (!this.#isGoingBack && this.#id === undefined) this.#push()
  }

  close(): void {
    this.#isWanted = false
    const isCurrent = this.#isCurrent
    this.#id = undefined
    if (!isCurrent) return
    this.#isGoingBack = true
    history.back()
  }

  /** The element was removed: an entry that is left must not act. */
  stop(): void {
    this.#stop?.()
    this.#stop = this.#id = undefined
    this.#isGoingBack = this.#isWanted = false
  }

  get #isCurrent(): boolean {
    return this.#id !== undefined && stateOf(history)[KEY] === this.#id
  }

  #push(): void {
    this.#id = `${performance.timeOrigin + performance.now()}`
    try {
      history.pushState({ ...stateOf(history), [KEY]: this.#id }, '')
    } catch {
      // A page without an origin, or Safari's limit of entries in a time: Back does what it always did.
      this.#id = undefined
    }
  }

  #onPop(): void {
    if (this.#isGoingBack) {
      this.#isGoingBack = false
      if (this.#isWanted) this.#push()
    } else if (this.#id !== undefined && !this.#isCurrent) {
      this.#id = undefined
      this.#onBack()
    }
  }
}

const KEY = 'imChatPanel'

const stateOf = ({ state }: History): Readonly<Record<string, unknown>> => (typeof state === 'object' && state !== null ? state : {})

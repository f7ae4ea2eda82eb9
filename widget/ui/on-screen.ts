import type { ReactiveControllerHost } from 'lit'

/** How often a box that is in view, and hidden by a style, is looked at while somebody waits for it. */
const LOOK_MS = 300

/**
 * Whether a person can see a box: part of it is inside the window and inside whatever clips it, and neither it nor what it stands in is hidden
 * or transparent. A drawer that is shut, a tab that is not chosen and a box further down the page are not. Changes request a render.
 */
export class OnScreen {
  readonly #host: ReactiveControllerHost
  #observer: IntersectionObserver | undefined
  #box: Element | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Without the observer (Safari before 12.1) whatever is rendered counts as seen. */
  #isInView = typeof IntersectionObserver !== 'function'

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  observe(box: Element): void {
    this.#box = box
    if (typeof IntersectionObserver !== 'function') return
    this.#observer = new IntersectionObserver((entries) => {
      this.#isInView = entries[entries.length - 1]!.isIntersecting
      this.#host.requestUpdate()
    })
    this.#observer.observe(box)
  }

  /** After `stop` the box counts as not seen until `observe` is called again. */
  stop(): void {
    this.#observer?.disconnect()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#observer = undefined
    if (typeof IntersectionObserver === 'function') this.#isInView = false
  }

  /** Requests a render once the box is seen. The observer tells of most ways to be shown again; a style such as `visibility` is looked up. */
  awaitSeen(): void {
    if (!this.#isInView) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.isSeen) this.#host.requestUpdate()
      else this.awaitSeen()
    }, LOOK_MS)
  }

  get isSeen(): boolean {
    const box = this.#box as (Element & { checkVisibility?(options: object): boolean }) | undefined
    if (!box || !this.#isInView || getComputedStyle(box).visibility !== 'visible') return false
    return box.checkVisibility?.({ opacityProperty: true, checkOpacity: true, contentVisibilityAuto: true }) ?? true
  }
}

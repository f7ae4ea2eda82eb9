import type { ReactiveControllerHost } from 'lit'

/**
 * Whether a person can see a box: part of it is inside the window and inside whatever clips it, and neither it nor what it stands in is hidden
 * or transparent. A drawer that is shut, a tab that is not chosen and a box further down the page are not. Changes request a render.
 */
export class OnScreen {
  readonly #host: ReactiveControllerHost
  #observer: IntersectionObserver | undefined
  #box: Element | undefined
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
    this.#observer = undefined
    if (typeof IntersectionObserver === 'function') this.#isInView = false
  }

  get isSeen(): boolean {
    const box = this.#box as (Element & { checkVisibility?(options: object): boolean }) | undefined
    if (!box || !this.#isInView || getComputedStyle(box).visibility !== 'visible') return false
    return box.checkVisibility?.({ opacityProperty: true, checkOpacity: true, contentVisibilityAuto: true }) ?? true
  }
}

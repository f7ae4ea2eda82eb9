import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** The element's own width, in px, from which two and three columns fit. */
const TWO = 680
const THREE = 1040

/** How many columns fit beside each other. By the element's width, not the page's: it may stand in a frame or beside something. */
export class Columns implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  #watch: ResizeObserver | undefined
  #count: 1 | 2 | 3 = 3

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  get count(): 1 | 2 | 3 {
    return this.#count
  }

  hostConnected(): void {
    this.#watch = new ResizeObserver(() => this.#measure())
    this.#watch.observe(this.#host)
    this.#measure()
  }

  hostDisconnected(): void {
    this.#watch?.disconnect()
  }

  #measure(): void {
    const width = this.#host.offsetWidth
    const count = width >= THREE ? 3 : width >= TWO ? 2 : 1
    if (width === 0 || count === this.#count) return
    this.#count = count
    this.#host.requestUpdate()
  }
}

const REVEAL_MS = 500
const PANNED_PX = 24

interface Place {
  readonly x: number
  readonly y: number
}

/**
 * iOS leaves the page panned after the keyboard has closed. Scrolls it back, once, to where it stood when the chat's field got focus. A pan that
 * another field caused, or that the person made, is left alone.
 *
 *   idle ──the chat's field gets focus──▶ armed ──keyboard and focus gone, page panned──▶ waiting ──REVEAL_MS──▶ scrolls, idle
 *   armed or waiting, something of the page has focus ▶ idle
 *   waiting, the page was scrolled ▶ idle
 */
export class PanReset {
  readonly #host: Element
  /** Where the page stood when the field got focus; undefined: idle. */
  #home: Place | undefined
  #waiting: (Place & { readonly since: number }) | undefined

  /** `host`: the element that `document.activeElement` is, while the chat has focus. */
  constructor(host: Element) {
    this.#host = host
  }

  /** The chat's field got focus. */
  arm(): void {
    this.#home ??= here()
    this.#waiting = undefined
  }

  /** Called a few times a second while neither keyboard nor focus is the chat's; `offsetTop`: how far the page is panned. */
  look(offsetTop: number): void {
    if (!this.#home) return
    const { x, y } = here()
    const { since } = (this.#waiting ??= { x, y, since: performance.now() })
    if (this.#isFocusElsewhere || x !== this.#waiting.x || y !== this.#waiting.y) this.#home = this.#waiting = undefined
    else if (offsetTop <= PANNED_PX) this.#waiting = undefined
    else if (performance.now() - since >= REVEAL_MS) {
      window.scrollTo(this.#home.x, this.#home.y)
      this.#home = this.#waiting = undefined
    }
  }

  get #isFocusElsewhere(): boolean {
    let { activeElement } = document
    while (activeElement && activeElement !== this.#host && activeElement.shadowRoot?.activeElement) {
      activeElement = activeElement.shadowRoot.activeElement
    }
    return activeElement !== null && activeElement !== document.body && activeElement !== this.#host
  }
}

const here = (): Place => ({ x: window.scrollX, y: window.scrollY })

import type { ReactiveController, ReactiveControllerHost } from 'lit'

/**
 * Which rows of a long list need to exist. All rows are equally high; one that exists is measured, so zoom, font size and
 * host styles are free to decide how high.
 *
 *   ┌ scroller ─────────┐ scrollTop
 *   │ before (padding)  │   first × rowHeight
 *   │ row first … end-1 │   the window on screen, and a few rows more on either side
 *   │ after  (padding)  │   (count - end) × rowHeight
 *   └───────────────────┘
 *
 * Scrolling re-renders only when the window left the rows that exist. The heights reach the list as the css variables
 * `--_before` and `--_after`, written after each render; a style attribute would fail under a strict CSP.
 */
export class VirtualRows implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #spareCount = 8
  #scroller: HTMLElement | undefined
  #watch: ResizeObserver | undefined
  #abort: AbortController | undefined
  #rowHeight = 64
  #viewHeight = 640
  #count = 0
  #first = 0
  #end = 0
  #wanted: number | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** To be called in render(): the rows to create out of `count`. */
  range(count: number): { readonly first: number; readonly end: number } {
    this.#count = count
    const top = this.#scroller?.scrollTop ?? 0
    const seen = Math.floor(top / this.#rowHeight)
    const first = Math.max(0, Math.min(seen - this.#spareCount, count - 1))
    this.#first = first
    this.#end = Math.min(count, seen + Math.ceil(this.#viewHeight / this.#rowHeight) + this.#spareCount)
    return { first: this.#first, end: this.#end }
  }

  /** The rows that exist since the last render. */
  get window(): { readonly first: number; readonly end: number } {
    return { first: this.#first, end: this.#end }
  }

  /** Rows that fit on screen at once: how far PageDown goes. */
  get pageCount(): number {
    return Math.max(1, Math.floor(this.#viewHeight / this.#rowHeight) - 1)
  }

  /** The scrolled element, as a `ref`; undefined when it goes. */
  readonly attach = (element?: Element): void => {
    if (element === this.#scroller) return
    this.#abort?.abort()
    this.#watch?.disconnect()
    this.#scroller = element instanceof HTMLElement ? element : undefined
    if (!this.#scroller) return
    this.#abort = new AbortController()
    this.#scroller.addEventListener('scroll', this.#onScroll, { passive: true, signal: this.#abort.signal })
    this.#watch = new ResizeObserver(this.#measure)
    this.#watch.observe(this.#scroller)
    this.#host.requestUpdate()
  }

  /** Brings row `index` on screen with the least movement; after the next render, when the list is as high as its rows. */
  reveal(index: number): void {
    if (index < 0) return
    this.#wanted = index
    this.#host.requestUpdate()
  }

  hostUpdated(): void {
    const scroller = this.#scroller
    if (!scroller) return
    scroller.style.setProperty('--_before', `${this.#first * this.#rowHeight}px`)
    scroller.style.setProperty('--_after', `${Math.max(0, this.#count - this.#end) * this.#rowHeight}px`)
    this.#measure()
    if (this.#wanted !== undefined) this.#scrollTo(scroller, this.#wanted)
    this.#wanted = undefined
  }

  #scrollTo(scroller: HTMLElement, index: number): void {
    const edge = parseFloat(getComputedStyle(scroller).paddingTop)
    // one row more on either side, where the open one may stick
    const top = edge + (index - 1) * this.#rowHeight
    const below = top + 3 * this.#rowHeight - scroller.clientHeight
    if (index === 0) scroller.scrollTop = 0
    else if (index === this.#count - 1) scroller.scrollTop = scroller.scrollHeight
    else if (top < scroller.scrollTop) scroller.scrollTop = top
    else if (below > scroller.scrollTop) scroller.scrollTop = below
  }

  readonly #measure = (): void => {
    const scroller = this.#scroller
    if (!scroller) return
    const row = scroller.querySelector<HTMLElement>('[data-row]')
    const rowHeight = row?.offsetHeight || this.#rowHeight
    const viewHeight = scroller.clientHeight || this.#viewHeight
    if (rowHeight === this.#rowHeight && viewHeight === this.#viewHeight) return
    this.#rowHeight = rowHeight
    this.#viewHeight = viewHeight
    this.#host.requestUpdate()
  }

  readonly #onScroll = (): void => {
    const top = Math.floor(this.#scroller!.scrollTop / this.#rowHeight)
    const bottom = top + Math.ceil(this.#viewHeight / this.#rowHeight)
    const isCovered = top >= this.#first && bottom <= this.#end
    const isNearEdge = (this.#first > 0 && top - this.#first < 3) || (this.#end < this.#count && this.#end - bottom < 3)
    if (!isCovered || isNearEdge) this.#host.requestUpdate()
  }
}

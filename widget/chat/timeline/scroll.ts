import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { listen } from '../../ui/listen.ts'

/** A reader within this distance of the end is at the end. */
const PINNED_PX = 24
/** Within this distance of an end, the next page of nodes or of history is requested. */
const EDGE_PX = 500

export interface ScrollOptions {
  /** The reader is near the first or the last node. */
  readonly onEdge: (edge: 'top' | 'bottom') => void
  readonly onPinned: (isPinned: boolean) => void
  readonly onScrolled: () => void
}

/**
 * The reader's place in the list. Two states: pinned to the end (the last message stays visible whatever grows or shrinks), or reading (the topmost
 * visible message stays in place while others are added, removed or loaded).
 *
 *       scrollTop ─┐  ┌───────────┐ 0
 *                  │  │  older    │
 *                  ▼  ├───────────┤ ─ visible top: the anchor is the first message below it
 *                     │  visible  │   clientHeight
 *                     ├───────────┤ ─ visible bottom
 *                     │  below    │   below = scrollHeight − clientHeight − scrollTop; pinned while ≤ PINNED_PX
 *                     └───────────┘ scrollHeight
 *
 * Only the reader leaves the end, and only by scrolling up: a scroll event after a change of the list's own height, or one that arrives late and
 * finds the content grown, is not the reader's. The browser's own scroll anchoring is off: Safari has none, and two mechanisms would fight.
 */
export class Scroll implements ReactiveController {
  readonly #options: ScrollOptions
  #list: HTMLElement | undefined
  #observer: ResizeObserver | undefined
  #isPinned = true
  #height = 0
  #top = 0
  #anchor: { readonly node: Element; readonly top: number } | undefined

  constructor(host: ReactiveControllerHost, options: ScrollOptions) {
    this.#options = options
    host.addController(this)
  }

  get isPinned(): boolean {
    return this.#isPinned
  }

  /** The list stays for the element's life, and so does its listener. */
  attach(list: HTMLElement): void {
    this.#list = list
    this.#height = list.clientHeight
    listen(list, 'scroll', () => this.#onScroll(), { passive: true })
    if (typeof ResizeObserver === 'undefined') return
    this.#observer = new ResizeObserver(() => this.#onResize())
    this.#observer.observe(list)
    if (list.firstElementChild) this.#observer.observe(list.firstElementChild)
  }

  toEnd(): void {
    this.#setPinned(true)
    this.#anchor = undefined
    if (this.#list) this.#pin(this.#list)
  }

  /** The reader is taken elsewhere; the end is no longer kept. */
  leave(): void {
    this.#setPinned(false)
  }

  /** Brings a row into the middle of what is visible; the reader leaves the end. */
  reveal(row: Element): void {
    const list = this.#list!
    this.#anchor = undefined
    this.#setPinned(false)
    row.scrollIntoView({ block: 'center' })
    this.#top = list.scrollTop
    this.#setPinned(list.scrollHeight - list.clientHeight - list.scrollTop <= PINNED_PX)
  }

  /** Whether the row's end lies above what is visible. */
  isAbove(row: Element): boolean {
    return row.getBoundingClientRect().bottom <= this.#list!.getBoundingClientRect().top
  }

  /** Runs `change`, which resizes the list, and keeps the reader's place: the end if pinned, otherwise the bottom visible line. */
  hold(change: () => void): void {
    const list = this.#list
    const before = list?.clientHeight ?? 0
    const isPinned = this.#isPinned
    change()
    if (!list) return
    const lost = before - list.clientHeight
    this.#height = list.clientHeight
    if (isPinned) this.#pin(list)
    else if (lost !== 0 && before > 0) list.scrollTop += lost
  }

  /** Before a render: remembers the first visible message and its position. */
  hostUpdate(): void {
    const list = this.#list
    this.#anchor = undefined
    if (!list || this.#isPinned) return
    const edge = list.getBoundingClientRect().top
    const rows = list.querySelectorAll('[data-id]')
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (rows[middle]!.getBoundingClientRect().bottom <= edge) low = middle + 1
      else high = middle
    }
    const node = rows[low]
    if (node) this.#anchor = { node, top: node.getBoundingClientRect().top }
  }

  hostUpdated(): void {
    const list = this.#list
    if (!list) return
    if (this.#isPinned) {
      this.#pin(list)
    } else if (this.#anchor?.node.isConnected) {
      const moved = this.#anchor.node.getBoundingClientRect().top - this.#anchor.top
      // Below a CSS zoom the two are not of the same px.
      if (Math.abs(moved) >= 1) list.scrollTop += (moved * list.offsetHeight) / list.getBoundingClientRect().height
    }
    this.#anchor = undefined
  }

  #onScroll(): void {
    const list = this.#list!
    if (list.clientHeight !== this.#height) {
      this.#height = list.clientHeight
      return
    }
    const below = list.scrollHeight - list.clientHeight - list.scrollTop
    const isLate = this.#isPinned && below > PINNED_PX && list.scrollTop >= this.#top - 1
    this.#top = list.scrollTop
    if (isLate) return this.#pin(list)
    this.#setPinned(below <= PINNED_PX)
    this.#options.onScrolled()
    if (list.scrollTop < EDGE_PX) this.#options.onEdge('top')
    if (below < EDGE_PX) this.#options.onEdge('bottom')
  }

  #onResize(): void {
    const list = this.#list!
    this.#height = list.clientHeight
    if (this.#isPinned && list.clientHeight > 0) this.#pin(list)
  }

  #pin(list: HTMLElement): void {
    list.scrollTop = list.scrollHeight
    this.#top = list.scrollTop
  }

  #setPinned(isPinned: boolean): void {
    if (isPinned === this.#isPinned) return
    this.#isPinned = isPinned
    this.#options.onPinned(isPinned)
  }
}

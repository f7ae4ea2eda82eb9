import type { ReactiveControllerHost } from 'lit'

export interface ListKeysOptions {
  /** The ids in the order shown. */
  readonly ids: () => readonly string[]
  readonly pageCount: () => number
  readonly onMove: (index: number) => void
  /** `isToWrite`: with Enter, after which the person writes; Space only looks. */
  readonly onOpen: (id: string, isToWrite: boolean) => void
  /** The list is to get the focus. */
  readonly onEnter: () => void
}

/** The index that a key moves to from `at` in a list of `count` rows; undefined for a key the list does not handle. */
export function listMove(key: string, list: { at: number; count: number; pageCount: number }): number | undefined {
  const { at, count, pageCount } = list
  const last = count - 1
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + pageCount, PageUp: at - pageCount, Home: 0, End: last }[key]
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(last, to))
}

/**
 * The keyboard in a listbox: arrows, Page, Home and End move, Enter and Space open. The position is an id, not an index,
 * so that rows may come and go around it.
 */
export class ListKeys {
  readonly #host: ReactiveControllerHost
  readonly #options: ListKeysOptions
  #active: string | undefined

  constructor(host: ReactiveControllerHost, options: ListKeysOptions) {
    this.#host = host
    this.#options = options
  }

  get active(): string | undefined {
    return this.#active
  }

  set active(id: string | undefined) {
    if (id === this.#active) return
    this.#active = id
    this.#host.requestUpdate()
  }

  readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return
    const { ids, onMove, onOpen, pageCount } = this.#options
    const order = ids()
    const at = this.#active === undefined ? -1 : order.indexOf(this.#active)
    const to = listMove(event.key, { at, count: order.length, pageCount: pageCount() })
    if (to !== undefined) {
      event.preventDefault()
      this.active = order[to]
      onMove(to)
    } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) {
      event.preventDefault()
      onOpen(order[at]!, event.key === 'Enter')
    }
  }

  /** In the field above the list: the arrow goes down into it, Enter opens what comes first. */
  readonly onSearchKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return
    const { ids, onEnter, onMove, onOpen } = this.#options
    const [first] = ids()
    if (first === undefined || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return
    event.preventDefault()
    this.active = first
    if (event.key === 'Enter') return onOpen(first, true)
    onMove(0)
    onEnter()
  }
}

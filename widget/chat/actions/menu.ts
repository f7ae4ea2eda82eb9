import { html, render, type TemplateResult } from 'lit'
import { listen } from '../../ui/listen.ts'

export interface MenuItem {
  readonly name: string
  readonly label: string
  readonly icon: TemplateResult
  readonly isGrave?: boolean
  readonly onChosen: () => void
}

export interface MenuOptions {
  readonly items: readonly MenuItem[]
  readonly label: string
  /** Where the press was, in px of the window. */
  readonly x: number
  readonly y: number
  /** The menu is gone. `isByKey`: the focus belongs where it came from. */
  readonly onClosed: (isByKey: boolean) => void
}

/** Kept from the edges of the window. */
const MARGIN_PX = 8

/**
 * A small menu over everything: in the top layer where the engine has popovers, else above the panel. Escape, a press elsewhere, a scroll, a resize
 * and Tab close it; arrows, Home and End move in it. Returns what closes it.
 */
export function openMenu(place: Node & ParentNode, { items, label, x, y, onClosed }: MenuOptions): () => void {
  const menu = document.createElement('div')
  menu.className = 'actions'
  menu.setAttribute('role', 'menu')
  menu.setAttribute('aria-label', label)
  menu.dataset.test = 'actions'
  let isOpen = true
  const close = (isByKey: boolean): void => {
    if (!isOpen) return
    isOpen = false
    stops.forEach((stop) => stop())
    menu.remove()
    onClosed(isByKey)
  }
  const choose = ({ onChosen }: MenuItem): void => {
    close(true)
    onChosen()
  }
  render(
    items.map(
      (item) => html`<button type="button" role="menuitem" tabindex="-1" class=${item.isGrave ? 'grave' : ''} data-test=${`action-${item.name}`}
        @click=${() => choose(item)}>${item.icon}<span>${item.label}</span></button>`,
    ),
    menu,
  )
  place.appendChild(menu)
  if ('showPopover' in menu) {
    menu.popover = 'manual'
    menu.showPopover()
  }
  put(menu, x, y)
  const stops = [
    listen<KeyboardEvent>(menu, 'keydown', (event) => onKey(event, menu, close)),
    listen(window, 'pointerdown', (event) => event.composedPath().includes(menu) || close(false), { capture: true }),
    listen(window, 'resize blur', () => close(false)),
    listen(menu.getRootNode(), 'scroll', () => close(false), { capture: true, passive: true }),
  ]
  menu.querySelector('button')!.focus({ preventScroll: true })
  return () => close(false)
}

/** Below and beside the press, or on its other side where there is no room. */
function put(menu: HTMLElement, x: number, y: number): void {
  const { offsetWidth: width, offsetHeight: height } = menu
  const { innerWidth, innerHeight } = window
  const isRtl = getComputedStyle(menu).direction === 'rtl'
  const left = isRtl ? x - width : x
  const top = y + height + MARGIN_PX > innerHeight ? y - height : y
  menu.style.left = `${Math.max(MARGIN_PX, Math.min(left, innerWidth - width - MARGIN_PX))}px`
  menu.style.top = `${Math.max(MARGIN_PX, Math.min(top, innerHeight - height - MARGIN_PX))}px`
}

function onKey(event: KeyboardEvent, menu: HTMLElement, close: (isByKey: boolean) => void): void {
  // the panel and the pages have keys of their own
  event.stopPropagation()
  const { key } = event
  if (key === 'Escape' || key === 'Tab') {
    event.preventDefault()
    return close(true)
  }
  const items = [...menu.querySelectorAll('button')]
  const at = items.indexOf((menu.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key]
  if (to === undefined) return
  event.preventDefault()
  items[(to + items.length) % items.length]!.focus()
}

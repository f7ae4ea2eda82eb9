import { warnAuthor } from '../warn-author.ts'
import { parentOf } from './css-zoom.ts'

/** Properties with which an element keeps `position: fixed` inside itself, and the values that do. */
const HOLDING: Readonly<Record<string, RegExp>> = {
  transform: /^(?!none)./,
  translate: /^(?!none)./,
  rotate: /^(?!none)./,
  scale: /^(?!none)./,
  perspective: /^(?!none)./,
  filter: /^(?!none)./,
  'backdrop-filter': /^(?!none)./,
  'will-change': /transform|translate|rotate|scale|perspective|filter|contain/,
  contain: /paint|layout|strict|content/,
  'content-visibility': /auto|hidden/,
  'container-type': /size/,
}

/**
 * Lifts the panel out of an ancestor that keeps `position: fixed` inside itself: there "the window" is that ancestor's box, which may have no height
 * or be as long as the page. In the top layer the window is the window again. Engines without popovers cannot do that, so the page's author is told.
 */
export class TopLayer {
  readonly #host: HTMLElement
  readonly #place: HTMLElement

  /** `place` holds everything of the panel. */
  constructor(host: HTMLElement, place: HTMLElement) {
    this.#host = host
    this.#place = place
  }

  enter(): void {
    const holder = holderOf(this.#host)
    if (holder === undefined) return this.leave()
    if (!('showPopover' in this.#place)) return warnAuthor(this.#host.localName, 'held', sentence(holder))
    this.#place.popover = 'manual'
    this.#place.toggleAttribute('data-lifted', true)
    if (!this.#place.matches(':popover-open')) this.#place.showPopover()
  }

  leave(): void {
    this.#place.removeAttribute('popover')
  }
}

interface Holder {
  readonly element: Element
  readonly property: string
}

function holderOf(host: Element): Holder | undefined {
  for (let element: Element | null = host; element; element = parentOf(element)) {
    const style = getComputedStyle(element)
    for (const property in HOLDING) {
      if (HOLDING[property]!.test(style.getPropertyValue(property))) return { element, property }
    }
  }
  return undefined
}

const sentence = ({ element: { localName, id }, property }: Holder): string =>
  `\`${property}\` of <${localName}${id && ` id="${id}"`}> keeps the panel inside that element, and this browser has no popover to lift it out.` +
  ' Put <im-chat> at the end of <body>.'

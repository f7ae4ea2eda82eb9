/**
 * Focus goes into the panel when it opens, stays in it while it covers the page, and returns where it came from.
 * On touch the panel itself takes it, not the field: the keyboard would hide what the person came to read.
 */
export class PanelFocus {
  #origin: HTMLElement | undefined

  enter(panel: HTMLElement, field: HTMLElement): void {
    const { activeElement } = document
    this.#origin = activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : undefined
    const isTouch = window.matchMedia('(hover: none) and (pointer: coarse)').matches
    ;(isTouch ? panel : field).focus({ preventScroll: true })
  }

  /** `fallback` where it came from our own button, which the host hides in its shadow, or from nowhere. */
  leave(host: HTMLElement, fallback: HTMLElement | null): void {
    const { activeElement } = document
    if (activeElement !== host && activeElement !== document.body) return
    const origin = this.#origin?.isConnected && this.#origin !== host ? this.#origin : fallback
    origin?.focus({ preventScroll: true })
    this.#origin = undefined
  }

  /** Tab goes round inside. */
  trap(event: KeyboardEvent, panel: HTMLElement): void {
    const stops = [...panel.querySelectorAll<HTMLElement>('a[href], button, textarea, [tabindex="0"]')].filter(
      (each) => each.getClientRects().length > 0,
    )
    const active = (panel.getRootNode() as ShadowRoot).activeElement
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1]
    if (active !== edge && !(event.shiftKey && active === panel)) return
    event.preventDefault()
    ;(event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus()
  }
}

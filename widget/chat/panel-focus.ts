/**
 * Moves focus into the panel when it opens, keeps it there while the panel covers the page, and returns it to its origin on close. On touch screens
 * the panel gets focus and not the field, because the keyboard would cover the messages.
 */
export class PanelFocus {
  #origin: HTMLElement | undefined

  enter(panel: HTMLElement, field: HTMLElement): void {
    const { activeElement } = document
    this.#origin = activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : undefined
    const isTouch = window.matchMedia('(hover: none) and (pointer: coarse)').matches
    ;(isTouch ? panel : field).focus({ preventScroll: true })
  }

  /** `fallback` gets focus if it came from our launcher, which `document.activeElement` reports as the host, or from nowhere. */
  leave(host: HTMLElement, fallback: HTMLElement | null): void {
    const { activeElement } = document
    if (activeElement !== host && activeElement !== document.body) return
    const origin = this.#origin?.isConnected && this.#origin !== host ? this.#origin : fallback
    origin?.focus({ preventScroll: true })
    this.#origin = undefined
  }

  /** Tab cycles inside the panel. */
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

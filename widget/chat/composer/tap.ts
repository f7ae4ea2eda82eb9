import { listen } from '../../ui/listen.ts'

/** A finger that moves farther than this between down and up does not tap. */
const SLOP_PX = 16
/** A finger that stays down for this long holds and does not tap. */
const HOLD_MS = 500

/**
 * A tap that does not move focus, so the soft keyboard stays. iOS moves focus on touch, before any pointer or mouse event could prevent it, so the
 * touch itself is prevented and the action runs at its end; no click follows. A `click` may still come from a mouse, a pen, a switch control or a
 * script and calls `onClick`. `onHold`: a finger stayed down. Returns a function that removes the listeners.
 */
export function tap(button: HTMLElement, onTap: () => void, onClick: (event: Event) => void, onHold?: () => void): () => void {
  let start: Touch | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = (): void => {
    if (start) onHold?.()
    start = undefined
  }
  const stops = [
    listen<TouchEvent>(
      button,
      'touchstart',
      (event) => {
        start = event.touches.length === 1 ? event.changedTouches[0] : undefined
        if (start && event.cancelable) event.preventDefault()
        clearTimeout(timer)
        if (onHold) timer = setTimeout(hold, HOLD_MS)
      },
      { passive: false },
    ),
    listen<TouchEvent>(
      button,
      'touchmove',
      (event) => {
        const now = event.changedTouches[0]
        if (start && now && Math.max(Math.abs(now.clientX - start.clientX), Math.abs(now.clientY - start.clientY)) > SLOP_PX) {
          start = undefined
        }
      },
      { passive: true },
    ),
    listen(button, 'touchcancel', () => (start = undefined)),
    listen(button, 'touchend touchcancel', () => clearTimeout(timer)),
    listen<TouchEvent>(
      button,
      'touchend',
      (event) => {
        if (!start) return
        start = undefined
        if (event.cancelable) event.preventDefault()
        onTap()
      },
      { passive: false },
    ),
    listen(button, 'mousedown', (event) => event.preventDefault()),
    listen(button, 'click', onClick),
  ]
  return () => stops.forEach((stop) => stop())
}

import { listen } from '../../ui/listen.ts'

/** A finger that rests so long on a message … */
const HOLD_MS = 450
/** … and moves less than this wants its menu. */
const MOVED_PX = 10

/** A press, and what is pressed: an event forgets that once it is over. */
export interface Press {
  readonly event: Event
  readonly target: Element
}

const pressOf = (event: Event): Press => ({ event, target: event.composedPath()[0] as Element })

/**
 * Calls `onHeld` for a finger or pen that rests on the list; what the engine makes of the same press afterwards (a click, its own menu) is stopped.
 * `first`: a press that began before anybody listened.
 */
export function longPress(list: HTMLElement, onHeld: (target: Element, at: PointerEvent) => boolean, first: Press | undefined): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let down: PointerEvent | undefined
  let isHeld = false
  const cancel = (): void => {
    clearTimeout(timer)
    down = undefined
  }
  const begin = ({ event: begun, target }: Press): void => {
    const event = begun as PointerEvent
    cancel()
    isHeld = false
    if (event.pointerType === 'mouse' || !event.isPrimary) return
    down = event
    timer = setTimeout(() => {
      isHeld = onHeld(target, event)
      cancel()
    }, HOLD_MS)
  }
  const move = ({ clientX, clientY }: PointerEvent): void => {
    if (down && Math.hypot(clientX - down.clientX, clientY - down.clientY) > MOVED_PX) cancel()
  }
  const afterHold = (event: Event): void => {
    if (!isHeld) return
    event.preventDefault()
    event.stopPropagation()
    if (event.type === 'click') isHeld = false
  }
  const stops = [
    listen(list, 'pointerdown', (event) => begin(pressOf(event))),
    listen<PointerEvent>(list, 'pointermove', move, { passive: true }),
    listen(list, 'pointerup pointercancel scroll', cancel, { passive: true }),
    listen(list, 'click contextmenu', afterHold, { capture: true }),
  ]
  if (first?.event.type === 'pointerdown') begin(first)
  return () => {
    cancel()
    stops.forEach((stop) => stop())
  }
}

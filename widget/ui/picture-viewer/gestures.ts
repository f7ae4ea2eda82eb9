import { listen } from '../listen.ts'
import type { Spot, Zoom } from './zoom.ts'

export interface GestureOptions {
  readonly zoom: Zoom
  /** The picture lies elsewhere now: `dx` and `dy` px beside its place while a finger drags it. */
  readonly onMoved: (dx: number, dy: number) => void
  /** 1: towards the right of the screen was dragged, -1: the left. */
  readonly onSwiped: (side: 1 | -1) => void
  readonly onDismissed: () => void
}

interface Tap extends Spot {
  /** Ms. */
  readonly at: number
}

/** A finger that went so far, px, meant the next picture, or down, the end. */
const SWIPE_PX = 60
const DISMISS_PX = 90
/** A finger that went no further than this tapped. */
const TAP_PX = 10
const DOUBLE_TAP_MS = 300
const DOUBLE_TAP_PX = 30
const DOUBLE_TAP_SCALE = 2.5
const WHEEL_STEP = 0.002
const NOWHERE: Spot = { x: 0, y: 0 }

/**
 * Two fingers pinch and move, one moves a picture that is larger than the stage; one that fits is swiped away or dismissed. A double tap or click
 * zooms in and out, and so does the wheel. Browsers disagree on whether fingers cause a `dblclick`, so taps are counted here.
 */
export class Gestures {
  readonly #stage: HTMLElement
  readonly #options: GestureOptions
  /** Those that touch the stage, by pointer id. */
  readonly #fingers = new Map<number, Spot>()
  #drag = NOWHERE
  /** How far the only finger went since it came down, px. */
  #way = 0
  #lastTap: Tap | undefined

  constructor(stage: HTMLElement, options: GestureOptions) {
    this.#stage = stage
    this.#options = options
    listen<PointerEvent>(stage, 'pointerdown', (event) => this.#onDown(event))
    listen<PointerEvent>(stage, 'pointermove', (event) => this.#onMove(event))
    listen<PointerEvent>(stage, 'pointerup pointercancel', (event) => this.#onUp(event))
    listen<WheelEvent>(stage, 'wheel', (event) => this.#onWheel(event), { passive: false })
  }

  #spotOf({ clientX, clientY }: MouseEvent): Spot {
    const { left, top, width, height } = this.#stage.getBoundingClientRect()
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 }
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return
    this.#fingers.set(event.pointerId, this.#spotOf(event))
    if (this.#fingers.size > 1) this.#drag = NOWHERE
    else this.#way = 0
    this.#stage.setPointerCapture(event.pointerId)
  }

  #onMove(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId)
    if (before === undefined) return
    const { zoom, onMoved } = this.#options
    const now = this.#spotOf(event)
    const [dx, dy] = [now.x - before.x, now.y - before.y]
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1]
    this.#way += Math.abs(dx) + Math.abs(dy)
    this.#fingers.set(event.pointerId, now)
    if (other !== undefined) {
      zoom.by(distance(now, other) / Math.max(1, distance(before, other)), middle(now, other))
      zoom.move(dx / 2, dy / 2)
    } else if (zoom.scale > 1) zoom.move(dx, dy)
    else this.#drag = { x: this.#drag.x + dx, y: this.#drag.y + dy }
    onMoved(this.#drag.x, this.#drag.y)
  }

  #onUp(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId) || this.#fingers.size > 0) return
    const { onMoved, onSwiped, onDismissed } = this.#options
    const { x, y } = this.#drag
    this.#drag = NOWHERE
    onMoved(0, 0)
    if (event.type === 'pointercancel') return
    if (Math.abs(x) > SWIPE_PX && Math.abs(x) > Math.abs(y)) onSwiped(x > 0 ? 1 : -1)
    else if (y > DISMISS_PX && y > Math.abs(x)) onDismissed()
    else if (this.#way < TAP_PX) this.#onTap(event)
  }

  #onTap(event: PointerEvent): void {
    const tap: Tap = { ...this.#spotOf(event), at: event.timeStamp }
    const last = this.#lastTap
    const isSecond = last !== undefined && tap.at - last.at < DOUBLE_TAP_MS && distance(tap, last) < DOUBLE_TAP_PX
    this.#lastTap = isSecond ? undefined : tap
    if (isSecond) this.#toggle(tap)
  }

  #toggle(spot: Spot): void {
    const { zoom, onMoved } = this.#options
    if (zoom.scale > 1) zoom.reset()
    else zoom.by(DOUBLE_TAP_SCALE, spot)
    onMoved(0, 0)
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault()
    this.#options.zoom.by(Math.exp(-event.deltaY * WHEEL_STEP), this.#spotOf(event))
    this.#options.onMoved(0, 0)
  }
}

const distance = (a: Spot, b: Spot): number => Math.hypot(a.x - b.x, a.y - b.y)
const middle = (a: Spot, b: Spot): Spot => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

import { KeyboardSigns } from './keyboard-signs.ts'
import { band, CLOSED, touchedSides, type Band, type Baselines, type Inset, type Measurement } from './geometry.ts'
import { listen } from '../../ui/listen.ts'

interface VirtualKeyboard extends EventTarget {
  readonly boundingRect: DOMRect
}

export interface ViewportParts {
  /** The node that is positioned; the panel fills it. */
  readonly frame: HTMLElement
  /** Fixed from top to bottom and never moved: shows where `position: fixed` really is. */
  readonly probe: HTMLElement
  /** The element itself for an inline panel, otherwise the probe. */
  readonly box: () => HTMLElement
}

export interface ViewportOptions {
  readonly isFocused: () => boolean
  /** Runs a change of the panel's height and keeps the reader's place in the list, in the same turn. */
  readonly hold: (change: () => void) => void
}

const SETTLE_MS = 250
const SLOW_SETTLE_MS = 900
const STABLE_FRAMES = 4
const POLL_MS = 250
const REVEAL_MS = 500

/**
 * Keeps the frame exactly over the visible part of the screen. Events only wake a sampler, which measures and writes once a frame until the figures
 * were equal for four frames. An event's own numbers are not used, because events come before the values (WebKit 254861) or not at all (iOS 26); for
 * the same reason it polls while a field has focus.
 *
 *   asleep ──event, or a poll finds a change──▶ sampling ──four equal frames and the settle time over──▶ asleep
 *   sampling, zoomed or with unusable figures ▶ writes nothing
 *   keyboard gone, focus gone, page still panned for 500 ms (iOS leaves it so) ▶ scrolls the page back, once
 */
export class Viewport {
  readonly #parts: ViewportParts
  readonly #options: ViewportOptions
  readonly #baselines: Baselines = new Map()
  readonly #signs = new KeyboardSigns(() => performance.now())
  #inset: Inset = { bottom: 0, top: 0 }
  #stops: (() => void)[] = []
  #band: Band = CLOSED
  #boxHeight = 0
  #touches = ''
  #frameRequest = 0
  #settleUntil = 0
  #stableCount = 0
  #last = ''
  #pannedSince = 0
  #page = { x: 0, y: 0 }

  constructor(parts: ViewportParts, options: ViewportOptions) {
    this.#parts = parts
    this.#options = options
  }

  get band(): Band {
    return this.#band
  }

  /** Takes what a host app covers, in CSS px of this window. Invalid lengths are ignored. */
  cover({ bottom, top }: Partial<Inset>): void {
    this.#inset = { bottom: px(bottom, this.#inset.bottom), top: px(top, this.#inset.top) }
    this.wake(SETTLE_MS)
  }

  /** Runs while the panel is open. */
  start(): void {
    if (this.#stops.length > 0) return
    this.#page = { x: window.scrollX, y: window.scrollY }
    const soon = (): void => this.wake(SETTLE_MS)
    const slow = (): void => this.wake(SLOW_SETTLE_MS)
    const timer = setInterval(() => this.#poll(), POLL_MS)
    this.#stops = [
      listen(window.visualViewport, 'resize scroll', soon),
      listen(window, 'resize', soon),
      listen(virtualKeyboard(), 'geometrychange', soon),
      listen(window, 'orientationchange pageshow', slow),
      listen(document, 'visibilitychange', slow),
      listen(this.#parts.frame, 'focusin focusout', slow),
      this.#signs.watch(this.#parts.frame),
      () => clearInterval(timer),
      () => cancelAnimationFrame(this.#frameRequest),
    ]
    this.#apply(this.#measure())
    slow()
  }

  stop(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.#frameRequest = 0
    this.#write({ ...CLOSED, height: this.#band.height })
  }

  wake(settleMs: number): void {
    if (this.#stops.length === 0) return
    this.#stableCount = 0
    this.#settleUntil = Math.max(this.#settleUntil, performance.now() + settleMs)
    if (this.#frameRequest === 0) this.#frameRequest = requestAnimationFrame(() => this.#sample())
  }

  #sample(): void {
    this.#frameRequest = 0
    const measurement = this.#measure()
    const print = fingerprint(measurement)
    this.#apply(measurement)
    this.#stableCount = print === this.#last ? this.#stableCount + 1 : 0
    this.#last = print
    const isSettled = this.#stableCount >= STABLE_FRAMES && performance.now() >= this.#settleUntil
    if (!isSettled) this.#frameRequest = requestAnimationFrame(() => this.#sample())
  }

  #poll(): void {
    if (!this.#band.isOpen && !this.#options.isFocused()) return this.#unpan()
    if (this.#frameRequest === 0 && fingerprint(this.#measure()) !== this.#last) this.wake(SETTLE_MS)
  }

  #measure(): Measurement {
    const fixed = this.#parts.probe.getBoundingClientRect()
    const element = this.#parts.box()
    const box = element === this.#parts.probe ? fixed : element.getBoundingClientRect()
    const { height, offsetTop, scale } = visual()
    const keyboard = virtualKeyboard()?.boundingRect ?? { height: 0, top: 0 }
    const { bottom, top } = this.#inset
    return {
      fixedTop: fixed.top,
      fixedBottom: fixed.bottom,
      boxTop: box.top,
      boxBottom: box.bottom,
      boxLeft: box.left,
      boxRight: element === this.#parts.probe ? window.innerWidth : box.right,
      width: window.innerWidth,
      height,
      offsetTop,
      scale,
      keyboardHeight: keyboard.height,
      keyboardTop: keyboard.top,
      hostBottom: bottom,
      hostTop: top,
    }
  }

  #apply(measurement: Measurement): void {
    const isFocused = this.#options.isFocused()
    const moment = {
      isFocused,
      wasOpen: this.#band.isOpen,
      isKeyboardPossible: this.#signs.isKeyboardPossible,
      isAtRest: this.#signs.isAtRest(isFocused, (this.#parts.frame.getRootNode() as ShadowRoot).host),
    }
    const next = band(measurement, moment, this.#baselines)
    if (!next) return
    const boxHeight = measurement.boxBottom - measurement.boxTop
    const touches = touchedSides(measurement).join(' ')
    if (boxHeight === this.#boxHeight && touches === this.#touches && fingerprint(next) === fingerprint(this.#band)) return
    this.#boxHeight = boxHeight
    this.#touches = touches
    this.#options.hold(() => this.#write(next))
  }

  #write(next: Band): void {
    const { frame } = this.#parts
    this.#band = next
    frame.style.top = `${next.top}px`
    frame.style.bottom = `${next.bottom}px`
    frame.style.setProperty('--band', `${next.height}px`)
    frame.toggleAttribute('data-keyboard', next.isOpen)
    frame.setAttribute('data-touches', this.#touches)
  }

  /** iOS keeps the page panned after the keyboard has closed. Scrolls back once, after REVEAL_MS. */
  #unpan(): void {
    const { offsetTop, scale } = visual()
    if (offsetTop <= 24 || scale > 1.02) {
      this.#pannedSince = 0
    } else if (this.#pannedSince === 0) {
      this.#pannedSince = performance.now()
    } else if (this.#pannedSince > 0 && performance.now() - this.#pannedSince >= REVEAL_MS) {
      this.#pannedSince = -1
      window.scrollTo(this.#page.x, this.#page.y)
    }
  }
}

/** Without a visual viewport the window's figures are used. */
const visual = (): Pick<VisualViewport, 'height' | 'offsetTop' | 'scale'> =>
  window.visualViewport ?? { height: window.innerHeight, offsetTop: 0, scale: 1 }

const virtualKeyboard = (): VirtualKeyboard | undefined => (navigator as Navigator & { readonly virtualKeyboard?: VirtualKeyboard }).virtualKeyboard

const px = (value: unknown, otherwise: number): number => (typeof value === 'number' && value >= 0 && value < 10_000 ? value : otherwise)

const fingerprint = (figures: Measurement | Band): string => Object.values(figures).join()

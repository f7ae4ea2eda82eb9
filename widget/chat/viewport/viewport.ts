import { listen } from '../../ui/listen.ts'
import { cssZoom } from './css-zoom.ts'
import { band, CLOSED, touchedSides, type Band, type Baselines, type Inset, type Measurement } from './geometry.ts'
import { KeyboardSigns } from './keyboard-signs.ts'
import { PanReset } from './pan-reset.ts'

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
/** Below this the panel shows only what is needed to write and to see the last message. */
const LOW_PX = 280

/**
 * Keeps the frame exactly over the visible part of the screen. Events only wake a sampler, which measures and writes once a frame until the figures
 * were equal for four frames. An event's own numbers are not used, because events come before the values (WebKit 254861) or not at all (iOS 26); for
 * the same reason it polls while the field has focus and until the frame fills its box again.
 *
 *   asleep ──event, or a poll finds a change──▶ sampling ──four equal frames and the settle time over──▶ asleep
 *   sampling, zoomed or with unusable figures ▶ writes nothing
 *   keyboard gone, focus gone ▶ PanReset
 */
export class Viewport {
  readonly #parts: ViewportParts
  readonly #options: ViewportOptions
  readonly #baselines: Baselines = new Map()
  readonly #signs = new KeyboardSigns(() => performance.now())
  #inset: Inset = { bottom: 0, top: 0 }
  #stops: (() => void)[] = []
  #band: Band = CLOSED
  #shape = ''
  #boxHeight = 0
  #zoom = 1
  #magnification = 1
  /** The scale of a page that is larger than 1 at rest. */
  #restScale = 1
  #touches = ''
  #frameRequest = 0
  #settleUntil = 0
  #stableCount = 0
  #last = ''
  readonly #panReset: PanReset

  constructor(parts: ViewportParts, options: ViewportOptions) {
    this.#parts = parts
    this.#options = options
    this.#panReset = new PanReset((parts.frame.getRootNode() as ShadowRoot).host)
  }

  get band(): Band {
    return this.#band
  }

  /** Takes what a host app covers, in CSS px of this window. Invalid lengths are ignored. */
  cover({ bottom, top }: Partial<Inset>): void {
    const next = { bottom: px(bottom, this.#inset.bottom), top: px(top, this.#inset.top) }
    if (next.bottom === this.#inset.bottom && next.top === this.#inset.top) return
    this.#inset = next
    this.wake(SETTLE_MS)
  }

  /** Runs while the panel is open. */
  start(): void {
    if (this.#stops.length > 0) return
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
      listen(this.#parts.frame, 'focusin', () => this.#options.isFocused() && this.#panReset.arm()),
      () => clearInterval(timer),
      () => cancelAnimationFrame(this.#frameRequest),
    ]
    const { scale, width } = visual()
    this.#restScale = isAbout(width, this.#parts.probe.getBoundingClientRect().width * cssZoom(this.#parts.probe).rectangle) ? Math.max(1, scale) : 1
    this.#apply(this.#measure(), false)
    slow()
  }

  stop(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
    this.#frameRequest = 0
    // The frame stays where it is while the panel closes, and is placed anew when it opens.
    this.#band = { ...CLOSED, height: this.#band.height }
    this.#shape = ''
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
    this.#stableCount = print === this.#last ? this.#stableCount + 1 : 0
    this.#last = print
    const isSettled = this.#stableCount >= STABLE_FRAMES && performance.now() >= this.#settleUntil
    this.#apply(measurement, isSettled)
    if (!isSettled) this.#frameRequest = requestAnimationFrame(() => this.#sample())
  }

  #poll(): void {
    const { isOpen, top, bottom } = this.#band
    const isFree = !isOpen && !this.#options.isFocused()
    if (isFree && top === 0 && bottom === 0) return this.#lookAtPan()
    if (this.#frameRequest === 0 && fingerprint(this.#measure()) !== this.#last) this.wake(SETTLE_MS)
    if (isFree) this.#lookAtPan()
  }

  #lookAtPan(): void {
    const { isZoomed, offsetTop } = this.#measure()
    if (!isZoomed) this.#panReset.look(offsetTop)
  }

  /** In px of the window, whatever the page's zoom is. */
  #measure(): Measurement {
    const { probe } = this.#parts
    const { style, rectangle } = cssZoom(probe)
    const fixed = probe.getBoundingClientRect()
    const element = this.#parts.box()
    const isFloating = element === probe
    const box = isFloating ? fixed : element.getBoundingClientRect()
    const { height, offsetLeft, offsetTop, scale, width } = visual()
    const keyboard = virtualKeyboard()?.boundingRect ?? { height: 0, top: 0 }
    const { bottom, top } = this.#inset
    return {
      fixedTop: fixed.top * rectangle,
      fixedBottom: fixed.bottom * rectangle,
      boxTop: box.top * rectangle,
      boxBottom: box.bottom * rectangle,
      boxLeft: box.left * rectangle,
      boxRight: box.right * rectangle,
      width: window.innerWidth,
      height,
      offsetTop,
      // All of the width of a page that rests at a scale below 1 is visible; of a zoomed page less is.
      isZoomed: scale > this.#restScale * 1.02 || (scale < 0.98 && !isAbout(width, fixed.width * rectangle)),
      hiddenLeft: isFloating ? hidden(offsetLeft - fixed.left * rectangle) : 0,
      hiddenRight: isFloating ? hidden(fixed.right * rectangle - offsetLeft - width) : 0,
      zoom: style,
      magnification: isFloating && scale < 0.98 && 'zoom' in probe.style ? 1 / scale : 1,
      keyboardHeight: keyboard.height,
      keyboardTop: keyboard.top,
      hostBottom: bottom,
      hostTop: top,
    }
  }

  #apply(measurement: Measurement, isSettled: boolean): void {
    const isFocused = this.#options.isFocused()
    const moment = {
      isFocused,
      wasOpen: this.#band.isOpen,
      isKeyboardPossible: this.#signs.isKeyboardPossible,
      isSettled,
      isAtRest: this.#signs.isAtRest(isFocused, (this.#parts.frame.getRootNode() as ShadowRoot).host),
    }
    const next = band(measurement, moment, this.#baselines)
    if (!next) return
    const boxHeight = measurement.boxBottom - measurement.boxTop
    const { hiddenLeft, hiddenRight, zoom, magnification } = measurement
    const touches = touchedSides(measurement).join(' ')
    const shape = [boxHeight, hiddenLeft, hiddenRight, zoom, magnification, touches].join()
    if (shape === this.#shape && fingerprint(next) === fingerprint(this.#band)) return
    this.#shape = shape
    this.#boxHeight = boxHeight
    this.#zoom = zoom
    this.#magnification = magnification
    this.#touches = touches
    this.#options.hold(() => {
      this.#write(next)
      const { style } = this.#parts.frame
      style.left = `${hiddenLeft / (zoom * magnification)}px`
      style.right = `${hiddenRight / (zoom * magnification)}px`
    })
  }

  #write(next: Band): void {
    const { frame } = this.#parts
    this.#band = next
    const unit = this.#zoom * this.#magnification
    const height = Math.min(next.height, this.#boxHeight - next.top - next.bottom) / unit
    frame.style.top = `${next.top / unit}px`
    frame.style.bottom = `${next.bottom / unit}px`
    frame.style.setProperty('zoom', this.#magnification === 1 ? null : `${this.#magnification}`)
    frame.style.setProperty('--band', `${height}px`)
    frame.style.setProperty('--shrunk', `${Math.min(1, this.#zoom)}`)
    frame.toggleAttribute('data-keyboard', next.isOpen)
    frame.toggleAttribute('data-low', height < LOW_PX)
    frame.setAttribute('data-touches', this.#touches)
  }
}

/** Without a visual viewport the window's figures are used. */
const visual = (): Pick<VisualViewport, 'height' | 'offsetLeft' | 'offsetTop' | 'scale' | 'width'> =>
  window.visualViewport ?? { height: window.innerHeight, offsetLeft: 0, offsetTop: 0, scale: 1, width: document.documentElement.clientWidth }

/** What is as narrow as a scroll bar is none of a page that is wider than the window. */
const hidden = (px: number): number => (px > 20 ? Math.round(px) : 0)

const isAbout = (length: number, other: number): boolean => Math.abs(length / other - 1) < 0.02

const virtualKeyboard = (): VirtualKeyboard | undefined => (navigator as Navigator & { readonly virtualKeyboard?: VirtualKeyboard }).virtualKeyboard

const px = (value: unknown, otherwise: number): number => (typeof value === 'number' && value >= 0 && value < 10_000 ? value : otherwise)

const fingerprint = (figures: Measurement | Band): string => Object.values(figures).join()

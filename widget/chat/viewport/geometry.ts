/**
 * What the viewport is, and what the panel must make of it. Pure: a measurement in, a band out. All in px of the layout viewport.
 *
 *      ┌──────────────┐ fixedTop ── where `position:fixed; top:0` really is (iOS 26 moves it)
 *      │   (panned    │
 *      │    away)     │
 *      ├──────────────┤ offsetTop ─────────────── visible top      ┐
 *      │  header      │                                            │
 *      │  messages    │                                            │ height (visual viewport)
 *      │  composer    │                                            │
 *      ├──────────────┤ offsetTop + height ────── visible bottom   ┘
 *      │  keyboard    │   min(…, keyboardTop, what the host app says)
 *      └──────────────┘ fixedBottom
 *
 *   top    = visible top − boxTop         bottom = boxBottom − visible bottom       (the box: fixed, or the element itself)
 *   covered = fixedBottom − visible bottom: how much of the layout viewport the keyboard covers
 *   shrunk  = baseline[width] − height:     how much shorter the window became since nothing had focus
 *             turned with the keyboard up, the new width has no baseline yet: the side that was the width is the height now
 */
export interface Measurement {
  readonly fixedTop: number
  readonly fixedBottom: number
  /** The box the panel would fill if nothing covered it. */
  readonly boxTop: number
  readonly boxBottom: number
  readonly width: number
  /** Of the visual viewport. */
  readonly height: number
  readonly offsetTop: number
  readonly scale: number
  /** From the VirtualKeyboard API; 0 where it says nothing. */
  readonly keyboardHeight: number
  readonly keyboardTop: number
  /** What the host app says it covers at the bottom and at the top of the window. */
  readonly hostBottom: number
  readonly hostTop: number
}

/** What a host app says it covers where the web cannot see it. */
export interface Inset {
  readonly bottom: number
  readonly top: number
}

export interface Band {
  readonly top: number
  readonly bottom: number
  /** A soft keyboard is up, as far as geometry shows it. */
  readonly isOpen: boolean
  /** Height of what can be seen. */
  readonly height: number
}

/** Greatest height seen without focus, by window width: another width is another orientation or a split screen. */
export type Baselines = Map<number, number>

const GARBAGE_PX = 80
const COVERED_PX = 60
const SHRUNK_PX = 120
/** An inline panel is never squeezed below this. */
const LEAST_PX = 160
/** What the system's and the browser's bars may take of a side of the screen. */
const BARS_PX = 140

export const CLOSED: Band = { top: 0, bottom: 0, isOpen: false, height: 0 }

/** The band for this measurement; undefined where it means nothing (a transient zero) or must be ignored (pinch zoom). */
export function band(m: Measurement, isFocused: boolean, wasOpen: boolean, baselines: Baselines): Band | undefined {
  if (!(m.height > GARBAGE_PX) || !Number.isFinite(m.offsetTop)) return undefined
  if (m.scale > 1.02 || m.scale < 0.98) return undefined
  const known = baselines.get(m.width)
  const guess = known === undefined ? turned(m.width, baselines) : undefined
  if ((!isFocused && !wasOpen) || (known ?? guess) === undefined) baselines.set(m.width, Math.max(known ?? 0, m.height))
  const baseline = baselines.get(m.width) ?? guess!
  const shrunk = baseline - m.height
  // A host that pads the window and tells its inset as well must not be believed twice.
  const hostBottom = m.hostBottom - Math.max(0, baseline - (m.fixedBottom - m.fixedTop))
  let visibleBottom = Math.min(m.fixedBottom, m.offsetTop + m.height)
  if (m.keyboardHeight > 0) visibleBottom = Math.min(visibleBottom, m.keyboardTop)
  if (hostBottom > 0) visibleBottom = Math.min(visibleBottom, m.fixedBottom - hostBottom)
  const visibleTop = Math.max(m.offsetTop, m.fixedTop + m.hostTop)
  const covered = Math.max(0, m.fixedBottom - visibleBottom)
  const isOpen = isFocused && (covered >= COVERED_PX || shrunk >= SHRUNK_PX || m.keyboardHeight >= COVERED_PX)
  const height = Math.round(visibleBottom - visibleTop)
  const isInline = m.boxTop !== m.fixedTop || m.boxBottom !== m.fixedBottom
  if (isInline && !isOpen) return { ...CLOSED, height }
  const isHostSilent = m.hostBottom <= 0 && m.hostTop <= 0
  const isQuiet = !isFocused && isHostSilent && m.keyboardHeight === 0 && covered < COVERED_PX && visibleTop - m.fixedTop < 8
  if (isQuiet) return { ...CLOSED, height }
  const top = Math.max(0, Math.round(visibleTop - m.boxTop))
  const room = m.boxBottom - m.boxTop - top - LEAST_PX
  const bottom = Math.max(0, Math.round(m.boxBottom - visibleBottom))
  return { top, bottom: isInline ? Math.min(bottom, Math.max(0, room)) : bottom, isOpen, height }
}

/** The height this width would have without a keyboard, told by a baseline of the other way up; undefined where there is none. */
function turned(width: number, baselines: Baselines): number | undefined {
  let baseline: number | undefined
  baselines.forEach((otherHeight, otherWidth) => {
    if (Math.abs(otherHeight - width) < BARS_PX) baseline = otherWidth
  })
  return baseline
}

/**
 * Computes the panel's band from measurements of the viewport. Pure. All lengths are px of the layout viewport.
 *
 *      ┌──────────────┐ fixedTop: where `position:fixed; top:0` really is (iOS 26 moves it)
 *      │   (panned    │
 *      │    away)     │
 *      ├──────────────┤ offsetTop ─────────────── visible top      ┐
 *      │  header      │                                            │
 *      │  messages    │                                            │ height (visual viewport)
 *      │  composer    │                                            │
 *      ├──────────────┤ offsetTop + height ────── visible bottom   ┘
 *      │  keyboard    │   min(…, keyboardTop, fixedBottom − hostBottom)
 *      └──────────────┘ fixedBottom
 *
 *   top     = visible top − boxTop          bottom = boxBottom − visible bottom       (the box: fixed, or the element itself)
 *   covered = fixedBottom − visible bottom: how much of the layout viewport the keyboard covers
 *   shrunk  = baseline[width] − height:     how much shorter the window became since no keyboard was up
 *             where none can be, nor an app reports one, the window is as tall as it is: the baseline follows it down too
 *             after a rotation with the keyboard up the new width has no baseline yet: the old width is the height now
 */
export interface Measurement {
  readonly fixedTop: number
  readonly fixedBottom: number
  /** The box that the panel would fill if nothing covered it. */
  readonly boxTop: number
  readonly boxBottom: number
  readonly boxLeft: number
  readonly boxRight: number
  readonly width: number
  /** Of the visual viewport. */
  readonly height: number
  readonly offsetTop: number
  /** The person has zoomed in, so that less than the page at rest is visible. */
  readonly isZoomed: boolean
  /** What of the window's fixed box is beside the visible part, because the page is wider than the screen. */
  readonly hiddenLeft: number
  readonly hiddenRight: number
  /** CSS `zoom` of what the frame stands in. */
  readonly zoom: number
  /** CSS `zoom` of the frame itself: over a page that rests at a scale below 1, where it would be too small to read, and engines zoom in on focus. */
  readonly magnification: number
  /** From the VirtualKeyboard API; 0 if it reports nothing. */
  readonly keyboardHeight: number
  readonly keyboardTop: number
  /** What the host app says it covers of the window, bottom and top. */
  readonly hostBottom: number
  readonly hostTop: number
}

/** What a host app covers of the window, in CSS px, where the page cannot measure it. */
export interface Inset {
  readonly bottom: number
  readonly top: number
}

export interface Band {
  readonly top: number
  readonly bottom: number
  /** A soft keyboard is up, judging by the geometry. */
  readonly isOpen: boolean
  /** Height of the visible part. */
  readonly height: number
}

/** What the element knows at the moment of a measurement. */
export interface Moment {
  readonly isFocused: boolean
  readonly wasOpen: boolean
  /** Something points to a soft keyboard: a finger, or Android's input method. */
  readonly isKeyboardPossible: boolean
  /** Nothing on the page has taken text for a while. */
  readonly isAtRest: boolean
  /** The measurement has been the same for some frames. */
  readonly isSettled: boolean
}

/** The height without a keyboard, by window width: another width means a rotation or a split screen. */
export type Baselines = Map<number, number>

const MIN_HEIGHT_PX = 80
const COVERED_PX = 60
const SHRUNK_PX = 120
/** An inline panel is never squeezed below this. */
const MIN_PANEL_PX = 160
/** The most that bars of the system and the browser take of one side of the screen. */
const BARS_PX = 140

export const CLOSED: Band = { top: 0, bottom: 0, isOpen: false, height: 0 }

/** The band for this measurement; undefined: ignore it (a transient zero, or pinch zoom). */
export function band(
  m: Measurement,
  { isFocused, wasOpen, isKeyboardPossible, isAtRest, isSettled }: Moment,
  baselines: Baselines,
): Band | undefined {
  if (!(m.height > MIN_HEIGHT_PX) || !Number.isFinite(m.offsetTop) || m.isZoomed) return undefined
  const known = baselines.get(m.width)
  const guess = known === undefined ? rotatedBaseline(m.width, baselines) : undefined
  const isHostSilent = m.hostBottom < COVERED_PX
  if (isHostSilent && (isAtRest || !isKeyboardPossible)) baselines.set(m.width, m.height)
  else if ((!isFocused && !wasOpen) || (known ?? guess) === undefined) baselines.set(m.width, Math.max(known ?? 0, m.height))
  const baseline = baselines.get(m.width) ?? guess!
  const shrunk = baseline - m.height
  const hostBottom = beyondLost(m.hostBottom, baseline - (m.fixedBottom - m.fixedTop), isSettled)
  let visibleBottom = Math.min(m.fixedBottom, m.offsetTop + m.height)
  if (m.keyboardHeight > 0) visibleBottom = Math.min(visibleBottom, m.keyboardTop)
  if (hostBottom > 0) visibleBottom = Math.min(visibleBottom, m.fixedBottom - hostBottom)
  const visibleTop = Math.max(m.offsetTop, m.fixedTop + m.hostTop)
  const covered = Math.max(0, m.fixedBottom - visibleBottom)
  const isOpen = isFocused && (covered >= COVERED_PX || shrunk >= SHRUNK_PX || m.keyboardHeight >= COVERED_PX)
  const height = Math.round(visibleBottom - visibleTop)
  const isInline = m.boxTop !== m.fixedTop || m.boxBottom !== m.fixedBottom
  if (isInline && !isOpen) return { ...CLOSED, height }
  const isUncovered = m.hostBottom <= 0 && m.hostTop <= 0
  const isQuiet = !isFocused && isUncovered && m.keyboardHeight === 0 && covered < COVERED_PX && visibleTop - m.fixedTop < 8
  if (isQuiet) return { ...CLOSED, height }
  const top = Math.max(0, Math.round(visibleTop - m.boxTop))
  const room = m.boxBottom - m.boxTop - top - MIN_PANEL_PX
  const bottom = Math.max(0, Math.round(m.boxBottom - visibleBottom))
  return { top, bottom: isInline ? Math.min(bottom, Math.max(0, room)) : bottom, isOpen, height }
}

/** Sides of the window that the box reaches: only there can a notch or a bar cover it. */
export function touchedSides(m: Measurement): readonly ('top' | 'right' | 'bottom' | 'left')[] {
  const distances = { top: m.boxTop - m.fixedTop, right: m.width - m.boxRight, bottom: m.fixedBottom - m.boxBottom, left: m.boxLeft }
  return (['top', 'right', 'bottom', 'left'] as const).filter((side) => distances[side] < 1)
}

/**
 * What a host still covers of a window that `lost` some of its height. A host may both shrink the window by the keyboard and report the keyboard;
 * then both are about equal, and the inset counts only beyond what was lost. A window that is shorter for another reason, in a split screen, is
 * covered all the same. Which of the two it is, shows when both have stopped moving; until then the loss is taken for the keyboard's.
 */
function beyondLost(inset: number, lost: number, isSettled: boolean): number {
  const isTheSame = Math.abs(lost - inset) < Math.min(COVERED_PX, inset / 4)
  return lost > 0 && (isTheSame || !isSettled) ? inset - lost : inset
}

/** The height this width has without a keyboard, derived from a baseline of the other orientation; undefined: none fits. */
function rotatedBaseline(width: number, baselines: Baselines): number | undefined {
  let baseline: number | undefined
  baselines.forEach((otherHeight, otherWidth) => {
    if (Math.abs(otherHeight - width) < BARS_PX) baseline = otherWidth
  })
  return baseline
}

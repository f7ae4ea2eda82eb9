import { chatParts, lastSeq, outboxLength } from './chat-parts.ts'
import { wire } from './wire.ts'

interface VirtualKeyboardLike {
  readonly overlaysContent: boolean
  readonly boundingRect: DOMRect
}

/** Everything that the overlay shows, as numbers; drivers call `imQa.readings()`. All lengths are CSS pixels of the layout viewport. */
export interface Readings {
  /** The transport of the last packet; `shownTransport` is the element's attribute. */
  readonly transport: string
  readonly shownTransport: string
  readonly connection: string
  readonly rttMs: number | undefined
  readonly outbox: number
  readonly lastSeq: number
  readonly websocketsOpened: number
  readonly inner: readonly [number, number]
  /** width, height, offsetTop, scale; undefined where there is no visualViewport. */
  readonly visual: readonly [number, number, number, number] | undefined
  /** Height of the virtual keyboard, where the engine reports it. */
  readonly keyboard: number | undefined
  /** top, right, bottom, left */
  readonly safeArea: readonly number[]
  readonly composerBottom: number | undefined
  /** Where the visible part of the page ends: the composer's bottom has to be here. */
  readonly visibleBottom: number
  readonly isComposing: boolean
  readonly pageScroll: number
}

let isComposing = false

export function watchComposition(): void {
  document.addEventListener(
    'compositionstart',
    () => {
      isComposing = true
    },
    true,
  )
  document.addEventListener(
    'compositionend',
    () => {
      isComposing = false
    },
    true,
  )
}

const round = (value: number): number => Math.round(value * 100) / 100

export function readings(): Readings {
  const parts = chatParts()
  const visual = window.visualViewport
  const keyboard = (navigator as { virtualKeyboard?: VirtualKeyboardLike }).virtualKeyboard
  const bottom = visual ? visual.offsetTop + visual.height : window.innerHeight
  const covered = keyboard && keyboard.boundingRect.height > 0 ? keyboard.boundingRect.top : Number.POSITIVE_INFINITY
  return {
    transport: wire.transport,
    shownTransport: parts?.chat.getAttribute('transport') ?? '',
    connection: parts?.chat.getAttribute('connection') ?? '',
    rttMs: wire.rttMs,
    outbox: outboxLength(),
    lastSeq: lastSeq(),
    websocketsOpened: wire.websocketsOpened,
    inner: [window.innerWidth, window.innerHeight],
    visual: visual ? [round(visual.width), round(visual.height), round(visual.offsetTop), round(visual.scale)] : undefined,
    keyboard: keyboard?.boundingRect.height,
    safeArea: safeArea(),
    composerBottom: parts ? round(parts.form.getBoundingClientRect().bottom) : undefined,
    visibleBottom: round(Math.min(bottom, covered, window.innerHeight)),
    isComposing,
    pageScroll: Math.round(window.pageYOffset),
  }
}

/** A probe element (its class is in qa.css), because scripts cannot read env() directly. It stays when the tester's strip is off. */
export function probeSafeArea(): void {
  const probe = document.createElement('div')
  probe.className = 'qa-safe-area'
  probe.setAttribute('aria-hidden', 'true')
  document.body.appendChild(probe)
}

function safeArea(): readonly number[] {
  const probe = document.querySelector('.qa-safe-area')
  if (!probe) return []
  const style = getComputedStyle(probe)
  return [style.paddingTop, style.paddingRight, style.paddingBottom, style.paddingLeft].map((each) => Number.parseFloat(each) || 0)
}

import { listen } from '../../ui/listen.ts'

/** A window that nobody writes in for this long shows no keyboard. */
const REST_MS = 1000

/**
 * Signs that a window may have become shorter because of a soft keyboard, and not because of a download bar, developer tools or a hand at its edge:
 *   a device whose main pointer is a finger
 *   the last pointer was a finger or a pen
 *   a key without a place on a keyboard, as Android's input methods send it; those of computers name theirs
 */
export class KeyboardSigns {
  readonly #isOfFingers = window.matchMedia?.('(pointer: coarse)').matches === true
  readonly #now: () => number
  #isSeen = false
  #restSince = -1

  constructor(now: () => number) {
    this.#now = now
  }

  get isKeyboardPossible(): boolean {
    return this.#isOfFingers || this.#isSeen
  }

  /** Nothing that takes text has had the focus for a while: the window is as tall as it is without a keyboard. Asked at each measurement. */
  isAtRest(isFocused: boolean, host: Element): boolean {
    const { activeElement } = document
    const isQuiet = !isFocused && (!activeElement || activeElement === host || TAKES_NO_TEXT.test(activeElement.tagName))
    if (!isQuiet) this.#restSince = -1
    else if (this.#restSince < 0) this.#restSince = this.#now()
    return isQuiet && this.#now() - this.#restSince >= REST_MS
  }

  /** Returns a function that stops it. */
  watch(frame: HTMLElement): () => void {
    const options = { capture: true, passive: true }
    const stops = [
      listen<PointerEvent>(document, 'pointerdown', ({ pointerType }) => (this.#isSeen = pointerType !== 'mouse'), options),
      listen(document, 'touchstart', () => (this.#isSeen = true), options),
      listen<KeyboardEvent>(frame, 'keydown', ({ keyCode, code }) => {
        if (keyCode === 229 && !code) this.#isSeen = true
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }
}

const TAKES_NO_TEXT = /^(HTML|BODY|A|BUTTON)$/

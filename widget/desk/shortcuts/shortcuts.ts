import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { IS_MAC, splitChord } from './chord-keys.ts'

/** A chord as people write it: "Alt+ArrowDown", "Ctrl+Shift+K", "/", "?". "Mod" is Cmd on a Mac and Ctrl elsewhere. Empty: off. */
export type Chord = string

const FIELD = /^(INPUT|TEXTAREA|SELECT)$/

interface ParsedChord {
  readonly key: string
  readonly alt: boolean
  readonly ctrl: boolean
  readonly meta: boolean
  readonly shift: boolean
}

/** Undefined where the text is no chord; a typing error in a table must not take a key away. */
export function parseChord(chord: Chord): ParsedChord | undefined {
  const parts = [...splitChord(chord)]
  const key = parts.pop()
  const names = new Set(parts.map((part) => (part === 'Mod' ? (IS_MAC ? 'Meta' : 'Ctrl') : part)))
  if (!key || [...names].some((name) => !/^(Alt|Ctrl|Meta|Shift)$/.test(name))) return undefined
  return { key: key.toLowerCase(), alt: names.has('Alt'), ctrl: names.has('Ctrl'), meta: names.has('Meta'), shift: names.has('Shift') }
}

/**
 * Whether a key press is the chord. A character such as "?" needs Shift on one keyboard and not on another, so Shift counts
 * only for named keys and letters; with Alt a Mac types symbols, so there the physical key decides. On a Mac
 * Ctrl+Option stands for Alt too: it works while a field has the focus, where Option alone types (see typesCharacter).
 */
export function isChord(event: KeyboardEvent, chord: ParsedChord, isMac = IS_MAC): boolean {
  const isLetter = /^[a-z]$/.test(chord.key)
  const key = event.altKey && isLetter && event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : event.key.toLowerCase()
  const isShiftRight = (chord.key.length === 1 && !isLetter) || event.shiftKey === chord.shift
  const isCtrlRight = event.ctrlKey === chord.ctrl || (isMac && chord.alt && event.altKey)
  return key === chord.key && isShiftRight && event.altKey === chord.alt && isCtrlRight && event.metaKey === chord.meta
}

/** Whether this key writes a character in a field: ą, ń and ś are Option or AltGr and a letter on many keyboards. */
export function typesCharacter(event: KeyboardEvent, isMac = IS_MAC): boolean {
  const isCharacter = event.key === 'Dead' || [...event.key].length === 1
  if (!isMac) return isCharacter && event.getModifierState('AltGraph')
  return isCharacter && event.altKey && !event.ctrlKey && !event.metaKey
}

export interface ShortcutsOptions<A extends string> {
  readonly table: () => Readonly<Partial<Record<A, Chord>>>
  /** Returns false where the action has nothing to do now: the key then stays the page's. */
  readonly onAction: (action: A) => boolean
}

/**
 * Keys that work anywhere in the element, and on the bare page where nothing else has the focus. None fires while an input
 * method composes; those without a modifier (`/`, `?`) not while a field is being typed in.
 */
export class Shortcuts<A extends string> implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #options: ShortcutsOptions<A>
  #abort: AbortController | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, options: ShortcutsOptions<A>) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    // Capturing: the composer stops its keys from reaching the page, and Alt+Arrow has to work there too.
    window.addEventListener('keydown', this.#onKeydown, { capture: true, signal: this.#abort.signal })
  }

  hostDisconnected(): void {
    this.#abort?.abort()
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    // Safari ends a composition before the key that ended it; key code 229 marks that key as part of it.
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return
    const [target] = event.composedPath()
    const isHere = event.composedPath().includes(this.#host)
    if (!isHere && target !== document.body && target !== document.documentElement) return
    const isTyping = target instanceof HTMLElement && (FIELD.test(target.tagName) || target.isContentEditable)
    if (isTyping && typesCharacter(event)) return
    const table = this.#options.table()
    for (const action of Object.keys(table) as A[]) {
      const chord = parseChord(table[action] ?? '')
      if (!chord || !isChord(event, chord)) continue
      if (isTyping && !chord.alt && !chord.ctrl && !chord.meta && chord.key.length === 1) continue
      if (!this.#options.onAction(action)) continue
      event.preventDefault()
      event.stopPropagation()
      return
    }
  }
}

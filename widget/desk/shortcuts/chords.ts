import type { ReactiveControllerHost } from 'lit'
import { plainJson } from '../../client/plain-json.ts'
import { PersistedSetting } from '../../ui/persisted-setting.ts'
import { parseChord, type Chord } from './shortcuts.ts'

const MODIFIERS = /^(Alt|AltGraph|Control|Meta|Shift|CapsLock|Dead|Process|Unidentified)$/
const OWN_KEYS = /^(Tab|Enter|Escape| )$/

/** The chord of a key press as people write it; undefined where it is none yet, or one that the browser or the page needs. */
export function chordOf(event: KeyboardEvent): Chord | undefined {
  if (event.isComposing || MODIFIERS.test(event.key)) return undefined
  const isLetterKey = /^Key[A-Z]$/.test(event.code)
  const key = isLetterKey ? event.code.slice(3) : event.key.length === 1 ? event.key.toUpperCase() : event.key
  const hasModifier = event.altKey || event.ctrlKey || event.metaKey
  if (!hasModifier && (event.key.length !== 1 || /[\p{L}\p{N}\s]/u.test(event.key))) return undefined
  if (OWN_KEYS.test(event.key) && !hasModifier) return undefined
  const isShiftNamed = event.shiftKey && (isLetterKey || event.key.length > 1)
  const names = [event.ctrlKey && 'Ctrl', event.altKey && 'Alt', event.metaKey && 'Meta', isShiftNamed && 'Shift', key]
  return names.filter(Boolean).join('+')
}

const spelled = (chord: Chord): string => JSON.stringify(parseChord(chord))

/** The person's own choice of keys over the table of the page, stored by this browser. Two actions never share a chord. */
export class Chords<A extends string> {
  readonly #setting: PersistedSetting
  readonly #table: () => Readonly<Record<A, Chord>>

  constructor(host: ReactiveControllerHost, table: () => Readonly<Record<A, Chord>>) {
    this.#setting = new PersistedSetting(host, 'shortcuts')
    this.#table = table
  }

  get table(): Readonly<Record<A, Chord>> {
    return { ...this.#table(), ...this.#own }
  }

  get isChanged(): boolean {
    return this.#setting.value !== undefined
  }

  /** The action that has this chord already. */
  holder(chord: Chord, except: A): A | undefined {
    const { table } = this
    return (Object.keys(table) as A[]).find((action) => action !== except && table[action] !== '' && spelled(table[action]) === spelled(chord))
  }

  set(action: A, chord: Chord): void {
    this.#setting.value = plainJson(() => JSON.stringify({ ...this.#own, [action]: chord }))
  }

  reset(): void {
    this.#setting.value = undefined
  }

  /** What another version or another script stored may be no table. */
  get #own(): Partial<Record<A, Chord>> {
    try {
      const stored: unknown = JSON.parse(this.#setting.value ?? '{}')
      const known = this.#table()
      return Object.fromEntries(Object.entries(stored ?? {}).filter(([action, chord]) => action in known && typeof chord === 'string')) as Partial<
        Record<A, Chord>
      >
    } catch {
      return {}
    }
  }
}

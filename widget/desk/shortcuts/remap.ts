import type { ReactiveControllerHost } from 'lit'
import { chordOf, type Chords } from './chords.ts'

/** Gives an action another chord, one action at a time; refuses, with a reason, a chord that is taken or invalid. */
export class Remap<A extends string> {
  readonly #host: ReactiveControllerHost
  readonly #chords: Chords<A>
  #action: A | undefined
  #fault: { readonly action: A; readonly chord: string; readonly holder: A | undefined } | undefined

  constructor(host: ReactiveControllerHost, chords: Chords<A>) {
    this.#host = host
    this.#chords = chords
  }

  get action(): A | undefined {
    return this.#action
  }

  get fault(): { readonly action: A; readonly chord: string; readonly holder: A | undefined } | undefined {
    return this.#fault
  }

  readonly start = (action: A | undefined): void => {
    this.#action = action
    if (action !== undefined) this.#fault = undefined
    this.#host.requestUpdate()
  }

  /** Backspace turns the shortcut off, Escape leaves it as it is, Tab goes on. */
  readonly onKey = (event: KeyboardEvent): void => {
    const action = this.#action
    if (action === undefined || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return this.start(undefined)
    if (event.key === 'Backspace') return this.#keep(action, '')
    const chord = chordOf(event)
    if (chord === undefined) {
      if (event.key.length === 1) this.#refuse(action, event.key, undefined)
      return
    }
    const holder = this.#chords.holder(chord, action)
    if (holder === undefined) this.#keep(action, chord)
    else this.#refuse(action, chord, holder)
  }

  readonly reset = (): void => {
    this.#chords.reset()
    this.#fault = undefined
    this.start(undefined)
  }

  #keep(action: A, chord: string): void {
    this.#chords.set(action, chord)
    this.#fault = undefined
    this.start(undefined)
  }

  #refuse(action: A, chord: string, holder: A | undefined): void {
    this.#fault = { action, chord, holder }
    this.#host.requestUpdate()
  }
}

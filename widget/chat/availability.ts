/** Tells each change: at first the chat is available. */
export class Availability {
  readonly #onChange: (isAvailable: boolean) => void
  #isAvailable = true

  constructor(onChange: (isAvailable: boolean) => void) {
    this.#onChange = onChange
  }

  report(isAvailable: boolean): void {
    if (isAvailable === this.#isAvailable) return
    this.#isAvailable = isAvailable
    this.#onChange(isAvailable)
  }
}

import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'

/** Long enough to read the sentence and press its button. */
const SHOW_MS = 8000

export interface Word {
  readonly text: string | TemplateResult
  readonly isFailure?: boolean
  /** The button beside it, which undoes what was just done. */
  readonly onUndo?: () => void
}

/** One sentence on what has just happened; the next one takes its place. */
export class Toast implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #word: Word | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.dismiss()
  }

  get word(): Word | undefined {
    return this.#word
  }

  readonly say = (word: Word): void => {
    clearTimeout(this.#timer)
    this.#word = word
    this.#timer = setTimeout(this.dismiss, SHOW_MS)
    this.#host.requestUpdate()
  }

  readonly dismiss = (): void => {
    clearTimeout(this.#timer)
    this.#word = undefined
    this.#host.requestUpdate()
  }
}

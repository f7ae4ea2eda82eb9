import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'

/** Long enough to read the sentence and press its button. */
const SHOW_MS = 8000

/** What a toast says. */
export interface ToastText {
  readonly text: string | TemplateResult
  readonly isFailure?: boolean
  /** The button beside it, which undoes what was just done. */
  readonly onUndo?: () => void
}

/** One sentence on what has just happened; the next one takes its place. */
export class Toast implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #shown: ToastText | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.dismiss()
  }

  get shown(): ToastText | undefined {
    return this.#shown
  }

  readonly say = (next: ToastText): void => {
    clearTimeout(this.#timer)
    this.#shown = next
    this.#timer = setTimeout(this.dismiss, SHOW_MS)
    this.#host.requestUpdate()
  }

  readonly dismiss = (): void => {
    clearTimeout(this.#timer)
    this.#shown = undefined
    this.#host.requestUpdate()
  }
}

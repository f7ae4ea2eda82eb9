import type { ReactiveControllerHost } from 'lit'
import { PersistedSetting } from '../../ui/persisted-setting.ts'

export type Enter = 'send' | 'newline'

/** How long the hint about what Enter does is shown. */
const HINT_MS = 2500

/** What Enter does: the person's choice in this browser, or else the page's setting. */
export class EnterChoice {
  readonly #host: ReactiveControllerHost
  readonly #chosen: PersistedSetting
  readonly #byPage: () => Enter
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, byPage: () => Enter) {
    this.#host = host
    this.#chosen = new PersistedSetting(host, 'enter')
    this.#byPage = byPage
  }

  get value(): Enter {
    const { value } = this.#chosen
    return value === 'send' || value === 'newline' ? value : this.#byPage()
  }

  /** The choice has just changed, and a hint says what Enter does now. */
  get isHintShown(): boolean {
    return this.#timer !== undefined
  }

  toggle(): void {
    this.#chosen.value = this.value === 'send' ? 'newline' : 'send'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#host.requestUpdate()
    }, HINT_MS)
  }
}

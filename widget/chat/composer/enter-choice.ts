import type { ReactiveControllerHost } from 'lit'
import { PersistedSetting } from '../../ui/persisted-setting.ts'

export type Enter = 'send' | 'newline'

/** How long the words stay that say what Enter does now. */
const TOLD_MS = 2500

/** What Enter does: what the person chose in this browser, else what the page says. */
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

  /** The choice has just changed and is being said in words. */
  get isTold(): boolean {
    return this.#timer !== undefined
  }

  toggle(): void {
    this.#chosen.value = this.value === 'send' ? 'newline' : 'send'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#host.requestUpdate()
    }, TOLD_MS)
  }
}

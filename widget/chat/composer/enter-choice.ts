import type { ReactiveControllerHost } from 'lit'
import { PersistedSetting } from '../../ui/persisted-setting.ts'

export type Enter = 'send' | 'newline'

/** What Enter does: the person's choice in this browser, or else the page's setting. */
export class EnterChoice {
  readonly #chosen: PersistedSetting
  readonly #byPage: () => Enter

  constructor(host: ReactiveControllerHost, byPage: () => Enter) {
    this.#chosen = new PersistedSetting(host, 'enter')
    this.#byPage = byPage
  }

  get value(): Enter {
    const { value } = this.#chosen
    return value === 'send' || value === 'newline' ? value : this.#byPage()
  }

  set value(value: Enter) {
    this.#chosen.value = value
  }
}

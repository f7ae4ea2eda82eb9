import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Chime } from './chime.ts'
import { DesktopNotices, type DesktopNotice } from './desktop-notices.ts'
import { PersistedSetting } from '../persisted-setting.ts'

/** How a person who looks elsewhere learns of a message: a sound, unless it is off, and a desktop notification, where wanted. */
export class Notifications implements ReactiveController {
  readonly notices: DesktopNotices
  readonly #chime: Chime
  readonly #silence: PersistedSetting
  readonly #isMuted: () => boolean

  constructor(host: ReactiveControllerHost & HTMLElement, isMuted: () => boolean) {
    this.notices = new DesktopNotices(host)
    this.#chime = new Chime(host)
    this.#silence = new PersistedSetting(host, 'silence')
    this.#isMuted = isMuted
    host.addController(this)
  }

  hostConnected(): void {}

  get isSilent(): boolean {
    return this.#isMuted() || this.#silence.value !== undefined
  }

  /** The person's own choice, in all windows of this browser. */
  readonly toggleSound = (): void => {
    this.#silence.value = this.#silence.value === undefined ? 'on' : undefined
  }

  /** `id`: the message's, so that one window sounds for it. */
  notify(id: string, notice: DesktopNotice): void {
    if (!this.isSilent) this.#chime.ring(id)
    this.notices.show(notice)
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { PersistedSetting } from '../persisted-setting.ts'
import { cut } from '../cut.ts'

export interface DesktopNotice {
  /** One notice at a time per tag, over all windows: a conversation. */
  readonly tag: string
  readonly title: string
  readonly text: string
  readonly onOpen: () => void
  /** Whether it is a reason to ask for permission; default: yes. */
  readonly isReason?: boolean
}

/**
 * Desktop notifications while the page is in the background. The browser asks for permission only after the person said yes to our
 * question, and ours appears only once a message has arrived in the background, never when the page opens.
 */
export class DesktopNotices implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #answer: PersistedSetting
  readonly #shown = new Map<string, Notification>()
  #hasReason = false

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    this.#answer = new PersistedSetting(host, 'notices')
    host.addController(this)
  }

  /** Whether to show the question now. */
  get isAsking(): boolean {
    return this.#hasReason && this.#answer.value === undefined && typeof Notification === 'function' && Notification.permission === 'default'
  }

  /** From a click: the browser asks the person. */
  async turnOn(): Promise<void> {
    this.#answer.value = 'yes'
    await Notification.requestPermission()
    this.#host.requestUpdate()
  }

  decline(): void {
    this.#answer.value = 'no'
  }

  /** Shows a notification for a message that arrived in the background; without permission, remembers that one was missed. */
  show({ isReason = true, onOpen, tag, text, title }: DesktopNotice): void {
    if (document.visibilityState === 'visible' && document.hasFocus()) return
    this.#hasReason ||= isReason
    this.#host.requestUpdate()
    if (typeof Notification !== 'function' || Notification.permission !== 'granted') return
    try {
      const notice = new Notification(title, { body: cut(text, 200), tag: `im-chat:${tag}` })
      notice.onclick = () => {
        window.focus()
        notice.close()
        onOpen()
      }
      notice.onclose = () => this.#shown.delete(tag)
      this.#shown.set(tag, notice)
    } catch {
      // Chrome on Android has the name but lets only service workers notify.
    }
  }

  /** The conversation was opened: its notification closes. */
  withdraw(tag: string): void {
    this.#shown.get(tag)?.close()
  }

  /** The page is another person's, or the element has left it. */
  withdrawAll(): void {
    for (const notice of this.#shown.values()) notice.close()
    this.#shown.clear()
    this.#hasReason = false
  }

  hostDisconnected(): void {
    this.withdrawAll()
  }
}

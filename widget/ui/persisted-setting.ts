import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { listen } from './listen.ts'

/**
 * One small choice of a person (sound off, panel closed …), stored by this browser and the same in all its windows.
 * Works without storage too: then it lasts as long as the page.
 */
export class PersistedSetting implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #key: string
  #value: string | undefined
  #isRead = false
  #stop: (() => void) | undefined

  constructor(host: ReactiveControllerHost, name: string) {
    this.#host = host
    this.#key = `im-chat:${name}`
    host.addController(this)
  }

  get value(): string | undefined {
    if (!this.#isRead) this.#read()
    return this.#value
  }

  set value(value: string | undefined) {
    this.#isRead = true
    this.#value = value
    try {
      if (value === undefined) localStorage.removeItem(this.#key)
      else localStorage.setItem(this.#key, value)
    } catch {
      // Storage is forbidden or full; the choice lasts as long as the page.
    }
    this.#host.requestUpdate()
  }

  hostConnected(): void {
    this.#stop = listen<StorageEvent>(window, 'storage', (event) => this.#onStorage(event))
  }

  hostDisconnected(): void {
    this.#stop?.()
  }

  #read(): void {
    this.#isRead = true
    try {
      this.#value = localStorage.getItem(this.#key) ?? undefined
    } catch {
      this.#value = undefined
    }
  }

  #onStorage(event: StorageEvent): void {
    if (event.key !== this.#key) return
    this.#value = event.newValue ?? undefined
    this.#host.requestUpdate()
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit'

/**
 * One small choice of a person (sound off, panel closed …), kept by this browser and in step in all its windows.
 * Works without storage too: then it lasts as long as the page.
 */
export class Remembered implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #key: string
  #value: string | undefined
  #isRead = false
  #abort: AbortController | undefined

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
    this.#abort = new AbortController()
    window.addEventListener('storage', this.#onStorage, { signal: this.#abort.signal })
  }

  hostDisconnected(): void {
    this.#abort?.abort()
  }

  #read(): void {
    this.#isRead = true
    try {
      this.#value = localStorage.getItem(this.#key) ?? undefined
    } catch {
      this.#value = undefined
    }
  }

  readonly #onStorage = (event: StorageEvent): void => {
    if (event.key !== this.#key) return
    this.#value = event.newValue ?? undefined
    this.#host.requestUpdate()
  }
}

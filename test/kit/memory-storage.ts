import type { Environment, EnvironmentEvent } from '../../widget/client/environment.ts'
import type { StoragePort } from '../../widget/client/scoped-storage.ts'

/** The localStorage of one origin, shared by windows. As in browsers, a change reaches the other windows, later. */
export class MemoryStorage {
  readonly values = new Map<string, string>()
  /** The most characters it stores. */
  limit = Infinity
  readonly #windows = new Set<(event: EnvironmentEvent) => void>()

  /** Everything that it stores. */
  dump(): string {
    return JSON.stringify([...this.values])
  }

  openWindow(): { storage: StoragePort; environment: Environment; emit: (event: EnvironmentEvent) => void } {
    const listeners = new Set<(event: EnvironmentEvent) => void>()
    const emit = (event: EnvironmentEvent): void => listeners.forEach((listener) => listener(event))
    const tellOthers = (key: string, value: string | null): void => {
      for (const other of this.#windows) if (other !== emit) setImmediate(() => other({ type: 'storage', key, value }))
    }
    this.#windows.add(emit)
    const { values } = this
    const isTooMuch = (key: string, value: string): boolean =>
      [...values].reduce((sum, [k, v]) => (k === key ? sum : sum + k.length + v.length), key.length + value.length) > this.limit
    const storage: StoragePort = {
      get length() {
        return values.size
      },
      key: (index) => [...values.keys()][index] ?? null,
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => {
        if (isTooMuch(key, value)) throw new Error('QuotaExceededError')
        values.set(key, value)
        tellOthers(key, value)
      },
      removeItem: (key) => {
        if (values.delete(key)) tellOthers(key, null)
      },
    }
    const environment: Environment = {
      isOnline: () => true,
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
    return { storage, environment, emit }
  }
}

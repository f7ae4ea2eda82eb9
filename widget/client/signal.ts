/** A value with change notifications: the smallest interface between the headless client and any renderer. */
export interface Signal<T> {
  readonly value: T
  /** Calls `listener` after each change, not immediately. Returns a function that unsubscribes. */
  subscribe(listener: (value: T) => void): () => void
}

export interface MutableSignal<T> extends Signal<T> {
  set(value: T): void
}

export function signal<T>(initial: T): MutableSignal<T> {
  let value = initial
  const listeners = new Set<(value: T) => void>()
  return {
    get value() {
      return value
    },
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener(next)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/**
 * Adds a listener and returns a function that removes it. Used in place of an AbortSignal: Chromium 64 has no AbortController, and before
 * Chromium 90 `addEventListener` ignores the signal.
 */
export function listen<E extends Event>(
  target: EventTarget | null | undefined,
  types: string,
  listener: (event: E) => void,
  options?: AddEventListenerOptions,
): () => void {
  const names = types.split(' ')
  for (const name of names) target?.addEventListener(name, listener as EventListener, options)
  return () => {
    for (const name of names) target?.removeEventListener(name, listener as EventListener, options)
  }
}

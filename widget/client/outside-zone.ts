interface ZoneWindow {
  readonly Zone?: { readonly root?: { run<T>(work: () => T): T } }
}

/**
 * Runs `work` outside the zones of Angular. zone.js counts timers and requests that were begun inside one, and an app is "stable" (server rendering,
 * service workers, Protractor and its heirs wait for that) only while there are none. The chat's timers and polls never end, and each would also make
 * the app look for changes everywhere.
 */
export function outsideZone<T>(work: () => T): T {
  const { Zone } = globalThis as ZoneWindow
  return Zone?.root ? Zone.root.run(work) : work()
}

/**
 * Events of the page. In Node or a worker there is no window and none happens.
 * `wake`: the page was shown, focused or restored; a connection that looked healthy may be dead.
 * `leave`: the page is hidden or about to go.
 * `storage`: another window of this origin changed a key of the local storage.
 */
export type EnvironmentEvent =
  | { readonly type: PageNotice | 'leave' }
  | { readonly type: 'storage'; readonly key: string | null; readonly value: string | null }

/** What an app around the page may know before the page's window does. */
export type PageNotice = 'online' | 'offline' | 'wake'

export interface Environment {
  /** False only if the device is certainly offline. */
  isOnline(): boolean
  /** Returns the way to stop. */
  subscribe(listener: (event: EnvironmentEvent) => void): () => void
}

const KINDS: Readonly<Record<string, 'online' | 'offline' | 'wake' | 'leave'>> = {
  online: 'online',
  offline: 'offline',
  pageshow: 'wake',
  focus: 'wake',
  visibilitychange: 'wake',
  pagehide: 'leave',
}

export const pageEnvironment: Environment = {
  isOnline: () => typeof navigator !== 'object' || navigator.onLine !== false,
  subscribe(listener) {
    if (typeof window !== 'object') return () => {}
    const onEvent = (event: Event): void => {
      const isHidden = (event.target as { visibilityState?: string } | null)?.visibilityState === 'hidden'
      listener({ type: isHidden ? 'leave' : KINDS[event.type]! })
    }
    const onStorage = (event: StorageEvent): void => listener({ type: 'storage', key: event.key, value: event.newValue })
    for (const kind in KINDS) addEventListener(kind, onEvent)
    addEventListener('storage', onStorage)
    return () => {
      for (const kind in KINDS) removeEventListener(kind, onEvent)
      removeEventListener('storage', onStorage)
    }
  },
}

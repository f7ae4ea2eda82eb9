import type { ScopedStorage } from './scoped-storage.ts'
import { list } from './shape.ts'

/** Stored, newest last, so that a window that slept learns of all logouts in that time. */
const COUNT = 20

/** [hash of the scope, unique id of the logout, time in ms] */
type Logout = readonly [string, string, number]

const logoutsFrom = list<Logout>((value) => {
  const [hash, id, at] = Array.isArray(value) ? (value as readonly unknown[]) : []
  return typeof hash === 'string' && typeof id === 'string' && typeof at === 'number' ? [hash, id, at] : undefined
})

/**
 * The logouts on this device, under a key that all windows share, because a window may sleep through the event. A scope is stored as a hash, so the
 * key names nobody.
 */
export class Logouts {
  static readonly KEY = 'logouts'
  readonly #shared: ScopedStorage

  constructor(shared: ScopedStorage) {
    this.#shared = shared
  }

  /** The last logout of a scope; undefined if there is none. */
  last(scope: string): { readonly id: string; readonly at: number } | undefined {
    const mine = hashOf(scope)
    const all = this.#all.filter(([hash]) => hash === mine)
    const last = all[all.length - 1]
    return last && { id: last[1], at: last[2] }
  }

  add(scopes: readonly string[], id: string, at: number): void {
    const news = scopes.map((scope): Logout => [hashOf(scope), id, at])
    this.#shared.set(Logouts.KEY, [...this.#all, ...news].slice(-COUNT))
  }

  get #all(): readonly Logout[] {
    return this.#shared.get(Logouts.KEY, logoutsFrom) ?? []
  }
}

/** FNV-1a; a collision costs one needless logout. */
function hashOf(scope: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < scope.length; at++) hash = Math.imul(hash ^ scope.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36)
}

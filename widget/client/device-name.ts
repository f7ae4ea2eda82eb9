import { clientId } from './client-id.ts'
import { deviceFrom } from './incoming.ts'
import type { ScopedStorage } from './scoped-storage.ts'

/** One name an installation and one a window: a second line of both replaces the first. */
export function deviceName(shared: ScopedStorage, random: () => number): string {
  const device = shared.get('device', deviceFrom) || clientId(random)
  shared.set('device', device)
  return `${device}.${clientId(random).slice(0, 8)}`
}

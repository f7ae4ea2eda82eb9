import type { Clock } from './clock.ts'
import type { Environment } from './environment.ts'
import type { PictureStore } from './picture-store.ts'
import type { StoragePort } from './scoped-storage.ts'
import type { Guest } from './stored.ts'
import type { TransportPort } from './transport.ts'

export interface ClientOptions {
  /** Base address of the gateway, absolute, or relative to the page. */
  readonly gateway: string
  /** A pass. Without one, a guest's is fetched from `POST <gateway>/v1/guests` and stored. */
  readonly token?: string | undefined
  /** A name for this window; generated if absent. */
  readonly device?: string | undefined
  /** Whom this window talks to at first: `shop:<id>` or a participant id. */
  readonly to?: string | undefined
  /** Where to store things; `null`: nowhere. Default: localStorage where available. */
  readonly storage?: StoragePort | null
  /** Where waiting pictures are kept that `storage` has no room for. Default: IndexedDB beside localStorage, and nothing beside a storage that is given. */
  readonly pictures?: PictureStore | undefined
  /** In order of preference. Default: engine.io over a WebSocket, engine.io over polling. */
  readonly transports?: readonly TransportPort[]
  readonly clock?: Clock
  /** In [0, 1). Default: the cryptographic source where available. */
  readonly random?: () => number
  readonly environment?: Environment
  readonly fetchGuest?: () => Promise<Guest>
}

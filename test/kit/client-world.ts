import { createClient } from '../../widget/client/client.ts'
import type { ClientOptions } from '../../widget/client/client-options.ts'
import type { Client, ListingClient } from '../../widget/client/types.ts'
import { MovableClock } from './clock.ts'
import { MemoryGateway } from './memory-gateway.ts'
import { MemoryStorage } from './memory-storage.ts'

interface Window {
  /** Raises an event of the window. */
  emit(type: 'online' | 'offline' | 'wake' | 'leave'): void
}

/** A clock that tests move, an in-memory gateway, and clients in windows on several devices. */
export class ClientWorld {
  readonly clock = new MovableClock()
  readonly gateway = new MemoryGateway(this.clock)
  readonly #storages = new Map<string, MemoryStorage>()

  storage(device: string): MemoryStorage {
    const storage = this.#storages.get(device) ?? new MemoryStorage()
    this.#storages.set(device, storage)
    return storage
  }

  /** Opens a window on `device` and connects it. */
  open(token: string | undefined, to: string, options: Partial<ClientOptions> & { device?: string } = {}): ListingClient & Window {
    const { device = 'phone', ...more } = options
    const { emit, ...ports } = this.storage(device).openWindow()
    const { clock } = this
    const client = createClient({ gateway: 'http://gateway.test', token, to, transports: this.gateway.ports(), clock, ...ports, ...more })
    client.connect()
    return Object.assign(client, { emit: (type: Parameters<Window['emit']>[0]) => emit({ type }) })
  }

  /** Texts in the gateway's log between the shop and u1. */
  get log(): string[] {
    return this.gateway.log('shop:42', 'u1').messages.map(({ body }) => body.text)
  }
}

export const textsOf = (client: Client, to: string): string[] => client.conversation(to).timeline.value.messages.map(({ body }) => body.text)

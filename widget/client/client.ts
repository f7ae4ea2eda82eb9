import { ChatClient } from './chat-client.ts'
import type { ClientOptions } from './client-options.ts'
import { Inbox } from './inbox.ts'
import type { Client } from './types.ts'

/**
 * The headless client: one person, one window, one gateway. Everything it needs of the world is an option with a default
 * (client-options.ts), so it runs in Node, in a worker, without storage, and in tests under a clock that is moved by hand.
 * It does nothing before `connect()` except paint from the local copy.
 */
export const createClient = (options: ClientOptions): Client => new ChatClient(options, (needs) => new Inbox(needs))

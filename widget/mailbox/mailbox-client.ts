import { createClient } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import type { Client } from '../client/types.ts'
import { ClientController } from '../chat/client-controller.ts'

/** The line of a page that shows a list of conversations. */
export class MailboxClient extends ClientController {
  protected override create(options: ClientOptions): Client {
    // Whom the window talks to is said by `changeUser`, in time for the hello; for the next person it is not this one.
    return createClient({ ...options, to: undefined })
  }
}

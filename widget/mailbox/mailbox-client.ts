import { createClient } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import type { ListingClient, ListingPerson } from '../client/types.ts'
import { ClientController, type ClientAddress } from '../chat/client-controller.ts'

/** The line of a page that shows a list of conversations. */
export class MailboxClient extends ClientController {
  protected override create(options: ClientOptions): ListingClient {
    // Whom the window talks to is said by `changeUser`, in time for the hello; for the next person it is not this one.
    return createClient({ ...options, to: undefined })
  }

  override use(given: ListingClient | undefined, address: ClientAddress, to: () => string): void {
    super.use(given, address, to)
  }

  /** `create` and `use` bring no other. */
  override get client(): ListingPerson | undefined {
    return super.client as ListingPerson | undefined
  }
}

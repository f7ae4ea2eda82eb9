import { createClient } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import type { ListingClient, ListingPerson } from '../client/types.ts'
import { ClientController, type ClientAddress } from '../chat/client-controller.ts'

/** The client of a page that shows a list of conversations. */
export class MailboxClient extends ClientController {
  protected override create(options: ClientOptions): ListingClient {
    // The open conversation goes up as `changeUser`, in time for the hello; the next person does not inherit it.
    return createClient({ ...options, to: undefined })
  }

  override use(given: ListingClient | undefined, address: ClientAddress, to: () => string): void {
    super.use(given, address, to)
  }

  /** `create` and `use` set no other class. */
  override get client(): ListingPerson | undefined {
    return super.client as ListingPerson | undefined
  }
}

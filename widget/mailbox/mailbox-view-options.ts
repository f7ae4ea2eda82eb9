import type { ConversationRow } from '../../gateway/protocol/model.ts'
import type { Translation } from '../chat/actions/message-actions.ts'
import type { ClientOptions } from '../chat/client-controller.ts'
import type { Emit } from '../chat/element-events.ts'

export interface MailboxViewOptions extends Pick<ClientOptions, 'onConnection' | 'onRefused' | 'onPerson' | 'onLogout'> {
  /** Dispatches an event at the element. */
  readonly emit: Emit
  /** The person wants to send and no conversation is open. */
  readonly onNoRecipient: () => void
  /** Adds rows to those that the filter left, out of all rows held. */
  readonly addRows?: (rows: readonly ConversationRow[], all: readonly ConversationRow[]) => readonly ConversationRow[]
  /** The gateway answers the search; the list need not be loaded page by page for it. */
  readonly isSearchedByGateway?: () => boolean
  /** The page's translation of a message. */
  readonly translation?: () => Translation | undefined
  /** The list shows who is there. */
  readonly showsPresence?: boolean
  /** Why the element can show no list although the client is connected. */
  readonly trouble?: () => string | undefined
}

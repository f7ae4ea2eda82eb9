import type { PushData } from '../../gateway/protocol/pushes.ts'
import type { ConnectionState, Person, TransportName } from '../client/types.ts'
import type { Card } from '../ui/card.ts'
import type { RefusalError } from '../client/refusal-error.ts'

/** A product or order that somebody tapped, and the message that it is; without one in the desk's column about the customer. */
export interface CardTap extends Card {
  /** The message's client id. */
  readonly message?: string
  /** Absent while it is not sent yet. */
  readonly seq?: number | undefined
  readonly isOwn?: boolean
}

/** The `detail` of each event of the elements. What each event means is said at the element's class. */
export interface ElementEvents {
  'im-send': { readonly id: string; readonly text: string }
  'im-message': {
    readonly id: string
    readonly seq: number
    readonly from: string
    readonly kind: string
    readonly text: string
    /** Clock of the gateway, ms. */
    readonly at: number
    readonly isOwn: boolean
  }
  'im-unread': { readonly count: number }
  'im-connection': { readonly state: ConnectionState['name']; readonly transport: TransportName | undefined }
  /** `id`: of the message; undefined: the connection's or a command's. */
  'im-refused': { readonly code: RefusalError['code']; readonly message: string; readonly retry: boolean; readonly id: string | undefined }
  'im-card': CardTap
  'im-person': Person
  'im-notice': PushData<'noticePush'>
}

export interface ChatEvents extends ElementEvents {
  'im-open': null
  'im-close': null
  'im-available': { readonly isAvailable: boolean }
}

export interface MailboxEvents extends ElementEvents {
  'im-select': { readonly to: string }
  /** Bubbles. */
  'im-sound': null
}

export interface DeskEvents extends MailboxEvents {
  'im-quick-reply': { readonly id: string }
  /** With `translates`: the page answers by `respond`, with '' where it cannot. `from`: the language of the text, where it is known. */
  'im-translate': {
    readonly id: string
    readonly text: string
    readonly from: string | undefined
    readonly to: string
    readonly respond: (text: string) => void
  }
}

export type AnyEvents = ChatEvents & DeskEvents
export type Emit = <K extends keyof AnyEvents>(name: K, detail: AnyEvents[K]) => boolean

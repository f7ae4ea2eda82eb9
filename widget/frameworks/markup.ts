/** The elements as markup of a framework: what its compiler lets a template set and hear. Types alone; nothing of this is in a bundle. */
import type { ChatElement } from '../chat/chat-element.ts'
import type { ChatEvents, DeskEvents, MailboxEvents } from '../chat/element-events.ts'
import type { DeskElement } from '../desk/desk-element.ts'
import type { InboxElement } from '../inbox/inbox-element.ts'

/** Properties of an element that may also be written as an attribute: objects and numbers as text, undefined as absence. */
type Settable<E, K extends keyof E> = { [P in K]?: E[P] | (E[P] extends string | boolean | undefined ? never : string) | undefined }
/** Properties that have no attribute. */
type Assignable<E, K extends keyof E> = { [P in K]?: E[P] | undefined }

type Everywhere = 'gateway' | 'token' | 'to' | 'theme' | 'lang' | 'muted'

export type ChatMarkup = Settable<
  ChatElement,
  Everywhere | 'mode' | 'open' | 'enter' | 'history' | 'side' | 'product' | 'orders' | 'name' | 'logo' | 'greeting' | 'hours'
> &
  Assignable<ChatElement, 'client' | 'strings'>

export type InboxMarkup = Settable<InboxElement, Everywhere | 'guest'> & Assignable<InboxElement, 'client' | 'strings'>

export type DeskMarkup = Settable<
  DeskElement,
  Everywhere | 'guest' | 'idleMinutes' | 'waitWarnMinutes' | 'waitAlarmMinutes' | 'view' | 'translates'
> &
  Assignable<DeskElement, 'client' | 'strings' | 'shortcuts' | 'quickReplies'> & {
    'idle-minutes'?: number | string | undefined
    'wait-warn-minutes'?: number | string | undefined
    'wait-alarm-minutes'?: number | string | undefined
  }

/** Listeners by attribute, as `onim-send` of React and Svelte, or `on:im-send` of Solid. */
export type Listeners<Events, Prefix extends string> = {
  [K in keyof Events & string as `${Prefix}${K}`]?: ((event: CustomEvent<Events[K]>) => unknown) | undefined
}

export interface Elements {
  'im-chat': { readonly element: ChatElement; readonly markup: ChatMarkup; readonly events: ChatEvents }
  'im-inbox': { readonly element: InboxElement; readonly markup: InboxMarkup; readonly events: MailboxEvents }
  'im-desk': { readonly element: DeskElement; readonly markup: DeskMarkup; readonly events: DeskEvents }
}
export type Tag = keyof Elements

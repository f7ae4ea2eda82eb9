import type { Counted, Strings } from './strings.ts'

/** Every sentence that the inbox and the desk share. */
export interface MailboxStrings {
  readonly conversations: string
  /** Before the first letters of a nameless guest's id. */
  readonly guest: string
  /** Before the id of a shop that has no name. */
  readonly shop: string
  readonly conversation: string
  readonly details: string
  readonly search: string
  readonly searchHint: string
  readonly clearSearch: string
  readonly noConversations: string
  readonly noConversationsHint: string
  readonly nothingFound: string
  readonly nothingUnread: string
  readonly nothingUnanswered: string
  readonly loading: string
  /** Instead of the list, where the pass is a customer's. */
  readonly notAgent: string
  readonly choose: string
  readonly chooseHint: string
  readonly you: string
  /** Before what somebody has begun to write in a conversation. */
  readonly draft: string
  readonly yesterday: string
  readonly unreadCount: Counted
  readonly waitingFor: string
  readonly movedAbove: Counted
  readonly back: string
  readonly showDetails: string
  readonly hideDetails: string
  readonly customerId: string
  readonly messages: string
  readonly lastActivity: string
  readonly readState: string
  readonly readAll: string
  readonly readUpTo: string
  readonly notReadYet: string
  readonly shared: string
  readonly nothingShared: string
  readonly copy: string
  readonly copied: string
  readonly shortcuts: string
  readonly close: string
  readonly quickReplies: string
  readonly noQuickReplies: string
  readonly newMessageFrom: string
  /** What a customer who is blocked reads. */
  readonly blockedHere: Readonly<Record<'plain' | 'until' | 'forEver', string>>
  readonly status: string
  readonly statuses: Strings['statuses']
  readonly actions: Readonly<Record<DeskAction, string>>
}

/** What a shortcut can do. */
export type DeskAction =
  | 'next'
  | 'previous'
  | 'nextUnread'
  | 'search'
  | 'composer'
  | 'send'
  | 'quickReplies'
  | 'note'
  | 'picture'
  | 'emoji'
  | 'order'
  | 'claim'
  | 'close'
  | 'transfer'
  | 'accept'
  | 'decline'
  | 'block'
  | 'status'
  | 'details'
  | 'mute'
  | 'sheet'

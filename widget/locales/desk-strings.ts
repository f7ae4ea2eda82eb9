import type { Counted, Strings } from './strings.ts'

/** The errors of a quick reply file. */
export type FileFault = 'tooLarge' | 'notJson' | 'noList' | 'tooMany' | 'badEntry' | 'empty'

/** Sentences of the desk alone: assignment, transfer, blocking, notes, the customer, quick replies. */
export interface DeskStrings {
  readonly shelves: Readonly<Record<'mine' | 'waiting' | 'all', string>>
  readonly shelf: string
  readonly nothingMine: string
  readonly nothingWaiting: string
  readonly view: string
  readonly views: Readonly<Record<'unreadFirst' | 'newest' | 'unread' | 'unanswered', string>>
  readonly searching: string
  readonly notAllSearched: string
  readonly foundMore: Counted

  readonly waiting: string
  readonly closed: string
  readonly blocked: string
  readonly offered: string

  readonly service: string
  /** Of the buttons above the composer. */
  readonly tools: string
  readonly isMine: string
  readonly isTheirs: string
  readonly isWaiting: string
  readonly isWaitingFor: string
  readonly isClosed: string
  readonly isClosedBy: string
  readonly isOfferedByMe: string
  readonly isOffered: string
  readonly isBlocked: string
  readonly forEver: string
  readonly until: string
  readonly isAnswering: string
  readonly claim: string
  readonly takeOver: string
  readonly closeIt: string
  readonly reopen: string
  readonly takeBack: string
  readonly ask: string
  readonly isAskedByMe: string
  readonly isAsked: string
  readonly cancelAsk: string
  /** What the colleague reads who is asked. */
  readonly request: string
  /** To who asked; `missed`: to who was asked and did not answer. */
  readonly requestOutcomes: Readonly<Record<'accepted' | 'declined' | 'expired' | 'missed', string>>
  readonly undo: string
  readonly closedNow: string

  readonly transfer: string
  readonly transferTo: string
  readonly transferNote: string
  readonly transferNoteHint: string
  readonly toQueue: string
  readonly toQueueHint: string
  readonly nobodyThere: string
  readonly load: Counted
  readonly statuses: Strings['statuses']
  readonly transferIt: string
  readonly offers: string
  readonly offer: string
  readonly accept: string
  readonly decline: string
  readonly look: string
  readonly seconds: string
  /** `missed`: for the colleague whose offer expired. */
  readonly outcomes: Readonly<Record<'accepted' | 'declined' | 'expired' | 'missed', string>>
  readonly queued: string

  readonly block: string
  readonly blockTitle: string
  readonly reason: string
  readonly reasonHint: string
  readonly duration: string
  readonly durations: Readonly<Record<'hour' | 'day' | 'week' | 'ever', string>>
  readonly unblock: string
  readonly blockedNow: string
  readonly unblockedNow: string
  readonly blockedList: string
  readonly nobodyBlocked: string
  readonly blockedBy: string

  readonly notes: string
  readonly noteAdd: string
  readonly noteHint: string
  readonly noteOf: string
  readonly edit: string
  readonly remove: string
  readonly save: string
  readonly cancel: string
  readonly noteDeleted: string

  readonly profile: string
  /** Of a conversation, given by a backend. */
  readonly tags: string
  readonly orders: string
  readonly viewing: string
  readonly viewingNothing: string
  readonly earlier: string
  readonly firstTime: string
  readonly since: string
  readonly customerStates: Readonly<Record<'slow' | 'down' | 'downOlder' | 'empty' | 'off' | 'loading', string>>
  readonly sendCard: string
  readonly cardSent: string
  readonly copyNumber: string
  readonly noOrders: string

  /** The customer's language, and the page's translations. */
  readonly translation: Readonly<Record<'language' | 'translate' | 'none', string>>
  /** Closing, taking and transferring many conversations; `idle` stands before spans of time. */
  readonly several: Readonly<Record<'title' | 'none' | 'all' | 'idle' | 'unanswered', string>> &
    Readonly<Record<'close' | 'take' | 'transfer' | 'left' | 'closed' | 'taken' | 'offered' | 'queued' | 'cancelled' | 'failed', Counted>>

  /** The shop's figures; `most`: of a median's 90th percentile. */
  readonly report: Readonly<
    Record<
      | 'title'
      | 'back'
      | 'range'
      | 'today'
      | 'conversations'
      | 'closed'
      | 'missed'
      | 'answer'
      | 'wait'
      | 'rating'
      | 'most'
      | 'byDay'
      | 'byAgent'
      | 'day'
      | 'agent'
      | 'csv'
      | 'none'
      | 'loading'
      | 'failed'
      | 'timeZone',
      string
    >
  > &
    Readonly<Record<'days' | 'ratings', Counted>>

  readonly manageReplies: string
  readonly newReply: string
  readonly replyTitle: string
  readonly replyText: string
  readonly replyNames: string
  readonly folder: string
  readonly noFolder: string
  readonly scope: string
  readonly scopes: Readonly<Record<'shop' | 'own', string>>
  readonly searchReplies: string
  readonly noReplies: string
  readonly replyDeleted: string
  readonly importFile: string
  readonly exportFile: string
  readonly imported: Counted
  readonly importing: Counted
  readonly faults: Readonly<Record<FileFault, string>>

  readonly remap: string
  readonly pressKeys: string
  readonly chordTaken: string
  readonly chordBad: string
  readonly resetShortcuts: string

  readonly idleNow: string
  readonly refusals: Readonly<Record<'conflict' | 'unavailable' | 'forbidden' | 'tooMany' | 'limited' | 'notConnected' | 'other', string>>
}

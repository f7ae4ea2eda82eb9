/** The forms that a sentence about `{n}` has in its language, by the names of Intl.PluralRules. */
export interface Forms extends Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> {
  readonly other: string
  /** Put in with the language: which rules choose the form. Absent: English. */
  readonly tag?: string
}

/** A sentence about `{n}`: one for every number, or a form for each kind. */
export type Counted = string | Forms

/** The launcher's sentences: it is on screen before the other strings have loaded. */
export interface LauncherStrings {
  readonly open: string
  readonly openUnread: Counted
  /** The launcher was pressed and the panel is loading. */
  readonly loading: string
  /** The panel could not be loaded; the launcher tries again. */
  readonly notLoaded: string
}

/** Every sentence of `<im-chat>`, and what the two PC pages share with it. A locale is complete or it does not compile. `{n}` and `{name}` are filled in by `fill`. */
export interface Strings {
  readonly launcher: LauncherStrings
  readonly chat: string
  readonly close: string
  readonly messages: string
  readonly placeholder: string
  readonly write: string
  readonly send: string
  readonly retry: string
  readonly discard: string
  readonly older: string
  readonly latest: string
  readonly latestNew: Counted
  readonly newMessages: string
  /** A button at the top: it goes to the first unread message. */
  readonly newAbove: Counted
  readonly actions: Readonly<Record<'label' | 'copy' | 'copied' | 'quote' | 'withdraw', string>>
  /** In place of a withdrawn message: one's own, somebody's, of somebody without a name. */
  readonly withdrawn: Readonly<Record<'own' | 'by' | 'gone', string>>
  /** System messages, by `body.event`. */
  readonly events: Readonly<Record<'transferred', string>>
  readonly empty: string
  /** Suggested questions, for screen readers. */
  readonly questions: string
  readonly isOnline: string
  readonly answersIn: string
  readonly closed: string
  readonly backAt: string
  readonly backOn: string
  /** What becomes of a message outside of hours (`{closed}`: one of the sentences above), and where nobody is there. */
  readonly keptClosed: string
  readonly keptNobody: string
  /** While the person looks elsewhere. `soundOn` is on a button that turns it off. */
  readonly news: { readonly ask: string; readonly yes: string; readonly no: string; readonly soundOn: string; readonly soundOff: string }
  /** To who waits for an agent: the place in the queue, and how long others waited lately. */
  readonly queue: { readonly next: string; readonly place: string; readonly usual: string }
  /** After a conversation with a shop was closed; `scores` from the worst, `{score}` one of them. */
  readonly rating: Readonly<Record<'ask' | 'score' | 'words' | 'thanks' | 'failed', string>> & { readonly scores: readonly string[] }
  readonly guest: string
  readonly person: Readonly<Record<'block' | 'ask' | 'cancel' | 'blocked' | 'unblock' | 'unblocked' | 'undo' | 'failed', string>>
  readonly typing: string
  readonly typingName: string
  readonly you: string
  readonly today: string
  readonly yesterday: string
  readonly states: Readonly<Record<'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read', string>>
  readonly connection: Readonly<Record<'connecting' | 'catching-up' | 'live' | 'waiting' | 'refused', string>>
  readonly statuses: Readonly<Record<'online' | 'busy' | 'away' | 'offline', string>>
  readonly offline: string
  readonly offlineQueued: Counted
  /** The gateway answers and accepts no session now. */
  readonly busy: string
  /** Below a message that the gateway put off: why it waits, and that it is sent by itself. */
  readonly putOff: Readonly<Record<'limited' | 'busy', string>>
  readonly tryAgain: string
  readonly refusals: Readonly<
    Record<
      | 'signIn'
      | 'pass'
      | 'setup'
      | 'origin'
      | 'forbidden'
      | 'replaced'
      | 'outdated'
      | 'tooLong'
      | 'tooLate'
      | 'picture'
      | 'pictureLater'
      | 'pictureHeic'
      | 'pictureMany'
      | 'limited'
      | 'start'
      | 'blocked'
      | 'blockedByPerson'
      | 'until'
      | 'other',
      string
    >
  >
  readonly left: Counted
  readonly over: Counted
  /** What was inserted was far too long; `{n}`: what a message holds at most. */
  readonly cut: string
  readonly image: string
  /** A button; `{host}`: where the picture lies. */
  readonly showPicture: string
  /** `waits`: below a text, for the picture before it. `keepOpen`: below what would be lost with the page; `keepOpenTill`: after the sentence that promises to send it. */
  readonly pictures: Readonly<Record<'waits' | 'keepOpen' | 'keepOpenTill', string>>
  /** A picture on the whole screen. */
  readonly viewer: Readonly<Record<'close' | 'download' | 'previous' | 'next' | 'failed', string>>
  readonly order: string
  readonly product: string
  /** How many items were ordered. */
  readonly items: Counted
  /** When the shop said what a card shows now. */
  readonly asOf: string
  readonly sendProduct: string
  readonly dismiss: string
  /** The composer's button with a plus, and what its menu has. */
  readonly more: string
  readonly camera: string
  readonly emoji: string
  readonly emojiGroups: Readonly<Record<'recent' | 'smileys' | 'people' | 'nature' | 'things' | 'symbols', string>>
  readonly enterSends: string
  readonly enterBreaks: string
}

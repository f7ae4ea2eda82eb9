import type { nothing, TemplateResult } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { ClientController } from '../chat/client-controller.ts'
import type { EnterChoice } from '../chat/composer/enter-choice.ts'
import type { Thread } from '../chat/thread.ts'
import type { MailboxStrings } from '../locales/mailbox-strings.ts'
import { messageTime } from '../locales/message-time.ts'
import type { Strings } from '../locales/strings.ts'
import { conversationPane } from './conversation-pane.ts'
import { delayOf } from '../ui/delay-of.ts'
import { blockRefusal, refusalSentence } from '../ui/refusal-sentence.ts'
import type { BubbleOptions } from '../chat/timeline/bubble.ts'
import { rows, type MarkRow, type Row } from '../chat/timeline/rows.ts'
import type { FirstScreen } from '../chat/timeline/first-screen.ts'

export interface MailboxPaneOptions extends Pick<BubbleOptions, 'asker' | 'card'> {
  readonly controller: ClientController
  readonly thread: Thread
  readonly enter: EnterChoice
  readonly strings: Strings
  readonly mailboxStrings: MailboxStrings
  readonly lang: string
  readonly name: string
  readonly detail: string
  /** How pressing the detail is. */
  readonly urgency?: 'amber' | 'red' | undefined
  /** In the head, after the name. */
  readonly head?: TemplateResult | typeof nothing
  /** The other side's picture. */
  readonly logo?: string | undefined
  readonly first?: FirstScreen | undefined
  readonly note?: string | undefined
  readonly tools: TemplateResult | typeof nothing
  readonly above: TemplateResult | typeof nothing
  /** The tooltip of the emoji. */
  readonly emojiHint?: string
  /** Under the name. */
  readonly below?: TemplateResult | typeof nothing
  /** Inserts further rows among the messages; the arguments say whether the page holds the log's start and end. */
  readonly between?: (rows: readonly Row[], isWhole: { readonly start: boolean; readonly end: boolean }) => readonly Row[]
  /** Renders such a row; undefined for a message. */
  readonly extra?: (row: MarkRow) => TemplateResult | undefined
  /** A more precise sentence for a refusal than the usual one. */
  readonly sentence?: (refusal: WireRefusal) => string | undefined
  readonly onBack: () => void
}

/** Builds the view of the middle column from what the controllers know of the open conversation. */
export function mailboxPane({ between, enter, extra, lang, controller, sentence, strings, thread, ...rest }: MailboxPaneOptions): TemplateResult {
  const { client, shown: connection, conversation, outbox, theirs, timeline } = controller
  const { day, time } = messageTime(lang)
  const identity = client?.identity.value
  const { announcement, hasText, isAtEnd, isCut, left, newAbove, newCount, newFrom } = thread
  const messages = rows({
    guest: strings.guest,
    me: identity?.role === 'agent' ? identity.id : undefined,
    messages: thread.messages,
    outbox: isAtEnd ? outbox : [],
    to: conversation?.to ?? '',
    theirs,
    newFrom,
  })
  const said = (refusal: WireRefusal): string => sentence?.(refusal) ?? refusalSentence(refusal, strings, lang)
  const block = conversation?.blocked.value
  const isStart = timeline.isLoaded && !timeline.hasOlder && thread.messages[0]?.seq === timeline.messages[0]?.seq
  return conversationPane({
    ...rest,
    announcement,
    connection,
    hasText,
    left,
    isCut,
    newCount,
    newAbove,
    strings,
    time,
    enter: enter.value,
    blocked: block && said(blockRefusal(block)),
    to: conversation?.to,
    rows: between?.(messages, { start: isStart, end: isAtEnd }) ?? messages,
    isLoaded: timeline.isLoaded,
    isLoadingOlder: timeline.isLoadingOlder,
    typing: isAtEnd ? conversation?.typing.value : undefined,
    delay: delayOf(outbox),
    isOnlyHere: outbox.some((item) => item.isOnlyHere),
    queuedCount: outbox.filter(({ state }) => state !== 'failed').length,
    day: (row) => extra?.(row) ?? day(row.at, Date.now(), strings),
    refusal: ({ refusal }) => (refusal ? said(refusal) : strings.states.failed),
    onQuoted: (seq) => void thread.goTo(seq),
    onRetry: (id) => conversation?.retry(id),
    onDiscard: (id) => conversation?.discard(id),
    onLatest: () => thread.toEnd(),
    onNew: () => thread.toNew(),
    onTryAgain: () => client?.connect(),
  })
}

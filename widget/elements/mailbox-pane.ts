import type { nothing, TemplateResult } from 'lit'
import type { ClientController } from '../controllers/client.ts'
import type { EnterChoice } from '../controllers/enter-choice.ts'
import type { Thread } from '../controllers/thread.ts'
import type { DeskStrings } from '../locales/desk-strings.ts'
import { messageTime } from '../locales/message-time.ts'
import type { Strings } from '../locales/strings.ts'
import { conversationPane } from '../parts/conversation-pane.ts'
import { pageCards } from '../parts/page-cards.ts'
import { refusalSentence } from '../parts/refusal-sentence.ts'
import { rows } from '../parts/rows.ts'

export interface MailboxPaneOptions {
  readonly line: ClientController
  readonly thread: Thread
  readonly enter: EnterChoice
  readonly strings: Strings
  readonly deskStrings: DeskStrings
  readonly lang: string
  readonly name: string
  readonly detail: string
  readonly tools: TemplateResult | typeof nothing
  readonly above: TemplateResult | typeof nothing
  readonly onBack: () => void
}

/** What the controllers know of the open conversation, as what the middle column shows. */
export function mailboxPane({ enter, lang, line, strings, thread, ...rest }: MailboxPaneOptions): TemplateResult {
  const { client, connection, conversation, outbox, theirs, timeline } = line
  const { day, time } = messageTime(lang)
  const { announcement, hasText, isAtEnd, left, newCount, newFrom } = thread
  return conversationPane({
    ...rest, announcement, connection, hasText, left, newCount, strings, time,
    card: pageCards.content,
    enter: enter.value,
    isEnterTold: enter.isTold,
    to: conversation?.to,
    rows: rows({ messages: thread.messages, outbox: isAtEnd ? outbox : [], to: conversation?.to ?? '', theirs, newFrom }),
    isLoaded: timeline.isLoaded,
    isLoadingOlder: timeline.isLoadingOlder,
    typing: isAtEnd ? conversation?.typing.value : undefined,
    queuedCount: outbox.filter(({ state }) => state !== 'failed').length,
    day: (at) => day(at, Date.now(), strings),
    refusal: ({ refusal }) => (refusal ? refusalSentence(refusal, strings) : strings.states.failed),
    onRetry: (id) => conversation?.retry(id),
    onDiscard: (id) => conversation?.discard(id),
    onLatest: () => thread.toEnd(),
    onTryAgain: () => client?.connect(),
  })
}

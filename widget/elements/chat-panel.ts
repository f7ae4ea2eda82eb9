import type { TemplateResult } from 'lit'
import type { ClientController } from '../controllers/client.ts'
import type { Thread } from '../controllers/thread.ts'
import { messageTime } from '../locales/message-time.ts'
import type { Strings } from '../locales/strings.ts'
import type { Offer } from '../parts/offer.ts'
import { panel } from '../parts/panel.ts'
import { refusalSentence } from '../parts/refusal-sentence.ts'
import { rows } from '../parts/rows.ts'

export interface ChatPanelOptions {
  readonly line: ClientController
  readonly thread: Thread
  readonly strings: Strings
  readonly lang: string
  readonly enter: 'send' | 'newline'
  readonly isEnterTold: boolean
  readonly isModal: boolean
  readonly isInline: boolean
  readonly offered: Offer | undefined
  readonly onOffer: (isSent: boolean) => void
  readonly onClose: () => void
}

/** What the controllers know, as what the panel shows. Timeline and outbox meet here and nowhere else. */
export function chatPanel({ line, thread, strings, lang, offered, onOffer, ...rest }: ChatPanelOptions): TemplateResult {
  const { conversation, timeline, theirs, outbox, connection, client } = line
  const { time, day } = messageTime(lang)
  const { isAtEnd, newFrom, newCount, announcement, hasText, left } = thread
  return panel({
    ...rest, strings, connection, newCount, announcement, hasText, left, time,
    title: conversation?.name.value ?? strings.chat,
    rows: rows({ messages: thread.messages, outbox: isAtEnd ? outbox : [], to: conversation?.to ?? '', theirs, newFrom }),
    isLoaded: timeline.isLoaded,
    isLoadingOlder: timeline.isLoadingOlder,
    typing: isAtEnd ? conversation?.typing.value : undefined,
    queuedCount: outbox.filter(({ state }) => state !== 'failed').length,
    offer: offered && { offer: offered, onSend: () => onOffer(true), onDismiss: () => onOffer(false) },
    day: (at) => day(at, Date.now(), strings),
    refusal: ({ refusal }) => (refusal ? refusalSentence(refusal, strings) : strings.states.failed),
    onRetry: (id) => conversation?.retry(id),
    onDiscard: (id) => conversation?.discard(id),
    onLatest: () => thread.toEnd(),
    onTryAgain: () => client?.connect(),
  })
}

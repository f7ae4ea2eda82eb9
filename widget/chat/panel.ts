import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'
import type { ClientController } from './client-controller.ts'
import { onDemand } from '../ui/on-demand.ts'
import type { PersonBlocks } from './person-blocks.ts'
import type { Thread } from './thread.ts'
import { messageTime } from '../locales/message-time.ts'
import type { Strings } from '../locales/strings.ts'
import type { Offer } from './timeline/cards.ts'
import { panel } from './panel-view.ts'
import { personBar, personTool } from './person-bar.ts'
import { delayOf } from '../ui/delay-of.ts'
import { refusalSentence } from '../ui/refusal-sentence.ts'
import { shownName } from '../ui/shown-name.ts'
import { rows } from './timeline/rows.ts'

export interface ChatPanelOptions {
  readonly controller: ClientController
  readonly thread: Thread
  /** Rendered again when something comes that was not at hand. */
  readonly asker: ReactiveControllerHost
  readonly blocks: PersonBlocks
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

const extras = onDemand(() => import('./open-panel.ts').then(({ openPanel }) => openPanel({ html, nothing })))

/** What the controllers know, as what the panel shows. Timeline and outbox meet here and nowhere else. */
export function chatPanel(options: ChatPanelOptions): TemplateResult {
  const { asker, controller, thread, strings, lang, offered, onOffer } = options
  const { conversation, timeline, theirs, outbox, shown: connection, client } = controller
  const { time, day } = messageTime(lang)
  const to = conversation?.to ?? ''
  // asked for before the line may go: what a person adds then is shown as it is
  const more = extras(asker)
  const { isAtEnd, newFrom, newCount, announcement, hasText, left } = thread
  const isPerson = to !== '' && !to.startsWith('shop:')
  const title = isPerson ? shownName(conversation?.name.value, to, strings.guest) : (conversation?.name.value ?? strings.chat)
  const person = { to, name: title, strings, blocks: options.blocks }
  return panel({
    ...options, connection, newCount, announcement, hasText, left, time,
    title, tools: personTool(person), below: personBar(person),
    rows: rows({ guest: strings.guest, messages: thread.messages, outbox: isAtEnd ? outbox : [], to, theirs, newFrom }),
    there: connection.name === 'live' ? more?.there(asker, client, to, strings) : undefined,
    isLoaded: timeline.isLoaded,
    isLoadingOlder: timeline.isLoadingOlder,
    typing: isAtEnd ? conversation?.typing.value : undefined,
    delay: delayOf(outbox),
    queuedCount: outbox.filter(({ state }) => state !== 'failed').length,
    card: (kind, body, isOwn) =>
      more?.content(kind, body, { strings, gateway: controller.gateway, isTrusted: (address) => isOwn || controller.isTrusted(address) }),
    offer: offered && more?.offer({ strings, offer: offered, onSend: () => onOffer(true), onDismiss: () => onOffer(false) }),
    day: ({ at }) => day(at, Date.now(), strings),
    refusal: ({ refusal }) => (refusal ? refusalSentence(refusal, strings) : strings.states.failed),
    onRetry: (id) => conversation?.retry(id),
    onDiscard: (id) => conversation?.discard(id),
    onLatest: () => thread.toEnd(),
    onTryAgain: () => client?.connect(),
  })
}

import type { ReactiveControllerHost } from 'lit'
import { CardsNow } from '../chat/cards-now.ts'
import type { Emit } from '../chat/element-events.ts'
import type { BubbleOptions } from '../chat/timeline/bubble.ts'
import { messageCard } from '../chat/timeline/message-card.ts'
import type { MailboxClient } from './mailbox-client.ts'
import type { MailboxLanguage } from './mailbox-language.ts'

export interface MailboxCardsOptions {
  readonly controller: MailboxClient
  readonly language: () => MailboxLanguage
  readonly emit: Emit
}

/** The room that a window of a computer has for a picture, px. */
const PICTURE = { width: 320, height: 360 }

/** Returns how a message that is no text is drawn on a PC page, in the language of the moment. */
export function mailboxCards(
  host: ReactiveControllerHost & { readonly renderRoot: ParentNode },
  { controller, language, emit }: MailboxCardsOptions,
): () => BubbleOptions['card'] {
  const { of: now } = new CardsNow(host, { chat: controller, root: () => host.renderRoot, language })
  return () => messageCard({ strings: language().strings, chat: controller, most: PICTURE, now, onCard: (tapped) => !emit('im-card', tapped) })
}

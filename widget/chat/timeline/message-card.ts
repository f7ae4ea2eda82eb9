import type { TemplateResult } from 'lit'
import type { Strings } from '../../locales/strings.ts'
import { cardOf, type CardNow, type CardView } from '../../ui/cards.ts'
import type { CardTap } from '../element-events.ts'
import type { BubbleRow } from './rows.ts'

export interface MessageCardOptions {
  readonly strings: Strings
  readonly chat: { readonly gateway: string; isTrusted(address: string): boolean }
  readonly most?: CardView['most']
  /** What the shop says of the card of this message now. */
  readonly now: (row: BubbleRow) => CardNow | undefined
  /** A card was tapped; true: the page or the app shows it, and its address is not followed. */
  readonly onCard: (card: CardTap) => boolean
}

/** How a message that is no text is drawn, in the chat and on both PC pages. */
export const messageCard =
  ({ strings, chat, most, now, onCard }: MessageCardOptions) =>
  (row: BubbleRow): TemplateResult | undefined => {
    const { kind, body, isOwn, id, seq } = row
    return cardOf(kind, body, {
      strings,
      gateway: chat.gateway,
      isTrusted: (address) => isOwn || chat.isTrusted(address),
      now: now(row),
      ...(most && { most }),
      onTap: (card) => onCard({ ...card, message: id, seq, isOwn }),
    })
  }

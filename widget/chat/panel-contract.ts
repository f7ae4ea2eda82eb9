import type { LitElement } from 'lit'
import type { Cursor, Message } from '../../gateway/protocol/model.ts'
import type { ConnectionState, Conversation, OutboxItem, PersonClient, TimelineView } from '../client/types.ts'
import type { CardTap } from './element-events.ts'
import type { Offer } from '../ui/cards.ts'
import type { OwnOrder } from './own-order.ts'
import type { PageShop } from './shop-face.ts'
import type { Speaker } from '../ui/speaker.ts'
import type { Inset } from './viewport/geometry.ts'

/**
 * The interface between `<im-chat>` and its panel. They are two scripts, and a page opened before a deploy fetches the panel from after it. The
 * number is part of the script's name (`chat-panel-1.js`). A change to this file raises the number, and the gateway goes on serving the script of the
 * previous one. Before the first release it stays 1, and a page opened before an update of an unreleased gateway is loaded again.
 */
export const PANEL_VERSION = 1

/** The chat of the current person; the panel reads it at each render. */
export interface JoinedChat {
  readonly client: PersonClient | undefined
  readonly conversation: Conversation | undefined
  /** The connection state as shown to the person. */
  readonly shown: ConnectionState
  readonly timeline: TimelineView
  readonly messages: readonly Message[]
  readonly outbox: readonly OutboxItem[]
  /** How far the other side has received and read. */
  readonly theirs: Cursor
  /** Absolute, without a slash at the end. */
  readonly gateway: string
  /** Whether the picture at this address may be loaded without asking the reader. */
  isTrusted(address: string): boolean
}

/** The element's properties as they are now. */
export interface PanelSettings {
  /** The panel is to be seen; always false while it is being built. */
  readonly isOpen: boolean
  readonly mode: 'launcher' | 'inline'
  readonly enter: 'send' | 'newline'
  /** Whether Back closes a panel that covers the page. */
  readonly history: 'auto' | 'off'
  readonly product: Offer | undefined
  readonly orders: readonly OwnOrder[] | undefined
  readonly shop: PageShop
  /** No sound, whatever the person chose. */
  readonly isMuted?: boolean
}

export interface PanelHost {
  /** The panel requests renders of this element, and renders itself after each of them. */
  readonly element: LitElement & Speaker
  /** Takes the panel's styles. */
  readonly root: ShadowRoot
  /** The panel renders into this node. */
  readonly place: HTMLElement
  readonly chat: JoinedChat
  readonly settings: () => PanelSettings
  readonly onClose: () => void
  /** A notification was clicked. */
  readonly onOpen?: () => void
  /** Something was sent from the panel. */
  readonly onSend: (id: string, text: string) => void
  /** Called once for each confirmed message that appeared on the screen. */
  readonly onMessage: (message: Message, isOwn: boolean) => void
  /** A card was tapped; true: the page or the app shows it, and its address is not followed. */
  readonly onCard: (card: CardTap) => boolean
  /** The person tried to send and there is no conversation. */
  readonly onNoRecipient: () => void
}

export interface Panel {
  /** Shows a draft from another window or an earlier visit. */
  draft(text: string): void
  /** The chat now belongs to another person: drops everything of the previous one. */
  reset(): void
  /** The page sent something: scrolls to the newest message. */
  toEnd(): void
  /** What the surrounding app says it covers. */
  cover(inset: Partial<Inset>): void
  /** The person opened or closed the panel: focus moves into it, or back to where it was. */
  toggled(isOpen: boolean, launcher: HTMLElement | null): void
  /** The element was removed from the page; its `hostConnected` starts the panel again. */
  stop(): void
}

/** What the panel's script exports. */
export interface PanelScript {
  /** Resolves when the texts of the language have loaded, or failed to and English is used. */
  prepare(speaker: Speaker): Promise<unknown> | undefined
  /** Builds the panel, hidden. */
  openPanel(host: PanelHost): Panel
}

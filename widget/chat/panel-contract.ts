import type { LitElement } from 'lit'
import type { Cursor, Message } from '../../gateway/protocol/model.ts'
import type { ConnectionState, Conversation, OutboxItem, PersonClient, TimelineView } from '../client/types.ts'
import type { Offer } from '../ui/cards.ts'
import type { Inset } from './viewport/geometry.ts'

/**
 * What `<im-chat>` and its panel know of each other, and nothing more: they are two scripts, and a page that was opened before a
 * deploy fetches the panel of after it. The panel's script bears this number (`chat-panel-1.js`). Whoever changes what stands here
 * raises the number and goes on serving the script of the one before.
 */
export const PANEL_VERSION = 1

/** The chat of the person who is here, as the element joins it; read at each render. */
export interface JoinedChat {
  readonly client: PersonClient | undefined
  readonly conversation: Conversation | undefined
  /** As the person is to see it. */
  readonly shown: ConnectionState
  readonly timeline: TimelineView
  readonly messages: readonly Message[]
  readonly outbox: readonly OutboxItem[]
  /** How far the other side has received and read. */
  readonly theirs: Cursor
  /** Absolute, without a slash at the end. */
  readonly gateway: string
  /** Whether the picture at an address may be loaded without being asked for. */
  isTrusted(address: string): boolean
}

/** What the page wants of the panel, as it stands now. */
export interface PanelWishes {
  readonly isOpen: boolean
  readonly mode: 'launcher' | 'inline'
  readonly enter: 'send' | 'newline'
  readonly lang: string
  readonly product: Offer | undefined
}

export interface PanelHost {
  /** Asked for renders; after each of them the panel draws itself. */
  readonly element: LitElement
  /** Takes the panel's styles. */
  readonly root: ShadowRoot
  /** The panel draws itself in here. */
  readonly place: HTMLElement
  readonly chat: JoinedChat
  readonly wishes: () => PanelWishes
  readonly onClose: () => void
  /** Something was sent from the panel. */
  readonly onSend: (id: string, text: string) => void
  /** Once for each confirmed message that came onto the screen. */
  readonly onMessage: (message: Message, isOwn: boolean) => void
  /** Somebody wants to send and there is nobody to send to. */
  readonly onNobody: () => void
}

export interface Panel {
  /** A draft from another window or from the last visit. */
  draft(text: string): void
  /** Another person is here: nothing of the first one's stays. */
  reset(): void
  /** Something was sent from elsewhere: the newest message is to be seen. */
  toEnd(): void
  /** What an app around the page says is covered. */
  cover(inset: Partial<Inset>): void
  /** The person opened or closed it: focus goes in, or back to where it came from. */
  toggled(isOpen: boolean, launcher: HTMLElement | null): void
  /** The element has left the page; `hostConnected` of the element begins anew. */
  stop(): void
}

/** What the panel's script exports. */
export interface PanelScript {
  /** Resolves when the sentences of the language are there, or English has to do. */
  prepare(lang: string): Promise<void>
  openPanel(host: PanelHost): Panel
}

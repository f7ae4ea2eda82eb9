/** Types that appear in the elements' properties and events. */
export type { Body, Cursor, Identity, Message } from '../../gateway/protocol/model.ts'
export type { WireRefusal } from '../../gateway/protocol/codes.ts'
export type { Client, ConnectionState, Conversation, ListingClient, OutboxItem, Person, TimelineView, TransportName } from '../client/types.ts'
export type { ChatEvents, DeskEvents, MailboxEvents } from './element-events.ts'
export type { Inset } from './viewport/geometry.ts'
export type { Offer } from '../ui/cards.ts'
export type { OwnOrder } from './own-order.ts'
export type { OwnTexts, Texts } from '../locales/texts.ts'

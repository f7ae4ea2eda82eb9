/** What the gateway says unasked. Names end in `Push`; a client ignores those it does not know. */
import { Type, type Static, type TSchema } from 'typebox'
import { ConversationId, ConversationRow, Cursor, Guest, Id, Message, Note, Product, Side, Status, Transfer } from './model.ts'

const Refusal = Type.Object({
  code: Type.String(),
  message: Type.String(),
  retry: Type.Boolean(),
  afterMs: Type.Optional(Type.Number()),
})

export const PUSHES = {
  /** A message was written, by anyone of either side (not echoed to the session that sent it: that one has the ack). */
  messagePush: Message,
  /** The resume has brought as much of this conversation as it may; what is above it is fetched by `history`. */
  resumePush: Type.Object({ conversation: ConversationId, more: Type.Boolean() }),
  /** A side has received or read further. */
  cursorPush: Type.Object({ conversation: ConversationId, participant: Side, ...Cursor.properties }),
  /** Somebody of the other side is typing, or stopped. Volatile. */
  typingPush: Type.Object({
    conversation: ConversationId,
    from: Id,
    side: Side,
    name: Type.Optional(Type.String()),
    guest: Type.Optional(Guest),
    on: Type.Boolean(),
  }),
  /** A conversation is new to this participant's list, or its row changed other than by a message. */
  conversationPush: ConversationRow,
  /** To the window that called `changeUser`. */
  changeUserPush: Type.Object({ toid: Side }),
  /** To the other windows of the same participant; `socketid` is the session that caused it. */
  syncChangeUserPush: Type.Object({ toid: Side, socketid: Type.String() }),
  /** A side that this session has asked `presence` of has come, gone or (a shop) become more or less available. */
  presencePush: Type.Object({ side: Side, online: Type.Boolean(), status: Type.Optional(Status) }),
  /** An agent's status is another: to its colleagues, to its own windows, and to whoever asked `presence` of the shop. */
  statusPush: Type.Object({ participant: Id, shop: Id, name: Type.Optional(Type.String()), status: Status }),
  /** To both agents of a transfer, in all their windows: it is offered, taken, declined, taken back or too late. */
  transferPush: Type.Object({
    conversation: ConversationId,
    transfer: Transfer,
    state: Type.Union([Type.Literal('offered'), Type.Literal('accepted'), Type.Literal('declined'), Type.Literal('expired')]),
    /** The customer's name. */
    name: Type.Optional(Type.String()),
  }),
  /** To whom the shop, or (`reason` '') another person takes no messages of (any more), or (`reason` absent) takes them again. */
  blockPush: Type.Object({ conversation: ConversationId, reason: Type.Optional(Type.String()), until: Type.Optional(Type.Number()) }),
  /** To the shop's agents: a note was written, changed or (`text` empty) deleted. */
  notePush: Type.Object({ conversation: ConversationId, note: Type.Object({ ...Note.properties, text: Type.String() }) }),
  /** To the shop's agents: the shop's or one's own quick replies are other ones; ask again. */
  quickRepliesPush: Type.Object({}),
  /** To the shop's agents: what a customer is looking at. Volatile. */
  viewingPush: Type.Object({ conversation: ConversationId, product: Type.Optional(Product) }),
  /** A notice that a backend published into this participant's channel. */
  noticePush: Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) }, { additionalProperties: true }),
  /** A "no" to a packet that had no ack to carry it. */
  refusalPush: Type.Object({ error: Refusal, about: Type.Optional(Type.String()) }),
  /** Precedes every close by the gateway. `reconnect`: whether to come back, `afterMs`: not before. */
  byePush: Type.Object({
    code: Type.String(),
    message: Type.String(),
    reconnect: Type.Boolean(),
    afterMs: Type.Optional(Type.Number()),
  }),
} as const satisfies Record<string, TSchema>

export type Push = keyof typeof PUSHES

/** The gateway drops these while a reader is slow: the next one replaces them. */
export const VOLATILE_PUSHES: ReadonlySet<string> = new Set<Push>(['typingPush', 'viewingPush'])

export type PushData<P extends Push> = Static<(typeof PUSHES)[P]>

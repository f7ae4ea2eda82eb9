/** The packets that the gateway sends without being asked. Names end in `Push`; a client ignores those it does not know. */
import { Type, type Static, type TSchema } from 'typebox'
import { ConversationId, ConversationRow, Cursor, Guest, Id, Message, Note, Person, Product, Side, Status, Transfer } from './model.ts'

const Refusal = Type.Object({
  code: Type.String(),
  message: Type.String(),
  retry: Type.Boolean(),
  afterMs: Type.Optional(Type.Number()),
})

export const PUSHES = {
  /** Somebody of either side wrote a message. The session that sent it gets the ack instead. */
  messagePush: Message,
  /** What stands in an entry's place from now on: the message was withdrawn, or what it quotes was. */
  withdrawPush: Message,
  /** The conversation was erased, with all that was written in it until `at`; it may begin again. Clients forget what they have of it. */
  erasedPush: Type.Object({ conversation: ConversationId, at: Type.Number() }),
  /** The resume has sent as much of this conversation as its limit allows, or the store has lost some of what was pushed; the client reads on by `history`. */
  resumePush: Type.Object({ conversation: ConversationId, more: Type.Boolean() }),
  /** A side has received or read further. */
  cursorPush: Type.Object({ conversation: ConversationId, participant: Side, ...Cursor.properties }),
  /** Somebody of the other side is typing, or has stopped. Volatile. */
  typingPush: Type.Object({
    conversation: ConversationId,
    from: Id,
    side: Side,
    name: Type.Optional(Type.String()),
    guest: Type.Optional(Guest),
    on: Type.Boolean(),
  }),
  /** A conversation is new in this participant's list, or its row changed for another reason than a message. */
  conversationPush: ConversationRow,
  /** To the window that called `changeUser`. */
  changeUserPush: Type.Object({ toid: Side }),
  /** To the other windows of the same participant; `socketid` is the session that caused it. */
  syncChangeUserPush: Type.Object({ toid: Side, socketid: Type.String() }),
  /** A side that this session has asked `presence` of has come, gone or (a shop) become more or less available. */
  presencePush: Type.Object({ side: Side, online: Type.Boolean(), status: Type.Optional(Status) }),
  /** To a customer: the conversation with a shop has begun, or ceased, to wait for an agent. */
  placePush: Type.Object({ conversation: ConversationId, isWaiting: Type.Boolean() }),
  /** To a customer: the conversation with a shop was closed and may be rated; or it may not any more. */
  mayRatePush: Type.Object({ conversation: ConversationId, mayRate: Type.Boolean() }),
  /** An agent's status changed. Goes to its colleagues, its own windows, and to sessions that asked for the shop's `presence`. */
  statusPush: Type.Object({ participant: Id, shop: Id, name: Type.Optional(Type.String()), status: Status }),
  /** To both agents of a transfer, in all their windows: it is offered, accepted, declined (also: cancelled) or expired. */
  transferPush: Type.Object({
    conversation: ConversationId,
    transfer: Transfer,
    state: Type.Union([Type.Literal('offered'), Type.Literal('accepted'), Type.Literal('declined'), Type.Literal('expired')]),
    /** Who accepted, declined or cancelled it. */
    by: Type.Optional(Person),
    /** The customer's name. */
    name: Type.Optional(Type.String()),
  }),
  /** To a person whom the shop, or with `reason` '' another person, has blocked; without `reason`: the block has ended. */
  blockPush: Type.Object({ conversation: ConversationId, reason: Type.Optional(Type.String()), until: Type.Optional(Type.Number()) }),
  /** To the shop's agents: a note was written, changed or (`text` empty) deleted. */
  notePush: Type.Object({ conversation: ConversationId, note: Type.Object({ ...Note.properties, text: Type.String() }) }),
  /** To the shop's agents: the shop's or the agent's own quick replies have changed; read them again. */
  quickRepliesPush: Type.Object({}),
  /** To the shop's agents: what a customer is looking at. Volatile. */
  viewingPush: Type.Object({ conversation: ConversationId, product: Type.Optional(Product) }),
  /** A notice that a backend published on this participant's channel. */
  noticePush: Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) }, { additionalProperties: true }),
  /** The refusal of a packet that did not ask for an ack. */
  refusalPush: Type.Object({ error: Refusal, about: Type.Optional(Type.String()) }),
  /** Sent before the gateway closes a session. `reconnect`: whether the client may reconnect; `afterMs`: not before so many ms. */
  byePush: Type.Object({
    code: Type.String(),
    message: Type.String(),
    reconnect: Type.Boolean(),
    afterMs: Type.Optional(Type.Number()),
  }),
} as const satisfies Record<string, TSchema>

export type Push = keyof typeof PUSHES

/** The gateway drops these for a slow session, because the next one replaces them. */
export const VOLATILE_PUSHES: ReadonlySet<string> = new Set<Push>(['typingPush', 'viewingPush'])

export type PushData<P extends Push> = Static<(typeof PUSHES)[P]>

/**
 * The nouns of the wire as schemas; the widget takes the types only (a schema library costs it 10 kB).
 * Ids: see keys.ts. Times `at` are milliseconds since the epoch, by the gateway's clock.
 */
import { Type, type Static } from 'typebox'
import { LIMITS } from './limits.ts'

export const Id = Type.String({ minLength: 1, maxLength: LIMITS.idLength })
/** A conversation's own id: the two sides, see `conversationId`. */
export const ConversationId = Type.String({ minLength: 1, maxLength: LIMITS.conversationLength })
/** 0 means "before the first". */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** A side of a conversation: a participant id, or `shop:<id>` for all agents of a shop together. */
export const Side = Type.String({ minLength: 1, maxLength: LIMITS.idLength })

export const Role = Type.Union([Type.Literal('customer'), Type.Literal('agent'), Type.Literal('system')])
export type Role = Static<typeof Role>

/** What a pass proved. `side` is in whose name this participant speaks: an agent's is the shop. */
export const Identity = Type.Object({
  id: Id,
  role: Role,
  side: Side,
  shop: Type.Optional(Id),
  name: Type.Optional(Type.String({ maxLength: 80 })),
  avatar: Type.Optional(Type.String({ maxLength: 500 })),
  /** When the pass ends, ms since the epoch. */
  expiresAt: Type.Number(),
})
export type Identity = Static<typeof Identity>

/** `text` | `image` | `product` | `order` | `system`; a client shows an unknown kind as `body.text`. */
export const Kind = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' })

/** A text's body is `{text}`; every other kind carries `text` as the fallback that any client can show. */
export const Body = Type.Object({ text: Type.String() }, { additionalProperties: true })
export type Body = Static<typeof Body>

/** One numbered, immutable entry of a conversation. */
export const Message = Type.Object({
  conversation: ConversationId,
  epoch: Type.String(),
  seq: Type.Integer({ minimum: 1 }),
  /** The client id of the entry before it; absent at the first. Two logs with one chain are one log. */
  prev: Type.Optional(Id),
  /** The sender's client id. */
  id: Id,
  /** The participant that wrote it. */
  from: Id,
  /** The side it was written for: the participant itself, or the shop of an agent. */
  side: Side,
  name: Type.Optional(Type.String()),
  kind: Kind,
  body: Body,
  at: Type.Number(),
})
export type Message = Static<typeof Message>

/** Where a log ends. `seq` 0 and no `id`: nothing was written yet. */
export const Head = Type.Object({ epoch: Type.String(), seq: Seq, id: Type.Optional(Id) })
export type Head = Static<typeof Head>

/** How far one side has received and read; both only move forward, read <= delivered <= head. */
export const Cursor = Type.Object({ delivered: Seq, read: Seq })
export type Cursor = Static<typeof Cursor>

/** One row of a list of conversations, seen from `side`: unread = head.seq - cursors[side].read. */
export const ConversationRow = Type.Object({
  conversation: ConversationId,
  /** The other side. */
  to: Side,
  /** The other side's last known name. */
  name: Type.Optional(Type.String()),
  head: Head,
  last: Type.Optional(Message),
  cursors: Type.Record(Type.String(), Cursor),
  unread: Seq,
  /** Time of the last message. */
  at: Type.Number(),
})
export type ConversationRow = Static<typeof ConversationRow>

/** An agent's own word on itself; `offline` also where the agent is not there. */
export const Status = Type.Union([
  Type.Literal('online'), Type.Literal('busy'), Type.Literal('away'), Type.Literal('offline'),
])
export type Status = Static<typeof Status>

/** Whether anybody of a side is there. */
export const Presence = Type.Object({
  online: Type.Boolean(),
  /** Of a shop: its most available agent's. */
  status: Type.Optional(Status),
  /** Of the asker's own shop: its agents that are there. */
  agents: Type.Optional(Type.Array(Type.Object({ id: Id, name: Type.Optional(Type.String()), status: Status }))),
})
export type Presence = Static<typeof Presence>

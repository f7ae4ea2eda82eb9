/**
 * The nouns of the wire as schemas; the widget takes the types only (a schema library costs it 10 kB).
 * Ids: see keys.ts. Times `at` are milliseconds since the epoch, by the gateway's clock.
 */
import { Type, type Static } from 'typebox'
import { LIMITS } from './limits.ts'

/** Names that every JavaScript object has are no ids. */
const NOT_TAKEN = `^(?!(?:${Object.getOwnPropertyNames(Object.prototype).sort().join('|')})$)`
export const Id = Type.String({ minLength: 1, maxLength: LIMITS.idLength, pattern: NOT_TAKEN })
/** A conversation's own id: the two sides, see `conversationId`. */
export const ConversationId = Type.String({ minLength: 1, maxLength: LIMITS.conversationLength })
/** 0 means "before the first". */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** A side of a conversation: a participant id, or `shop:<id>` for all agents of a shop together. */
export const Side = Type.String({ minLength: 1, maxLength: LIMITS.idLength, pattern: NOT_TAKEN })

export const Role = Type.Union([Type.Literal('customer'), Type.Literal('agent'), Type.Literal('system')])
export type Role = Static<typeof Role>

/** Somebody without a login, who chose the name that is shown; say so wherever it is. */
export const Guest = Type.Literal(true)

/** What a pass proved. `side` is in whose name this participant speaks: an agent's is the shop. */
export const Identity = Type.Object({
  id: Id,
  role: Role,
  side: Side,
  shop: Type.Optional(Id),
  guest: Type.Optional(Guest),
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
  /** The author is one. */
  guest: Type.Optional(Guest),
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

/** Somebody by id and last known name. */
export const Person = Type.Object({ id: Id, name: Type.Optional(Type.String()) })
export type Person = Static<typeof Person>

/** A conversation on its way from one agent to another: until `expiresAt` the second may take it, then it is back with the first. */
export const Transfer = Type.Object({
  id: Id,
  from: Person,
  to: Person,
  note: Type.Optional(Type.String()),
  at: Type.Number(),
  expiresAt: Type.Number(),
})
export type Transfer = Static<typeof Transfer>

/** The shop takes no messages of this customer. `until` absent: for ever. The customer is told reason and end, not by whom. */
export const Block = Type.Object({ by: Person, reason: Type.String(), at: Type.Number(), until: Type.Optional(Type.Number()) })
export type Block = Static<typeof Block>

/**
 * How a shop serves a conversation. `waiting`: no agent has it. `open`: `agent` has it. `closed`: done, until somebody of either side
 * writes; `agent` is who had it last and gets it again. Only the shop's agents see it.
 */
export const Assignment = Type.Object({
  phase: Type.Union([Type.Literal('waiting'), Type.Literal('open'), Type.Literal('closed')]),
  agent: Type.Optional(Person),
  /** Since when it is in this phase with this agent. */
  since: Type.Number(),
  transfer: Type.Optional(Transfer),
  blocked: Type.Optional(Block),
})
export type Assignment = Static<typeof Assignment>

/** What agents tell each other about a conversation; its customer never sees it. */
export const Note = Type.Object({ id: Id, by: Person, text: Type.String({ minLength: 1, maxLength: LIMITS.noteLength }), at: Type.Number() })
export type Note = Static<typeof Note>

/** A text to be sent again and again. `{customer}` and `{order}` in it are filled in by the desk. */
export const QuickReply = Type.Object({
  id: Id,
  /** The shop's, for all its agents, or the agent's own. */
  scope: Type.Union([Type.Literal('shop'), Type.Literal('own')]),
  folder: Type.Optional(Type.String({ maxLength: 80 })),
  title: Type.String({ minLength: 1, maxLength: 80 }),
  text: Type.String({ minLength: 1, maxLength: LIMITS.quickReplyLength }),
})
export type QuickReply = Static<typeof QuickReply>

/** A page of the shop that a customer is looking at, or one of its products: as much as a card shows. */
export const Product = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 64 })),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  url: Type.Optional(Type.String({ maxLength: 500 })),
  image: Type.Optional(Type.String({ maxLength: 500 })),
  price: Type.Optional(Type.String({ maxLength: 40 })),
})
export type Product = Static<typeof Product>

/** What the operator's backend (`CUSTOMER_URL`) says of a customer; also the schema of its JSON. */
export const CustomerInfo = Type.Object({
  /** Label and value, in the order to be shown. */
  profile: Type.Optional(
    Type.Array(Type.Object({ label: Type.String({ maxLength: 80 }), value: Type.String({ maxLength: 500 }) }), { maxItems: 50 }),
  ),
  orders: Type.Optional(
    Type.Array(
      Type.Object({
        number: Type.String({ minLength: 1, maxLength: 64 }),
        title: Type.String({ maxLength: 200 }),
        status: Type.Optional(Type.String({ maxLength: 80 })),
        total: Type.Optional(Type.String({ maxLength: 40 })),
        at: Type.Optional(Type.Number()),
        url: Type.Optional(Type.String({ maxLength: 500 })),
        image: Type.Optional(Type.String({ maxLength: 500 })),
      }),
      { maxItems: 50 },
    ),
  ),
})
export type CustomerInfo = Static<typeof CustomerInfo>

/** One row of a list of conversations, seen from `side`: unread = head.seq - cursors[side].read. */
export const ConversationRow = Type.Object({
  conversation: ConversationId,
  /** The other side. */
  to: Side,
  /** The other side's last known name. */
  name: Type.Optional(Type.String()),
  /** The other side is one. */
  guest: Type.Optional(Guest),
  head: Head,
  last: Type.Optional(Message),
  cursors: Type.Record(Type.String(), Cursor),
  unread: Seq,
  /** Time of the last message. */
  at: Type.Number(),
  /** The reader has blocked the other side, a person. */
  blocking: Type.Optional(Type.Literal(true)),
  /** For agents, of their shop's conversations. */
  service: Type.Optional(Assignment),
})
export type ConversationRow = Static<typeof ConversationRow>

/** An agent's own word on itself; `offline` also where the agent is not there. */
export const Status = Type.Union([Type.Literal('online'), Type.Literal('busy'), Type.Literal('away'), Type.Literal('offline')])
export type Status = Static<typeof Status>

/** Whether anybody of a side is there. */
export const Presence = Type.Object({
  online: Type.Boolean(),
  /** Of a shop: its most available agent's. */
  status: Type.Optional(Status),
  /** Of the asker's own shop: its agents that are there. */
  agents: Type.Optional(
    Type.Array(
      Type.Object({
        id: Id,
        name: Type.Optional(Type.String()),
        status: Status,
        /** How many open conversations it has. */
        load: Type.Optional(Type.Integer()),
      }),
    ),
  ),
  /** More agents are there than an answer has room for. */
  more: Type.Optional(Type.Literal(true)),
})
export type Presence = Static<typeof Presence>

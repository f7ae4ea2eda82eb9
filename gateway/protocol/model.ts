/**
 * The nouns of the wire as schemas. The widget imports the types only: a schema library would cost it 10 kB.
 * Ids are described in keys.ts. Times (`at`, `since` …) are ms since the epoch by the gateway's clock.
 */
import { Type, type Static } from 'typebox'
import { LIMITS } from './limits.ts'
import { HOURS_LINE } from './opening-hours.ts'

/** Names that every JavaScript object has must not be ids. */
const NOT_TAKEN = `^(?!(?:${Object.getOwnPropertyNames(Object.prototype).sort().join('|')})$)`
export const Id = Type.String({ minLength: 1, maxLength: LIMITS.idLength, pattern: NOT_TAKEN })
/** A conversation's id, formed from its two sides by `conversationId`. */
export const ConversationId = Type.String({ minLength: 1, maxLength: LIMITS.conversationLength })
/** 0 means "before the first". */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** A side of a conversation: a participant id, or `shop:<id>` for all agents of a shop together. */
export const Side = Type.String({ minLength: 1, maxLength: LIMITS.idLength, pattern: NOT_TAKEN })

export const Role = Type.Union([Type.Literal('customer'), Type.Literal('agent'), Type.Literal('system')])
export type Role = Static<typeof Role>

/** Marks a person without a login, who chose the shown name. Show this wherever the name is shown. */
export const Guest = Type.Literal(true)

/** What a pass proves. `side` is the side this participant speaks for: an agent's is the shop. */
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

/** `text`, `image`, `product`, `order`, `system`, `withdrawn` or one of your own; a client shows an unknown kind as `body.text`. */
export const Kind = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' })

/** The body of a text is `{text}`. Every other kind has a `text`, too, as the fallback that any client can show. */
export const Body = Type.Object({ text: Type.String() }, { additionalProperties: true })
export type Body = Static<typeof Body>

/** One numbered entry of a conversation. It changes only by being withdrawn, or by losing the words that it quotes of one that was. */
export const Message = Type.Object({
  conversation: ConversationId,
  epoch: Type.String(),
  seq: Type.Integer({ minimum: 1 }),
  /** The client id of the entry before; absent at the first. By these links a client finds out whether two logs are the same. */
  prev: Type.Optional(Id),
  /** The sender's client id. */
  id: Id,
  /** The participant that wrote it. */
  from: Id,
  /** The side that the author speaks for: the participant itself, or the shop of an agent. */
  side: Side,
  name: Type.Optional(Type.String()),
  /** The author is a guest. */
  guest: Type.Optional(Guest),
  kind: Kind,
  body: Body,
  at: Type.Number(),
})
export type Message = Static<typeof Message>

/** The end of a log. An empty one has `seq` 0 and no `id`. */
export const Head = Type.Object({ epoch: Type.String(), seq: Seq, id: Type.Optional(Id) })
export type Head = Static<typeof Head>

/** How far one side has received and read. Both only move forward; read <= delivered <= head. */
export const Cursor = Type.Object({ delivered: Seq, read: Seq })
export type Cursor = Static<typeof Cursor>

/** Somebody by id and last known name. */
export const Person = Type.Object({ id: Id, name: Type.Optional(Type.String()) })
export type Person = Static<typeof Person>

/** An offer of a conversation to another agent, who may accept it until `expiresAt`. Without that it stays with the first. */
export const Transfer = Type.Object({
  id: Id,
  from: Person,
  to: Person,
  note: Type.Optional(Type.String()),
  /** `to` asks for it, and `from`, whose it is, has to accept; else `from` offers it, and `to` has to accept. */
  isRequest: Type.Optional(Type.Literal(true)),
  at: Type.Number(),
  expiresAt: Type.Number(),
})
export type Transfer = Static<typeof Transfer>

/** The shop refuses this customer's messages, until `until` or for ever. The customer is told the reason and the end, but not by whom. */
export const Block = Type.Object({ by: Person, reason: Type.String(), at: Type.Number(), until: Type.Optional(Type.Number()) })
export type Block = Static<typeof Block>

/** As the one who is blocked is told: `reason` is '' for a block between persons; `until` in ms since the epoch, absent: until it is lifted. */
export const Blocked = Type.Object({ reason: Type.String(), until: Type.Optional(Type.Number()) })
export type Blocked = Static<typeof Blocked>

/**
 * Who serves a conversation. `waiting`: no agent has it. `open`: `agent` has it. `closed`: nobody has to, until one of the two sides
 * writes; `agent` had it last and gets it again first. Only the shop's agents see it.
 */
/** What the customer said after the conversation was closed: 1 (bad) to 5. */
export const Rating = Type.Object({
  score: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.Optional(Type.String({ maxLength: LIMITS.ratingLength })),
  at: Type.Number(),
})
export type Rating = Static<typeof Rating>

/** How many tags a conversation may have. */
export const TAG_COUNT = 20
/** A word by which a shop's agents and backends sort its conversations. */
export const Tag = Type.String({ minLength: 1, maxLength: 40 })

export const Assignment = Type.Object({
  phase: Type.Union([Type.Literal('waiting'), Type.Literal('open'), Type.Literal('closed')]),
  agent: Type.Optional(Person),
  /** Since when it is in this phase with this agent. */
  since: Type.Number(),
  transfer: Type.Optional(Transfer),
  blocked: Type.Optional(Block),
  /** Until it opens again. */
  rating: Type.Optional(Rating),
  tags: Type.Optional(Type.Array(Tag, { maxItems: TAG_COUNT })),
})
export type Assignment = Static<typeof Assignment>

const Span = Type.Object({ p50: Type.Number(), p90: Type.Number() })

/** Figures of a shop, a day or an agent. Spans are in ms, at most a quarter too long. */
export const ReportFigures = Type.Object({
  /** Begun; of an agent: given to it. */
  conversations: Type.Integer(),
  /** Closed although nobody had answered. Of shops and days only. */
  missed: Type.Integer(),
  closed: Type.Integer(),
  /** From the customer's first message to the first answer. */
  answer: Type.Optional(Span),
  /** How long those waited who found no agent with room. */
  wait: Type.Optional(Span),
  /** How many customers gave 1, 2, 3, 4 and 5. */
  ratings: Type.Array(Type.Integer(), { minItems: 5, maxItems: 5 }),
})
export type ReportFigures = Static<typeof ReportFigures>

/** An agent's note on a conversation for its colleagues. The customer never sees it. */
export const Note = Type.Object({ id: Id, by: Person, text: Type.String({ minLength: 1, maxLength: LIMITS.noteLength }), at: Type.Number() })
export type Note = Static<typeof Note>

/** A stored text for agents to send. The desk fills in `{customer}` and `{order}`. */
export const QuickReply = Type.Object({
  id: Id,
  /** The shop's, for all its agents, or the agent's own. */
  scope: Type.Union([Type.Literal('shop'), Type.Literal('own')]),
  folder: Type.Optional(Type.String({ maxLength: 80 })),
  title: Type.String({ minLength: 1, maxLength: 80 }),
  text: Type.String({ minLength: 1, maxLength: LIMITS.quickReplyLength }),
})
export type QuickReply = Static<typeof QuickReply>

/** A product, or a page of the shop, that a customer is looking at: what a card shows of it. */
export const Product = Type.Object({
  id: Type.Optional(Type.String({ maxLength: 64 })),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  url: Type.Optional(Type.String({ maxLength: 500 })),
  image: Type.Optional(Type.String({ maxLength: 500 })),
  price: Type.Optional(Type.String({ maxLength: 40 })),
})
export type Product = Static<typeof Product>

const count = Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 }))
const orderFields = {
  number: Type.String({ minLength: 1, maxLength: 64 }),
  status: Type.Optional(Type.String({ maxLength: 80 })),
  total: Type.Optional(Type.String({ maxLength: 40 })),
  /** How many items were ordered. */
  count,
  url: Type.Optional(Type.String({ maxLength: 500 })),
  image: Type.Optional(Type.String({ maxLength: 500 })),
}

/**
 * The bodies of the kinds `product` and `order`. Addresses are absolute, http or https, because the reader is on another page than the writer.
 * A gateway takes other bodies of these kinds, too, from clients of any age: a reader leaves out a field that is not of this form, and shows the
 * `text` where there is no `title` of a product or no `number` of an order.
 */
export const ProductCard = Type.Object({ text: Type.String(), ...Product.properties }, { additionalProperties: true })
export type ProductCard = Static<typeof ProductCard>
export const OrderCard = Type.Object(
  {
    text: Type.String(),
    ...orderFields,
    /** What was ordered. */
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: true },
)
export type OrderCard = Static<typeof OrderCard>

/** What the operator's backend (`CARD_URL`) says about a product or an order now; its JSON is checked against this schema. */
export const CardInfo = Type.Object({
  /** Of a product. */
  price: Type.Optional(Type.String({ maxLength: 40 })),
  /** In the words to be shown: "Sold out", "On its way". */
  status: Type.Optional(Type.String({ maxLength: 80 })),
  /** Of an order. */
  total: Type.Optional(Type.String({ maxLength: 40 })),
  count,
})
export type CardInfo = Static<typeof CardInfo>

/** What the operator's backend (`CUSTOMER_URL`) says about a customer; its JSON is checked against this schema. */
export const CustomerInfo = Type.Object({
  /** Label and value, in the order to be shown. */
  profile: Type.Optional(
    Type.Array(Type.Object({ label: Type.String({ maxLength: 80 }), value: Type.String({ maxLength: 500 }) }), { maxItems: 50 }),
  ),
  orders: Type.Optional(
    Type.Array(
      Type.Object({
        ...orderFields,
        title: Type.String({ maxLength: 200 }),
        at: Type.Optional(Type.Number()),
      }),
      { maxItems: 50 },
    ),
  ),
})
export type CustomerInfo = Static<typeof CustomerInfo>

const Language = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$' })
const Greeting = Type.String({ minLength: 1, maxLength: 500 })
const Questions = Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { maxItems: 10 })
const shopFields = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
  logo: Type.Optional(Type.String({ maxLength: 500 })),
  /** How long an answer usually takes. */
  replyMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_080 })),
}

/** What an operator says about a shop, by `PUT /v1/shops/<id>` or from `SHOP_URL`. */
export const ShopRecord = Type.Object({
  ...shopFields,
  /** What the shop says first, by language (BCP 47). The first one stands in for languages without any. */
  greeting: Type.Optional(Type.Record(Language, Greeting, { additionalProperties: false })),
  /** Offered to who has not written yet, by language. */
  questions: Type.Optional(Type.Record(Language, Questions, { additionalProperties: false })),
  /** When it is open, as schema.org writes it. What ends before it begins ends on the next day. An empty list: never. */
  hours: Type.Optional(
    Type.Object({
      timeZone: Type.String({ minLength: 1, maxLength: 64 }),
      open: Type.Array(Type.String({ maxLength: 40, pattern: HOURS_LINE }), { maxItems: 21 }),
    }),
  ),
  /** After how many days without a message its conversations are erased, in place of KEEP_DAYS. Only as stored by `PUT`. */
  keepDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
})
export type ShopRecord = Static<typeof ShopRecord>

/** What a client is told of a shop. */
export const Shop = Type.Object({
  ...shopFields,
  greeting: Type.Optional(Type.Record(Type.String(), Greeting)),
  /** A client shows three. */
  questions: Type.Optional(Type.Record(Type.String(), Questions)),
  /** The times it is open in the next days, each from and to, ascending. Absent: it has no hours; empty: it does not open. */
  open: Type.Optional(Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), { maxItems: 24 })),
})
export type Shop = Static<typeof Shop>

/** One row of a list of conversations, seen from `side`: unread = head.seq - cursors[side].read. */
export const ConversationRow = Type.Object({
  conversation: ConversationId,
  /** The other side. */
  to: Side,
  /** The other side's last known name; of a shop, its own. */
  name: Type.Optional(Type.String()),
  /** A shop's logo. */
  logo: Type.Optional(Type.String()),
  /** The other side is a guest. */
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

/** How available an agent is, by its own choice; `offline` also where it has no session. */
export const Status = Type.Union([Type.Literal('online'), Type.Literal('busy'), Type.Literal('away'), Type.Literal('offline')])
export type Status = Static<typeof Status>

/** Whether anybody of a side is there. */
export const Presence = Type.Object({
  online: Type.Boolean(),
  /** For a shop: the status of its most available agent. */
  status: Type.Optional(Status),
  /** For another shop: somebody who is as available. */
  agent: Type.Optional(Person),
  /** For the caller's own shop: the agents that are there. */
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
  /** There are more agents than the answer has room for. */
  more: Type.Optional(Type.Literal(true)),
})
export type Presence = Static<typeof Presence>

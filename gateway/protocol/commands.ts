/**
 * The commands: each with the schemas of its input and its answer. The ack contains `{ok: true, …}`, or for a refusal
 * `{error: {code, message, retry, afterMs?}}`.
 * A new command touches six places: this file, README.md, the row in doors/commands.ts, the domain, the client, tests.
 */
import { Type, type Static, type TObject } from 'typebox'
import { LIMITS } from './limits.ts'
import {
  Block,
  Blocked,
  Body,
  CardInfo,
  ConversationId,
  ConversationRow,
  Cursor,
  CustomerInfo,
  Guest,
  Head,
  Id,
  Identity,
  Kind,
  Message,
  Note,
  Person,
  Presence,
  Product,
  QuickReply,
  Rating,
  ReportFigures,
  Seq,
  Assignment,
  Shop,
  Side,
  Status,
} from './model.ts'

/** The conversation that a command is about: its id, or the other side (`shop:<id>` or a participant id) as `to`. Exactly one of the two. */
const target = { conversation: Type.Optional(ConversationId), to: Type.Optional(Side) }

/** How an operator's backend has answered. */
const state = Type.Union([Type.Literal('ready'), Type.Literal('slow'), Type.Literal('down'), Type.Literal('empty'), Type.Literal('off')])

const ok = <P extends Record<string, import('typebox').TSchema>>(properties: P) => Type.Object({ ok: Type.Literal(true), ...properties })

export const COMMANDS = {
  /** Writes a message. Sending the same `id` again changes nothing: it gets the first answer again, with `duplicate`. */
  send: {
    input: Type.Object({ ...target, id: Id, kind: Kind, body: Body }),
    answer: ok({
      conversation: ConversationId,
      epoch: Type.String(),
      seq: Seq,
      prev: Type.Optional(Id),
      at: Type.Number(),
      duplicate: Type.Optional(Type.Literal(true)),
    }),
  },
  /** Reads a page of messages, ascending: the last `limit` below `before`, the first `limit` above `after`, or without both the newest. */
  history: {
    input: Type.Object({
      ...target,
      before: Type.Optional(Seq),
      after: Type.Optional(Seq),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.pageCount })),
    }),
    answer: ok({
      conversation: ConversationId,
      messages: Type.Array(Message),
      head: Head,
      /** Whether there are further messages in the direction asked. */
      more: Type.Boolean(),
      cursors: Type.Record(Type.String(), Cursor),
      /** The other side, where it is a shop that says something about itself. With the newest page only. */
      shop: Type.Optional(Shop),
      /** The caller has blocked the other side. */
      blocking: Type.Optional(Type.Literal(true)),
      /** The other side takes no messages from the caller. Not with a page before another. */
      blocked: Type.Optional(Blocked),
      /** When the conversation was last erased. What was written until then is not lost but gone: a client that has it must not send it again. */
      erasedAt: Type.Optional(Type.Number()),
    }),
  },
  /**
   * Takes back the caller's own message within `limits.withdrawMs`. The answer has what stands in its place; so has the answer to the same command
   * again.
   */
  withdraw: { input: Type.Object({ ...target, seq: Seq, id: Id }), answer: ok({ message: Message }) },
  /** The caller's side has read up to `seq`. */
  read: { input: Type.Object({ ...target, seq: Seq }), answer: ok({}) },
  /** A device of the caller's side has received up to `seq`. */
  delivered: { input: Type.Object({ ...target, seq: Seq }), answer: ok({}) },
  /** The caller is typing (default), or has stopped (`on: false`). Volatile; a client shows it for at most 6 s. */
  typing: { input: Type.Object({ ...target, on: Type.Optional(Type.Boolean()) }), answer: ok({}) },
  /** This window now talks to `toid`; the participant's other windows are told. */
  changeUser: { input: Type.Object({ toid: Side }), answer: ok({}) },
  /** Lists the caller's conversations (an agent's: those of the shop) by last activity, newest first; `before` is the `at` of the last row seen. */
  conversations: {
    input: Type.Object({
      before: Type.Optional(Type.Number()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.listCount })),
    }),
    answer: ok({ conversations: Type.Array(ConversationRow), more: Type.Boolean() }),
  },
  /**
   * Says who of these sides is there, and sends this session `presencePush` for their changes from now on; the sides of an earlier call no longer.
   * The answer leaves out sides with which the caller has no conversation.
   */
  presence: {
    input: Type.Object({ of: Type.Array(Side, { maxItems: LIMITS.listCount }) }),
    answer: ok({ presence: Type.Record(Type.String(), Presence) }),
  },
  /** Says how a customer's conversation with a shop waits for an agent. */
  place: {
    input: Type.Object({ to: Side }),
    answer: ok({
      /** 1: next; absent: it does not wait. */
      place: Type.Optional(Type.Integer({ minimum: 1 })),
      /** How long others waited lately; absent: too few did. */
      usualMs: Type.Optional(Type.Number()),
    }),
  },
  /** Says whether the customer may rate the conversation with a shop: it was closed within the last seven days, and has not been rated since. */
  mayRate: { input: Type.Object({ to: Side }), answer: ok({ mayRate: Type.Boolean() }) },
  /** Rates it, from 1 (bad) to 5. `conflict`: there is nothing to rate, because it is open again or was rated elsewhere. */
  rate: {
    input: Type.Object({ to: Side, score: Rating.properties.score, text: Rating.properties.text }),
    answer: ok({}),
  },
  /** Sets an agent's status in all its windows, for 12 h. */
  changeStatus: { input: Type.Object({ status: Status }), answer: ok({}) },
  /**
   * Says what the operator's backend (`CARD_URL`) knows now about the product or order of a message in a conversation with a shop. The states
   * are those of `customer`; `empty` also for a message that is no such card, `off` also in a conversation between persons.
   */
  card: {
    input: Type.Object({ ...target, seq: Seq }),
    answer: ok({
      state,
      info: Type.Optional(CardInfo),
      /** When the backend answered, in ms since the epoch. */
      at: Type.Optional(Type.Number()),
    }),
  },
  /** The customer is looking at this product, or without one at none. Volatile: it is forgotten when the last session ends. */
  viewing: { input: Type.Object({ to: Side, product: Type.Optional(Product) }), answer: ok({}) },

  /** Finds conversations by the other side's name or id, an order number, or words of recent messages. */
  search: {
    input: Type.Object({ query: Type.String({ minLength: 1, maxLength: 100 }) }),
    answer: ok({
      /** Newest first. `message` contains the words, unless the name or id does. */
      hits: Type.Array(Type.Object({ row: ConversationRow, message: Type.Optional(Message) })),
      /** False where older conversations were not searched. */
      isComplete: Type.Boolean(),
    }),
  },

  // For agents, on their shop's conversations. After every change of an assignment all agents of the shop get `conversationPush`.

  /** Lists the shop's conversations that are not closed, of all agents, longest in their phase first. */
  queue: {
    input: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.queueCount })) }),
    answer: ok({ conversations: Type.Array(ConversationRow), more: Type.Boolean() }),
  },
  /** Takes a conversation that is waiting or closed, or whose agent is not there. One of an agent who is there is `conflict`. */
  claim: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Closes a conversation. */
  close: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Offers the caller's conversation to a colleague, who has to accept it; with `to` = `queue` it waits for any agent. */
  transfer: {
    input: Type.Object({
      conversation: ConversationId,
      to: Id,
      note: Type.Optional(Type.String({ maxLength: LIMITS.reasonLength })),
    }),
    answer: ok({ service: Assignment }),
  },
  /** Asks the colleague for a conversation who has it and is there, and has to accept. Of one who is not there: `agent_unavailable`; `claim` it. */
  requestTransfer: { input: Type.Object({ conversation: ConversationId }), answer: ok({ service: Assignment }) },
  /** Accepts or declines a transfer or a request. `accept: false` by the agent who offered or asked cancels it. */
  acceptTransfer: {
    input: Type.Object({ conversation: ConversationId, transfer: Id, accept: Type.Boolean() }),
    answer: ok({ service: Assignment }),
  },
  /** Blocks a customer until `until`, in ms since the epoch; without it for ever. */
  block: {
    input: Type.Object({
      ...target,
      reason: Type.String({ minLength: 1, maxLength: LIMITS.reasonLength }),
      until: Type.Optional(Type.Number()),
    }),
    answer: ok({ service: Assignment }),
  },
  unblock: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Lists the customers whom the shop has blocked, latest first. */
  blocked: {
    input: Type.Object({}),
    answer: ok({
      blocked: Type.Array(
        Type.Object({
          conversation: ConversationId,
          to: Side,
          name: Type.Optional(Type.String()),
          ...Block.properties,
        }),
      ),
      more: Type.Optional(Type.Literal(true)),
    }),
  },
  /** Blocks another person: nothing that one writes, types or looks at reaches anybody. */
  blockPerson: { input: Type.Object(target), answer: ok({}) },
  unblockPerson: { input: Type.Object(target), answer: ok({}) },
  /** Lists the persons whom the caller has blocked, latest first. */
  blockedPersons: {
    input: Type.Object({}),
    answer: ok({
      blocked: Type.Array(
        Type.Object({
          conversation: ConversationId,
          to: Side,
          name: Type.Optional(Type.String()),
          guest: Type.Optional(Guest),
          at: Type.Number(),
        }),
      ),
      more: Type.Optional(Type.Literal(true)),
    }),
  },
  /** The shop's figures of the last `days` days, the present one first. A day is one of `timeZone`; what happened at other nodes in the last seconds may be missing. */
  report: {
    input: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 30 }) }),
    answer: ok({
      /** That of the shop's opening hours, else `UTC`. */
      timeZone: Type.String(),
      total: ReportFigures,
      /** `day`: as 2026-11-28. */
      days: Type.Array(Type.Object({ day: Type.String(), ...ReportFigures.properties })),
      /** Those with the most conversations first. */
      agents: Type.Array(Type.Object({ ...Person.properties, ...ReportFigures.properties })),
    }),
  },
  /** Lists the agents' notes on a conversation, ascending by time. */
  notes: { input: Type.Object(target), answer: ok({ notes: Type.Array(Note) }) },
  /** Saves a note. The same id again changes the text of the caller's own note; '' deletes it. */
  saveNote: {
    input: Type.Object({ ...target, id: Id, text: Type.String({ maxLength: LIMITS.noteLength }) }),
    answer: ok({ note: Type.Optional(Note) }),
  },
  /** Lists the shop's quick replies and the caller's own, in no order. */
  quickReplies: { input: Type.Object({}), answer: ok({ quickReplies: Type.Array(QuickReply) }) },
  saveQuickReply: { input: Type.Object({ quickReply: QuickReply }), answer: ok({}) },
  deleteQuickReply: { input: Type.Object({ scope: QuickReply.properties.scope, id: Id }), answer: ok({}) },
  /**
   * Says what the operator's backend knows about the customer. `slow`: it has not answered yet, ask again in a second. `down`: it failed. In
   * both cases `info` is an older answer, where there is one. `empty`: it knows nothing. `off`: no backend is configured.
   */
  customer: {
    input: Type.Object(target),
    answer: ok({
      state,
      info: Type.Optional(CustomerInfo),
      /** When the backend answered, in ms since the epoch. */
      at: Type.Optional(Type.Number()),
      /** What the customer is looking at now. */
      viewing: Type.Optional(Product),
      /**
       * Earlier contacts, latest first, as far as the newest messages show them: a silence of 6 h ends a contact. The current one is not
       * included. `agent` wrote last for the shop; `seq` is the first message.
       */
      earlier: Type.Optional(
        Type.Array(
          Type.Object({
            agent: Type.Optional(Type.String()),
            from: Type.Number(),
            to: Type.Number(),
            seq: Seq,
          }),
          { maxItems: 20 },
        ),
      ),
    }),
  },
  /** Replaces the session's pass by a fresh one of the same participant. */
  renew: { input: Type.Object({ token: Type.String() }), answer: ok({ identity: Identity }) },
} as const satisfies Record<string, { input: TObject; answer: TObject }>

export type Command = keyof typeof COMMANDS
export type CommandInput<C extends Command> = Static<(typeof COMMANDS)[C]['input']>
export type CommandAnswer<C extends Command> = Static<(typeof COMMANDS)[C]['answer']>

/** A conversation that the client has: its id, epoch, last seq, and the client id of that last entry. */
export const ResumeCursor = Type.Tuple([ConversationId, Type.String(), Seq, Type.String()])
export type ResumeCursor = Static<typeof ResumeCursor>

/** The hello: the payload of CONNECT, which a stock socket.io client sends as `auth`. Everything but the token is optional. */
export const Hello = Type.Object(
  {
    token: Type.Optional(Type.String()),
    /** A stable name of this installation; a second session of the same device and window replaces the first. */
    device: Type.Optional(Id),
    v: Type.Optional(Type.Integer()),
    /** The side this window talks to. Its newest page follows the welcome, so opening takes one round trip. */
    to: Type.Optional(Side),
    resume: Type.Optional(Type.Object({ cursors: Type.Array(ResumeCursor, { maxItems: LIMITS.resumeCount }) })),
  },
  { additionalProperties: true },
)
export type Hello = Static<typeof Hello>

/**
 * How one conversation of the hello resumes.
 * `follows`: the gateway sends every message above the client's cursor as messagePush, up to `head`.
 * `reload`: the client missed too much or had nothing: the newest page follows, older ones come by `history`.
 * `diverged`: this is not the log that the client knew. The client finds the last common entry by `history`, loads what is above it, and
 * sends its own lost messages again.
 */
export const Resumed = Type.Object({
  conversation: ConversationId,
  to: Side,
  status: Type.Union([Type.Literal('follows'), Type.Literal('reload'), Type.Literal('diverged')]),
  head: Head,
  cursors: Type.Record(Type.String(), Cursor),
  name: Type.Optional(Type.String()),
  /** The other side is a guest. */
  guest: Type.Optional(Guest),
  /** The caller has blocked the other side. */
  blocking: Type.Optional(Type.Literal(true)),
  /** The other side takes no messages from the caller. */
  blocked: Type.Optional(Blocked),
})
export type Resumed = Static<typeof Resumed>

/** The welcome: the CONNECT reply. A client is caught up when each resumed conversation has reached its `head`. */
export const Welcome = Type.Object({
  sid: Type.String(),
  identity: Identity,
  v: Type.Integer(),
  /** The gateway's clock, in ms since the epoch. */
  at: Type.Number(),
  limits: Type.Record(Type.String(), Type.Number()),
  resumed: Type.Array(Resumed),
  /** The shop of the hello's `to`, and an agent's own, by side: those that say something about themselves. */
  shops: Type.Optional(Type.Record(Type.String(), Shop)),
  /** Hosts besides the gateway whose pictures a client may show without asking: names, or `*.` and a name. */
  imageHosts: Type.Optional(Type.Array(Type.String())),
})
export type Welcome = Static<typeof Welcome>

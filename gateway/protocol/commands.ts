/**
 * What a client may ask: one entry a command, its input and its answer. Answers travel as `{ok: true, …}`,
 * refusals as `{error: {code, message, retry, afterMs?}}`, both in the ack.
 * A new command touches six places: this file, README.md, the row in doors/commands.ts, the domain, the client, tests.
 */
import { Type, type Static, type TObject } from 'typebox'
import { LIMITS } from './limits.ts'
import {
  Block,
  Body,
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
  Presence,
  Product,
  QuickReply,
  Seq,
  Assignment,
  Side,
  Status,
} from './model.ts'

/** Whom it is about: a known `conversation`, or `to` = `shop:<id>` or a participant id. Exactly one of them. */
const target = { conversation: Type.Optional(ConversationId), to: Type.Optional(Side) }

const ok = <P extends Record<string, import('typebox').TSchema>>(properties: P) => Type.Object({ ok: Type.Literal(true), ...properties })

export const COMMANDS = {
  /** Write a message. Sending the same `id` again is harmless: the first answer comes back with `duplicate`. */
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
  /** A page of messages, ascending: the last `limit` below `before`, or the first `limit` above `after`; neither: the newest. */
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
      /** True where further messages stand in the direction asked. */
      more: Type.Boolean(),
      cursors: Type.Record(Type.String(), Cursor),
      /** The asker has blocked the other side. */
      blocking: Type.Optional(Type.Literal(true)),
    }),
  },
  /** My side has read up to `seq`. */
  read: { input: Type.Object({ ...target, seq: Seq }), answer: ok({}) },
  /** My side's device has received up to `seq`. */
  delivered: { input: Type.Object({ ...target, seq: Seq }), answer: ok({}) },
  /** I am typing (default), or stopped (`on: false`). Volatile; a client shows it for at most 6 s. */
  typing: { input: Type.Object({ ...target, on: Type.Optional(Type.Boolean()) }), answer: ok({}) },
  /** This window now talks to `toid`; the other windows of the same participant follow. */
  changeUser: { input: Type.Object({ toid: Side }), answer: ok({}) },
  /** My conversations (an agent: the shop's) by last activity, newest first; `before` = `at` of the last row seen. */
  conversations: {
    input: Type.Object({
      before: Type.Optional(Type.Number()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.listCount })),
    }),
    answer: ok({ conversations: Type.Array(ConversationRow), more: Type.Boolean() }),
  },
  /**
   * Who of these sides is there? From now on `presencePush` tells this session of changes to them, and to no others it asked for before.
   * A side that the asker has nothing to do with is left out of the answer.
   */
  presence: {
    input: Type.Object({ of: Type.Array(Side, { maxItems: LIMITS.listCount }) }),
    answer: ok({ presence: Type.Record(Type.String(), Presence) }),
  },
  /** An agent says how available it is, in all its windows; kept for 12 h. */
  changeStatus: { input: Type.Object({ status: Status }), answer: ok({}) },
  /** The customer is looking at this product, or (absent) at none. Volatile: forgotten when its last session has ended. */
  viewing: { input: Type.Object({ to: Side, product: Type.Optional(Product) }), answer: ok({}) },

  /** Conversations by the other side's name or id, an order number, or words of recent messages. */
  search: {
    input: Type.Object({ query: Type.String({ minLength: 1, maxLength: 100 }) }),
    answer: ok({
      /** Newest first; `message`: where it was found, unless in the name or id. */
      hits: Type.Array(Type.Object({ row: ConversationRow, message: Type.Optional(Message) })),
      /** False where older conversations were not looked at. */
      isComplete: Type.Boolean(),
    }),
  },

  // an agent's, on its shop's conversations; every change of a service is told to all agents of the shop by `conversationPush`

  /** The shop's conversations that are not closed, whoever has them, longest in their phase first. */
  queue: {
    input: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.queueCount })) }),
    answer: ok({ conversations: Type.Array(ConversationRow), more: Type.Boolean() }),
  },
  /** It is mine now: a waiting or closed one, or a colleague's who is not there. A present colleague's is `conflict`. */
  claim: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Done. */
  close: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Mine to a colleague, who has to accept it, or (`to` = `queue`) back to the waiting ones. */
  transfer: {
    input: Type.Object({
      conversation: ConversationId,
      to: Id,
      note: Type.Optional(Type.String({ maxLength: LIMITS.reasonLength })),
    }),
    answer: ok({ service: Assignment }),
  },
  /** The colleague's yes or no; `accept: false` of the agent who offered takes it back. */
  acceptTransfer: {
    input: Type.Object({ conversation: ConversationId, transfer: Id, accept: Type.Boolean() }),
    answer: ok({ service: Assignment }),
  },
  /** `until` in ms since the epoch; absent: for ever. */
  block: {
    input: Type.Object({
      ...target,
      reason: Type.String({ minLength: 1, maxLength: LIMITS.reasonLength }),
      until: Type.Optional(Type.Number()),
    }),
    answer: ok({ service: Assignment }),
  },
  unblock: { input: Type.Object(target), answer: ok({ service: Assignment }) },
  /** Whom the shop has blocked, latest first. */
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
  /** A person does not want to hear from another person any more: what that one writes, types or looks at reaches nobody. */
  blockPerson: { input: Type.Object(target), answer: ok({}) },
  unblockPerson: { input: Type.Object(target), answer: ok({}) },
  /** Whom I have blocked, latest first. */
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
  /** What agents noted on a conversation, ascending by time. */
  notes: { input: Type.Object(target), answer: ok({ notes: Type.Array(Note) }) },
  /** Saving the same id again changes the text of one's own note; '' deletes it. */
  saveNote: {
    input: Type.Object({ ...target, id: Id, text: Type.String({ maxLength: LIMITS.noteLength }) }),
    answer: ok({ note: Type.Optional(Note) }),
  },
  /** The shop's and one's own, in no order. */
  quickReplies: { input: Type.Object({}), answer: ok({ quickReplies: Type.Array(QuickReply) }) },
  saveQuickReply: { input: Type.Object({ quickReply: QuickReply }), answer: ok({}) },
  deleteQuickReply: { input: Type.Object({ scope: QuickReply.properties.scope, id: Id }), answer: ok({}) },
  /**
   * What the operator's backend knows of the other side. `slow`: not answered yet, ask again in a second. `down`: it failed. With both
   * `info` is an older answer where there is one. `empty`: it knows nothing. `off`: no backend is configured.
   */
  customer: {
    input: Type.Object(target),
    answer: ok({
      state: Type.Union([Type.Literal('ready'), Type.Literal('slow'), Type.Literal('down'), Type.Literal('empty'), Type.Literal('off')]),
      info: Type.Optional(CustomerInfo),
      /** When the backend said so. */
      at: Type.Optional(Type.Number()),
      /** What the customer is looking at now. */
      viewing: Type.Optional(Product),
      /**
       * The earlier times of contact, latest first, as the newest messages tell: a silence of 6 h ends one. The one that goes on is not
       * among them. `agent`: who of the shop wrote last in it; `seq`: its first message.
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
  /** A fresh pass on the open session; it must prove the same participant. */
  renew: { input: Type.Object({ token: Type.String() }), answer: ok({ identity: Identity }) },
} as const satisfies Record<string, { input: TObject; answer: TObject }>

export type Command = keyof typeof COMMANDS
export type CommandInput<C extends Command> = Static<(typeof COMMANDS)[C]['input']>
export type CommandAnswer<C extends Command> = Static<(typeof COMMANDS)[C]['answer']>

/** One conversation a client already holds: id, epoch, last seq, client id of that last entry. */
export const ResumeCursor = Type.Tuple([ConversationId, Type.String(), Seq, Type.String()])
export type ResumeCursor = Static<typeof ResumeCursor>

/** The hello: CONNECT's payload. A stock socket.io client sends it as `auth`. Everything but the token is optional. */
export const Hello = Type.Object(
  {
    token: Type.Optional(Type.String()),
    /** A stable name of this installation; a second session of the same device and window replaces the first. */
    device: Type.Optional(Id),
    v: Type.Optional(Type.Integer()),
    /** Whom this window talks to: opened in the same round trip, its newest page follows the welcome. */
    to: Type.Optional(Side),
    resume: Type.Optional(Type.Object({ cursors: Type.Array(ResumeCursor, { maxItems: LIMITS.resumeCount }) })),
  },
  { additionalProperties: true },
)
export type Hello = Static<typeof Hello>

/**
 * What became of one conversation of the hello.
 * `follows`: every message above the client's cursor follows at once as messagePush, up to `head`.
 * `reload`: too much was missed, or nothing was held: the newest page follows; older ones by `history`.
 * `diverged`: the log is not the one the client knew; find the last common entry by `history`, load above it,
 * offer own lost messages again.
 */
export const Resumed = Type.Object({
  conversation: ConversationId,
  to: Side,
  status: Type.Union([Type.Literal('follows'), Type.Literal('reload'), Type.Literal('diverged')]),
  head: Head,
  cursors: Type.Record(Type.String(), Cursor),
  name: Type.Optional(Type.String()),
  /** The other side is one. */
  guest: Type.Optional(Guest),
  /** The asker has blocked the other side. */
  blocking: Type.Optional(Type.Literal(true)),
})
export type Resumed = Static<typeof Resumed>

/** The welcome: the CONNECT reply. A client is caught up when each resumed conversation has reached its `head`. */
export const Welcome = Type.Object({
  sid: Type.String(),
  identity: Identity,
  v: Type.Integer(),
  /** The gateway's clock. */
  at: Type.Number(),
  limits: Type.Record(Type.String(), Type.Number()),
  resumed: Type.Array(Resumed),
  /** Hosts beside the gateway whose pictures a page may load without asking its reader: names, or `*.` and a name. */
  imageHosts: Type.Optional(Type.Array(Type.String())),
})
export type Welcome = Static<typeof Welcome>

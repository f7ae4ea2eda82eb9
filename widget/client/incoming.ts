/**
 * Checks everything that enters the client: what the gateway sends, which carries text of strangers, and what is in the storage, which other programs
 * of the same origin can write. Follows gateway/protocol by hand; an optional field of the wrong type is dropped.
 */
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, Welcome } from '../../gateway/protocol/commands.ts'
import type { Body, Identity, Message } from '../../gateway/protocol/model.ts'
import type { Push, PushData } from '../../gateway/protocol/pushes.ts'
import type { Copy, Guest, StoredItem, SocketHistory } from './stored.ts'
import { count, flag, id, isRecord, list, number, oneOf, record, recordOf, text, time, word, yes, type Check } from './shape.ts'

/** Longest wait that a gateway can impose; also, a timer treats a greater number as 0. */
const LONGEST_WAIT_MS = 3_600_000

const wait: Check<number> = (value) => {
  const ms = number(value)
  return ms === undefined ? undefined : Math.min(Math.max(0, ms), LONGEST_WAIT_MS)
}

/** Fields that cards and links show; a field of another type is dropped. */
const SHOWN = {
  id: word,
  title: word,
  price: word,
  number: word,
  status: word,
  total: word,
  count,
  url: text,
  image: text,
  width: number,
  height: number,
}

/** For fields that only a waiting picture on this device has. */
const nothing: Check<never> = () => undefined
/** Addresses that a stranger's link may have. */
export const address: Check<string> = (value) => (typeof value === 'string' && /^(https?:\/)?\//i.test(value) ? value : undefined)
const quote = record({ seq: count, id: text, from: text, side: text, kind: text, text }, { name: text })
const bodyShape = record({}, { text, ...SHOWN, url: address, image: address, quote, progress: nothing, problem: nothing })
/** Never undefined: an unreadable message still has its seq, and dropping it would leave a hole. */
const bodyFrom: Check<Body> = (value) => ({ text: '', ...bodyShape(value) })

/** Only fields that the gateway itself writes can fail here: a dropped message would leave a hole that is read again and again. */
export const messageFrom: Check<Message> = record(
  { conversation: text, epoch: text, seq: count, id: text, from: text, side: text, kind: text, body: bodyFrom, at: time },
  { prev: text, name: text, guest: yes },
) as Check<Message>

const cursor = record({ delivered: count, read: count })
export const cursors = recordOf(cursor)
export const head = record({ epoch: text, seq: count }, { id: text })
const status = oneOf('online', 'busy', 'away', 'offline')
const span: Check<number[]> = (value) => {
  const times = list(time)(value)
  return times?.length === 2 ? times : undefined
}
const SHOP = { name: text, logo: address, greeting: recordOf(text), questions: recordOf(list(text)), replyMinutes: count, open: list(span) }
const shopShape = record({}, SHOP)
/** Without fields that are not known here: it is compared and stored as JSON. */
const shop = (value: unknown): ReturnType<typeof shopShape> => {
  const clean = shopShape(value)
  for (const key in clean) if (!Object.keys(SHOP).includes(key)) delete clean[key as keyof typeof clean]
  return clean
}
const presence = record(
  { online: flag },
  { status, agent: record({ id }, { name: text }), agents: list(record({ id, status }, { name: text, load: count })), more: yes },
)
const identity = record(
  { id, role: oneOf('customer', 'agent', 'system'), side: id, expiresAt: number },
  { shop: text, name: text, avatar: text, guest: yes },
)
const blocked = record({ reason: text }, { until: time })
const resumed = record(
  { conversation: id, to: id, status: oneOf('follows', 'reload', 'diverged'), head, cursors },
  { name: text, guest: yes, blocking: yes, blocked },
)
const welcome = record(
  { sid: text, identity, resumed: list(resumed) },
  { v: number, at: time, limits: recordOf(number), imageHosts: list(text), shops: recordOf(shop) },
)

export const backendState = oneOf('ready', 'slow', 'down', 'empty', 'off')

/** The checks of answers and pushes. Those that only a list of conversations or a desk needs are in incoming-mailbox.ts. */
export interface Checks {
  readonly answers: Partial<Record<Command, Check<unknown>>>
  readonly pushes: Partial<Record<Push, Check<unknown>>>
}

export const CHAT_CHECKS: Checks = {
  answers: {
    send: record({ conversation: text, epoch: text, seq: count, at: time }, { prev: text, duplicate: yes }),
    history: record({ conversation: id, messages: list(messageFrom), head, more: flag, cursors }, { shop, blocking: yes, blocked, erasedAt: time }),
    withdraw: record({ message: messageFrom }),
    presence: record({ presence: recordOf(presence) }),
    blockedPersons: record({ blocked: list(record({ conversation: id, to: id, at: time }, { name: text, guest: yes })) }, { more: yes }),
    renew: record({ identity }),
    place: record({}, { place: count, usualMs: number }),
    mayRate: record({ mayRate: flag }),
    card: record({ state: backendState }, { info: record({}, { price: text, status: text, total: text, count }), at: time }),
  },
  pushes: {
    messagePush: messageFrom,
    withdrawPush: messageFrom,
    erasedPush: record({ conversation: id, at: time }),
    cursorPush: record({ conversation: id, participant: id, delivered: count, read: count }),
    typingPush: record({ conversation: id, from: id, side: id, on: flag }, { name: text, guest: yes }),
    conversationPush: record({ conversation: id, to: id }, { blocking: yes }),
    changeUserPush: record({ toid: id }),
    syncChangeUserPush: record({ toid: id }, { socketid: text }),
    presencePush: record({ side: id, online: flag }, { status }),
    blockPush: record({ conversation: id }, { reason: text, until: time }),
    placePush: record({ conversation: id, isWaiting: flag }),
    mayRatePush: record({ conversation: id, mayRate: flag }),
    statusPush: record({ participant: id, shop: id, status }, { name: text }),
    resumePush: record({ conversation: text, more: flag }),
    noticePush: record({ type: text }, { text }),
    byePush: record({ code: text, reconnect: flag }, { message: text, afterMs: wait }),
  },
}

const refusal = record({}, { code: text, message: text, retry: flag, afterMs: wait })

/** A refusal; missing fields get the values of an internal error. */
export const refusalFrom = (value: unknown): WireRefusal => ({ code: 'internal', message: '', retry: true, ...refusal(value) }) as WireRefusal

export const welcomeFrom = welcome as Check<Welcome>

/** Undefined if the answer does not fit the command. */
export function answerFrom<C extends Command>({ answers }: Checks, command: C, value: unknown): CommandAnswer<C> | undefined {
  const check = answers[command]
  return (check ? check(value) : isRecord(value) ? value : undefined) as CommandAnswer<C> | undefined
}

/** Undefined if the data does not fit the push. An unknown push passes unchanged, for pages that know it. */
export function pushFrom<P extends Push>({ pushes }: Checks, name: P, value: unknown): PushData<P> | undefined {
  const check = Object.prototype.hasOwnProperty.call(pushes, name) ? pushes[name] : undefined
  return (check ? check(value) : (value ?? {})) as PushData<P> | undefined
}

const handshake = record({ sid: text, pingInterval: wait, pingTimeout: wait })
/** The handshake of Engine.IO, as JSON. */
export function handshakeFrom(json: string): ReturnType<typeof handshake> {
  try {
    return handshake(JSON.parse(json))
  } catch {
    return undefined
  }
}

export const identityFrom = identity as Check<Identity>
/** At most what the gateway accepts, with the suffix that a window adds. */
export const deviceFrom: Check<string> = (value) => (typeof value === 'string' && /^[\w.-]{1,40}$/.test(value) ? value : undefined)
export const guestFrom = record({ token: text }, { expiresAt: number }) as Check<Guest>
export const copyFrom = record(
  { id, messages: list(messageFrom), hasOlder: flag, mine: cursor, theirs: cursor },
  { settled: count, name: text, shop },
) as Check<Copy>
/** A waiting picture has more fields than a stranger's body may have. */
const outboxBody = record({ text }, { ...SHOWN, quote, problem: text })
export const outboxItemFrom = record(
  { id, kind: text, at: time, body: outboxBody },
  { cuts: count, original: outboxBody, refusal: (value) => (isRecord(value) ? refusalFrom(value) : undefined) },
) as Check<StoredItem>
export const socketHistoryFrom = record({ fails: count, at: time }) as Check<SocketHistory>

import { READ_BYTES, type AssignmentSet, type NewAssignment, type Page, type ReadRange, type Store } from '../backbone.ts'
import { conversationChannel, conversationSides, sidesOf } from '../../protocol/keys.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import { messageStart, messageTail } from '../../protocol/packets.ts'
import { inboxEntry, inConversation } from './frames.ts'
import { conversationKeys } from './keys.ts'
import { assignmentLines, parseHeadLine, STAMP_LENGTH, type HeadLine } from './log-head.ts'
import type { Op, Script } from './op.ts'

/** The argument lists of scripts/*.lua and the meaning of their replies, nothing else. Appends have a file of their own. */

/** A plain command; `key` picks the server and the lane. */
export const commandOp = (key: string, args: readonly string[], weight: number): Op<unknown> => ({ key, keys: [], args, weight, parse: asIs })

/** A script that takes one key. */
export function keyOp(script: Script, key: string, args: readonly string[], weight: number): Op<unknown> {
  return { key, script, keys: [key], args, weight, parse: asIs }
}

const asIs = (reply: unknown): unknown => reply

export function assignmentOp(script: Script, assignment: NewAssignment, version: string): Op<AssignmentSet> {
  const { conversation, text, expect, phase, muted = [] } = assignment
  const { head, meta } = conversationKeys(conversation)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, meta],
    args: [version, expect, assignmentLines(version, phase, muted), muted.length > 0 ? '1' : '', text],
    weight: 0.5 + text.length / 1000,
    parse: (reply) => {
      if (typeof reply === 'number') return { isSet: true, version }
      const space = (reply as string).indexOf(' ')
      if (space < 0) return { isSet: false }
      return { isSet: false, found: { version: (reply as string).slice(0, space), text: (reply as string).slice(space + 1) } }
    },
  }
}

/** `key`: what picks the server. `text`: an entry of inboxes (frames.ts), for the nodes of two routes. */
export function tellOp(script: Script, { key, routes, text }: { key: string; routes: readonly [string, string]; text: string }): Op<unknown> {
  return { key, script, keys: [routes[0]], args: [routes[1], text], weight: 0.2 + text.length / 5000, parse: asIs }
}

export function advanceOp(script: Script, cursor: Parameters<Store['advance']>[0], routes: readonly [string, string]): Op<Cursor> {
  const { conversation, side, delivered, read, origin } = cursor
  const { head, meta } = conversationKeys(conversation)
  const place = 1 + (conversationSides(conversation)?.indexOf(side) ?? -1)
  const start = `2["cursorPush",${JSON.stringify({ conversation, participant: side }).slice(0, -1)},"delivered":`
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, meta],
    args: [...routes, inboxEntry(origin, inConversation(conversation), ''), start, side, String(place), String(delivered ?? 0), String(read ?? 0)],
    weight: 0.5,
    parse: (reply) => cursorOf(reply as string),
  }
}

export function readOp(script: Script, conversation: string, { before, after, limit, bytes = READ_BYTES }: ReadRange): Op<Page> {
  const { head, log, meta } = conversationKeys(conversation)
  const isOldest = after !== undefined
  const bound = isOldest ? after + 1 : before === undefined ? '' : Math.max(0, before - 1)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, log, meta],
    args: [isOldest ? 'oldest' : 'newest', String(bound), String(limit), String(bytes)],
    weight: 1 + limit / 40,
    parse: (reply) => {
      const [head, meta, entries, isCut] = reply as PageReply
      const line = parseHeadLine(head)
      const messages = parseAll<Message>(entries.map((entry) => messageText(conversation, line.epoch, entry)))
      const page = pageOf(conversation, { head: line, meta, from: 0, messages: isOldest ? messages : messages.reverse() })
      return isCut === 1 ? { ...page, isCut: true } : page
    },
  }
}

/** What a list shows of a conversation. */
export interface LogEnd {
  readonly head: HeadLine
  /** The newest entry as it is stored, or only its bytes where it is too long; '': none. Undefined where only the head was asked for. */
  readonly last: string | number | undefined
  /** Fields and values in turn, from `META` on. */
  readonly parts: readonly string[]
}

/** Where the fields of `LogEnd` begin. */
const META = 2

/** `most`: bytes of an entry; undefined: only the head. */
export function rowOp(script: Script, conversation: string, most: number | undefined): Op<LogEnd> {
  const { head, log, meta } = conversationKeys(conversation)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, log, meta],
    args: [String(most ?? '')],
    weight: most === undefined ? 0.05 : ROW_WEIGHT,
    parse: (reply) => logEndOf(reply as string),
  }
}

/** As part of a list; without `end` where the conversation is to be read by itself. */
export interface ListedRow {
  readonly conversation: string
  /** As it is in the list. */
  readonly score: number
  readonly end: LogEnd | undefined
}

/** Rows of a list from one score down, behind the first `offset`, and all others of the last one's second. `most`: as for `rowOp`. */
export interface ListPart {
  readonly from: number
  readonly offset: number
  readonly count: number
  readonly most: number | undefined
  /** Of rows that are not needed for as many as `count` before this time, only the number may be told. */
  readonly before: number
  /** Rows with this score are wanted as well. */
  readonly minute: number | undefined
}

/** `count`: how many rows there are, with those that are left out and without those of the minute. */
export interface ListedRows {
  readonly count: number
  readonly rows: readonly ListedRow[]
}

/** So many rows at most follow a part; list.lua has the same number. */
export const LATER_ROWS = 500

/** `isWithLogs`: only where the conversations are on the list's server. */
export function listOp(script: Script, list: string, part: ListPart, isWithLogs: boolean): Op<ListedRows> {
  const { from, offset, count, most, before, minute } = part
  return {
    key: list,
    script,
    keys: [list],
    args: [
      from === Infinity ? '+inf' : String(from),
      String(offset),
      String(count),
      isWithLogs ? String(most ?? '') : '-',
      before === Infinity ? '' : String(before),
      String(minute ?? ''),
    ],
    weight: 1 + count * (isWithLogs ? ROW_WEIGHT : 0.02),
    parse: (reply) => listedOf(reply as readonly [number, ...ListReply[]]),
  }
}

type ListReply = string | null

function listedOf(reply: readonly [number, ...ListReply[]]): ListedRows {
  const rows: ListedRow[] = []
  for (let i = 1; i < reply.length; i += 3) {
    const [conversation, score, text] = [reply[i] as string, Number(reply[i + 1]), reply[i + 2] as string | null]
    rows.push({ conversation, score, end: text === null ? undefined : logEndOf(text) })
  }
  return { count: reply[0], rows }
}

const ROW_WEIGHT = 0.15

/** `text`: see row.lua. */
function logEndOf(text: string): LogEnd {
  const parts = text.split('\0')
  const last = parts[1]
  return { head: parseHeadLine(parts[0]!), last: last?.startsWith('=') === true ? Number(last.slice(1)) : last, parts }
}

/** Bytes of the JSON of an entry that is stored with so many. */
export const entryBytes = (conversation: string, { head: { epoch }, last = '' }: LogEnd): number =>
  last === '' ? 0 : Buffer.byteLength(messageStart(conversation, epoch)) - STAMP_LENGTH + (typeof last === 'number' ? last : Buffer.byteLength(last))

/** The newest messages of several logs, whose entries are there; undefined where there is none. */
export function lastMessagesOf(rows: readonly { readonly conversation: string; readonly end: LogEnd }[]): (Message | undefined)[] {
  const texts = rows.map(({ conversation, end: { head, last } }) =>
    typeof last === 'string' && last !== '' ? messageText(conversation, head.epoch, last) : 'null',
  )
  return parseAll<Message | null>(texts).map((message) => message ?? undefined)
}

/** The page that ends a log. */
export const lastPageOf = (conversation: string, { head, parts }: LogEnd, last: Message | undefined): Page =>
  pageOf(conversation, { head, meta: parts, from: META, messages: last === undefined ? [] : [last] })

/** `limit`: ms since the epoch. */
export const forgetOp = (script: Script, conversation: string, limit: number): Op<unknown> => ({
  ...keyOp(script, conversationKeys(conversation).log, [String(limit)], 1),
  key: conversationChannel(conversation),
})

/** Resolves with whether the entry was there. Number, link and id stay. */
export function replaceOp(script: Script, { epoch, seq, ...message }: Omit<Message, 'prev'>): Op<boolean> {
  const { conversation, id } = message
  const { head, log } = conversationKeys(conversation)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, log],
    args: [epoch, String(seq), `"id":${JSON.stringify(id)},"from":`, messageTail(message)],
    weight: 1,
    parse: (reply) => reply === 1,
  }
}

/** Resolves with how many keys there were. A long list is freed beside the server's other work. */
export function eraseOp(conversation: string): Op<unknown> {
  const { head, log, meta } = conversationKeys(conversation)
  return commandOp(conversationChannel(conversation), ['UNLINK', head, log, meta], 1)
}

type PageReply = readonly [head: string, meta: readonly string[], entries: readonly string[], isCut: 0 | 1]

interface LogPart {
  readonly head: HeadLine
  /** Fields and values in turn, from `from` on. */
  readonly meta: readonly string[]
  readonly from: number
  readonly messages: readonly Message[]
}

function pageOf(conversation: string, { head: { epoch, seq, id, written }, meta, from, messages }: LogPart): Page {
  const cursors: Record<string, Cursor> = {}
  const names: Record<string, string> = {}
  let version: string | undefined
  let text = ''
  for (let i = from; i < meta.length; i += 2) {
    const field = meta[i]!
    const value = meta[i + 1]!
    if (field.startsWith('c:')) cursors[field.slice(2)] = cursorOf(value)
    else if (field.startsWith('n:')) names[field.slice(2)] = JSON.parse(value) as string
    else if (field === 'v') version = value
    else if (field === 'd') text = value
  }
  // whoever wrote an entry has read it
  const sides = sidesOf(conversation)
  for (let i = 0; i < 2; i++) {
    const last = written[i]!
    if (last === 0) continue
    const { delivered, read } = cursors[sides[i]!] ?? NO_CURSOR
    cursors[sides[i]!] = { delivered: Math.max(delivered, last), read: Math.max(read, last) }
  }
  const head = id === '' ? { epoch, seq } : { epoch, seq, id: JSON.parse(id) as string }
  return version === undefined ? { messages, head, cursors, names } : { messages, head, cursors, names, assignment: { version, text } }
}

const NO_CURSOR: Cursor = { delivered: 0, read: 0 }

/** The JSON of a stored entry. */
const messageText = (conversation: string, epoch: string, entry: string): string => messageStart(conversation, epoch) + entry.slice(STAMP_LENGTH)

/** In one go, because objects that are alike are then read sooner. */
const parseAll = <T>(texts: readonly string[]): T[] => JSON.parse(`[${texts.join(',')}]`) as T[]

function cursorOf(text: string): Cursor {
  const space = text.indexOf(' ')
  return { delivered: Number(text.slice(0, space)), read: Number(text.slice(space + 1)) }
}

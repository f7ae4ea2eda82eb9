import { READ_BYTES, type AssignmentSet, type NewAssignment, type Page, type ReadRange, type Store } from '../backbone.ts'
import { conversationChannel, conversationSides, sidesOf } from '../../protocol/keys.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import { messageStart, messageTail } from '../../protocol/packets.ts'
import { inboxEntry, inConversation } from './frames.ts'
import { conversationKeys } from './keys.ts'
import { assignmentLines, parseHead, STAMP_LENGTH, type LogHead } from './log-head.ts'
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
      return pageOf(conversation, [parseHead(head), meta, entries, isCut], isOldest)
    },
  }
}

/** What a list shows of a conversation; `rest`: all but the head, absent where only that was asked for. */
export interface LogEnd {
  readonly head: LogHead
  readonly rest?: {
    readonly meta: readonly string[]
    /** The newest entry as it is stored, or only its bytes where it is too long; '': none. */
    readonly last: string | number
  }
}

type RowReply = readonly [head: string, meta?: readonly string[], last?: string | number]

/** `most`: bytes of an entry; undefined: only the head. */
export function rowOp(script: Script, conversation: string, most: number | undefined): Op<LogEnd> {
  const { head, log, meta } = conversationKeys(conversation)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [head, log, meta],
    args: [String(most ?? '')],
    weight: most === undefined ? 0.05 : ROW_WEIGHT,
    parse: (reply) => logEndOf(reply as RowReply),
  }
}

/** As part of a list; without `end` where the conversation is to be read by itself. */
export interface ListedRow {
  readonly conversation: string
  /** As it is in the list. */
  readonly score: string
  readonly end?: LogEnd
}

/** Rows of a list from one score down, behind the first `offset`, and all others of the last one's minute. `most`: as for `rowOp`. */
export interface ListPart {
  readonly from: string
  readonly offset: number
  readonly count: number
  readonly most: number | undefined
  /** Of rows that are not needed for as many as `count` before this time, only the number may be told. */
  readonly before: number
}

/** `count`: how many rows there are, with those that are left out. */
export interface ListedRows {
  readonly count: number
  readonly rows: readonly ListedRow[]
}

/** So many rows at most follow a part; list.lua has the same number. */
export const LATER_ROWS = 500

/** `isWithLogs`: only where the conversations are on the list's server. */
export function listOp(script: Script, list: string, { from, offset, count, most, before }: ListPart, isWithLogs: boolean): Op<ListedRows> {
  return {
    key: list,
    script,
    keys: [list],
    args: [from, String(offset), String(count), isWithLogs ? String(most ?? '') : '-', before === Infinity ? '' : String(before)],
    weight: 1 + count * (isWithLogs ? ROW_WEIGHT : 0.02),
    parse: (reply) => {
      const [all, ...rows] = reply as [number, ...[string, string, RowReply?][]]
      return {
        count: all,
        rows: rows.map(([conversation, score, row]) => ({ conversation, score, ...(row === undefined ? undefined : { end: logEndOf(row) }) })),
      }
    },
  }
}

const ROW_WEIGHT = 0.15

const logEndOf = ([head, meta, last]: RowReply): LogEnd =>
  meta === undefined || last === undefined ? { head: parseHead(head) } : { head: parseHead(head), rest: { meta, last } }

/** Bytes of the JSON of an entry that is stored with so many. */
export const entryBytes = (conversation: string, { head: { epoch }, rest }: LogEnd): number => {
  const last = rest?.last ?? ''
  if (last === '') return 0
  return Buffer.byteLength(messageStart(conversation, epoch)) - STAMP_LENGTH + (typeof last === 'number' ? last : Buffer.byteLength(last))
}

/** The page that ends a log. */
export const lastPageOf = (conversation: string, head: LogHead, meta: readonly string[], last: string): Page =>
  pageOf(conversation, [head, meta, last === '' ? [] : [last], 0], true)

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

type PageReply<Head = string> = readonly [head: Head, meta: readonly string[], entries: readonly string[], isCut: 0 | 1]

function pageOf(conversation: string, [{ epoch, seq, id, written }, meta, entries, isCut]: PageReply<LogHead>, isAscending: boolean): Page {
  const fields = new Map<string, string>()
  for (let i = 0; i < meta.length; i += 2) fields.set(meta[i]!, meta[i + 1]!)
  const cursors: Record<string, Cursor> = {}
  const names: Record<string, string> = {}
  for (const [field, value] of fields) {
    if (field.startsWith('c:')) cursors[field.slice(2)] = cursorOf(value)
    else if (field.startsWith('n:')) names[field.slice(2)] = JSON.parse(value) as string
  }
  // whoever wrote an entry has read it
  sidesOf(conversation).forEach((side, i) => {
    const last = written[i]!
    if (last === 0) return
    const { delivered, read } = cursors[side] ?? { delivered: 0, read: 0 }
    cursors[side] = { delivered: Math.max(delivered, last), read: Math.max(read, last) }
  })
  const version = fields.get('v')
  const start = messageStart(conversation, epoch)
  const messages = entries.map((entry) => JSON.parse(start + entry.slice(STAMP_LENGTH)) as Message)
  return {
    messages: isAscending ? messages : messages.reverse(),
    head: { epoch, seq, ...(id === '' ? {} : { id: JSON.parse(id) as string }) },
    cursors,
    names,
    ...(version === undefined ? undefined : { assignment: { version, text: fields.get('d') ?? '' } }),
    ...(isCut === 1 ? { isCut: true } : undefined),
  }
}

function cursorOf(text: string): Cursor {
  const space = text.indexOf(' ')
  return { delivered: Number(text.slice(0, space)), read: Number(text.slice(space + 1)) }
}

import {
  Muted,
  NotStarted,
  READ_BYTES,
  type Appended,
  type NewMessage,
  type NewAssignment,
  type Page,
  type ReadRange,
  type AssignmentSet,
  type Store,
} from '../backbone.ts'
import { conversationChannel, conversationSides, isShopSide } from '../../protocol/keys.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import { messageTail } from '../../protocol/packets.ts'
import { conversationKeys } from './keys.ts'
import type { Op } from './op.ts'
import type { Script } from './scripts.ts'

/** The argument lists of scripts/*.lua and the meaning of their replies, nothing else. */

/** The result of an append, and what only this backbone needs to know. */
export interface AppendReply {
  readonly appended: Appended
  /** Only one side has written, so the conversation will be forgotten unless the other answers. */
  readonly isUnanswered: boolean
}

export function appendOp(script: Script, message: NewMessage, { epoch, lists }: { epoch: string; lists: readonly string[] }): Op<AppendReply> {
  const { conversation, id, from, side, name, at, origin, isReply } = message
  const { meta, log, window } = conversationKeys(conversation)
  const channel = conversationChannel(conversation)
  const tail = messageTail(message)
  const identity = JSON.stringify({ id, from }).slice(1, -1) + ','
  const author = JSON.stringify({ id, from, side }).slice(1, -1) + ','
  return {
    key: channel,
    script,
    keys: [meta, log, window, ...lists],
    args: [
      channel,
      origin,
      conversation,
      epoch,
      `{"conversation":${JSON.stringify(conversation)},"epoch":`,
      tail,
      String(Buffer.byteLength(identity)),
      JSON.stringify(id),
      side,
      name === undefined ? '' : JSON.stringify(name),
      String(at),
      String(Buffer.byteLength(author)),
      isReply === true ? '1' : '',
      soleSideOf(message),
    ],
    weight: 1 + tail.length / 1000,
    parse: (reply) => (typeof reply === 'string' ? appendedNow(reply) : appendedBefore(reply as KnownReply | MutedReply | NotStartedReply)),
  }
}

/** '1' or '2', the writing side's place in the conversation, if that is forgotten unless the other side answers; '' for a shop, which writes only to people it knows. */
export function soleSideOf({ conversation, side }: Pick<NewMessage, 'conversation' | 'side'>): '' | '1' | '2' {
  if (isShopSide(side)) return ''
  return conversationSides(conversation)?.[0] === side ? '1' : '2'
}

type KnownReply = readonly [seq: number, epoch: string, prev: string, tail: string, phase: string, soleSide: string]
type MutedReply = readonly [until: string, assignment: string]
type NotStartedReply = readonly ['']

function appendedNow(reply: string): AppendReply {
  // the id comes last because it may contain spaces
  const [, seq, epoch = '', phase, soleSide, at, prev] = /^(\S+) (\S+) (\S*) (\S*) (\S+) (.*)$/s.exec(reply)!
  return {
    isUnanswered: soleSide !== '',
    appended: {
      epoch,
      seq: Number(seq),
      at: Number(at),
      duplicate: false,
      ...(phase ? { phase } : {}),
      ...(prev ? { prev: JSON.parse(prev) as string } : {}),
    },
  }
}

function appendedBefore(reply: KnownReply | MutedReply | NotStartedReply): AppendReply {
  if (reply.length === 1) throw new NotStarted()
  if (reply.length === 2) throw new Muted(reply[1], reply[0] === FOR_EVER ? undefined : Number(reply[0]))
  const [seq, epoch, prev, tail, phase, soleSide] = reply
  const { at } = JSON.parse('{' + tail) as Pick<Message, 'at'>
  return {
    isUnanswered: soleSide !== '',
    appended: {
      epoch,
      seq,
      at,
      duplicate: true,
      ...(phase === '' ? {} : { phase }),
      ...(prev === '' ? {} : { prev: JSON.parse(prev) as string }),
    },
  }
}

const FOR_EVER = '-'

export function assignmentOp(script: Script, assignment: NewAssignment, version: string): Op<AssignmentSet> {
  const { conversation, text, expect, phase, muted = [] } = assignment
  return {
    key: conversationChannel(conversation),
    script,
    keys: [conversationKeys(conversation).meta],
    args: [version, expect, phase, muted.map(({ side, until }) => `${until ?? FOR_EVER} ${side}`).join('\n'), text],
    weight: 0.5 + text.length / 1000,
    parse: (reply) => {
      if (typeof reply === 'number') return { isSet: true, version }
      const space = (reply as string).indexOf(' ')
      if (space < 0) return { isSet: false }
      return { isSet: false, found: { version: (reply as string).slice(0, space), text: (reply as string).slice(space + 1) } }
    },
  }
}

/**
 * Resolves with whether the list expires. `ms`: until the row is forgotten, '' if it stays. Without a script it is a plain ZADD,
 * which is cheaper where lists cannot share a call (Cluster); it then resolves with false.
 */
export function touchOp(
  script: Script | undefined,
  list: string,
  { conversation, at, ms }: Pick<NewMessage, 'conversation' | 'at'> & { ms: string },
): Op<boolean> {
  const rest = { key: list, weight: 0.2 }
  if (script === undefined) return { ...rest, keys: [], args: ['ZADD', list, 'GT', String(at), conversation], parse: () => false }
  return { ...rest, script, keys: [list], args: [String(at), conversation, ms], parse: (reply) => reply === 1 }
}

export function repairOp(script: Script, list: string, row: { conversation: string; seen: string; right: string }): Op<unknown> {
  return { key: list, script, keys: [list], args: [row.conversation, row.seen, row.right], weight: 0.2, parse: (reply) => reply }
}

export function advanceOp(script: Script, cursor: Parameters<Store['advance']>[0]): Op<Cursor> {
  const { conversation, side, delivered, read, origin } = cursor
  const channel = conversationChannel(conversation)
  const head = `2["cursorPush",${JSON.stringify({ conversation, participant: side }).slice(0, -1)},"delivered":`
  return {
    key: channel,
    script,
    keys: [conversationKeys(conversation).meta],
    args: [channel, origin, head, side, String(delivered ?? 0), String(read ?? 0)],
    weight: 0.5,
    parse: (reply) => cursorOf(reply as string),
  }
}

export function readOp(script: Script, conversation: string, { before, after, limit, bytes = READ_BYTES }: ReadRange): Op<Page> {
  const { meta, log } = conversationKeys(conversation)
  const isOldest = after !== undefined
  const bound = isOldest ? after + 1 : before === undefined ? '' : Math.max(0, before - 1)
  return {
    key: conversationChannel(conversation),
    script,
    keys: [meta, log],
    args: [isOldest ? 'oldest' : 'newest', String(bound), String(limit), String(bytes)],
    weight: 1 + limit / 40,
    parse: (reply) => pageOf(conversation, reply as PageReply, isOldest),
  }
}

type PageReply = readonly [meta: readonly string[], entries: readonly (readonly [id: string, fields: readonly string[]])[], isCut: 0 | 1]

function pageOf(conversation: string, [meta, entries, isCut]: PageReply, isAscending: boolean): Page {
  const fields = new Map<string, string>()
  for (let i = 0; i < meta.length; i += 2) fields.set(meta[i]!, meta[i + 1]!)
  const epoch = fields.get('e') ?? ''
  const id = fields.get('i')
  const cursors: Record<string, Cursor> = {}
  const names: Record<string, string> = {}
  for (const [field, value] of fields) {
    if (field.startsWith('c:')) cursors[field.slice(2)] = cursorOf(value)
    else if (field.startsWith('n:')) names[field.slice(2)] = JSON.parse(value) as string
  }
  const messages = entries.map(
    ([at, [, prev, , tail]]) =>
      JSON.parse(
        `{"conversation":${JSON.stringify(conversation)},"epoch":"${epoch}","seq":${Number.parseInt(at, 10)},` +
          `${prev ? `"prev":${prev},` : ''}${tail}`,
      ) as Message,
  )
  return {
    messages: isAscending ? messages : messages.reverse(),
    head: { epoch, seq: Number(fields.get('s') ?? 0), ...(id === undefined ? {} : { id: JSON.parse(id) as string }) },
    cursors,
    names,
    ...assignmentOf(fields),
    ...(isCut === 1 ? { isCut: true } : undefined),
  }
}

function assignmentOf(fields: ReadonlyMap<string, string>): Pick<Page, 'assignment'> {
  const version = fields.get('v')
  return version === undefined ? {} : { assignment: { version, text: fields.get('d') ?? '' } }
}

function cursorOf(text: string): Cursor {
  const space = text.indexOf(' ')
  return { delivered: Number(text.slice(0, space)), read: Number(text.slice(space + 1)) }
}

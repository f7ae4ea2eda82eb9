import { randomBytes } from 'node:crypto'
import { Muted, NotStarted, Unavailable, type Appended, type NewMessage } from '../backbone.ts'
import { isShopSide } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import { messageTail } from '../../protocol/packets.ts'
import { inboxEntry, writeEntry } from './frames.ts'
import { entryOf, type KnownLog } from './known-log.ts'
import { newStamp, parseHead, STAMP_LENGTH, type AssignmentHead, type LogHead, type SoleSide } from './log-head.ts'
import { AGAIN, type Beside, type Op, type Script } from './op.ts'
import { hashOf } from './recent-ids.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

export interface AppendOptions {
  readonly scripts: Scripts
  readonly log: KnownLog
  readonly settings: Pick<RedisSettings, 'keepCount' | 'keepMs' | 'unansweredMs'>
}

export interface AppendReply {
  readonly appended: Appended
  /** Only one side has written, so the conversation will be forgotten unless the other answers. */
  readonly isUnanswered: boolean
  readonly log: KnownLog
}

/** Others were faster so often: then Redis puts the entry behind theirs, whatever they are. */
const PATIENCE = 3
/** Others were faster so often where Redis cannot do that; and so often the append was behind one that was refused, or beside too many. */
const REFUSALS_MAX = 64
const PASSES_MAX = 1000
/** A log is cut to what is kept with each so many entries. */
export const TRIM_COUNT = 32
/** How long something stays is renewed when this share of it has passed; until then it stays so much longer. */
export const SLACK = 1 / 16

/**
 * An append. What it asks of Redis follows from what the node knows when it is sent, so each attempt asks anew:
 *
 *   write   the next entry, if the head is still the known one
 *   insist  the next entry, behind what others have written meanwhile: two nodes whose calls alternate would refuse one of them for ever
 *   look    whether an entry that may be the same message is it; or whether the side is muted, the log empty, as this node believes
 *
 * Refused, because the head is another one: the node learns it, and the next attempt begins again.
 */
export class AppendOp implements Op<AppendReply> {
  readonly key: string
  readonly weight: number
  readonly script: Script
  readonly routes: readonly [string, string]
  keys: readonly string[] = []
  args: readonly string[] = []
  beside: readonly Beside[] | undefined
  readonly #options: AppendOptions
  readonly #message: NewMessage
  readonly #tail: string
  readonly #identity: string
  readonly #hash: number
  /** The writing side's place in the conversation. */
  readonly #place: 0 | 1 | undefined
  readonly #log: KnownLog
  /** What the attempt under way expects; written, if it is carried out. */
  #expected: LogHead | undefined
  #next: LogHead | undefined
  #looksAt = 0
  #mute: AssignmentHead['muted'][number] | undefined
  /** Entries from here on have been looked at: only their hashes are the same. */
  #isElse = Infinity
  #refusalCount = 0
  #passCount = 0
  /** Of all attempts: one whose answer was lost may have been carried out. */
  readonly #stamps: string[] = []

  constructor(options: AppendOptions, message: NewMessage) {
    const { id, from, side } = message
    this.#options = options
    this.#message = message
    this.#tail = messageTail(message)
    this.#identity = JSON.stringify({ id, from, side }).slice(1, -1) + ','
    this.#hash = hashOf(this.#identity)
    this.#log = options.log
    const [one, two] = this.#log.sides
    this.#place = side === one ? 0 : side === two ? 1 : undefined
    this.key = this.#log.channel
    this.routes = this.#log.routes
    this.script = options.scripts.append
    this.weight = 1 + this.#tail.length / 1000
  }

  prepare(batch: object): void {
    const { side, at, isReply } = this.#message
    const head = this.#log.in(batch)
    this.#expected = head
    this.#next = undefined
    this.beside = undefined
    this.#looksAt = this.#log.find(this.#hash, this.#isElse)
    this.#mute = head.assignment.muted.find((one) => one.side === side && (one.until === undefined || at < one.until))
    if (this.#looksAt > 0) this.#look(String(this.#looksAt - head.seq - 1), '')
    else if (this.#mute !== undefined || (isReply === true && head.seq === 0)) this.#look('', this.#log.keys.meta)
    else if (this.#refusalCount >= PATIENCE && this.#log.isFirst && head.seq > 0 && head.soleSide === '0') this.#insist(head)
    else this.#write(head)
  }

  parse(reply: unknown): AppendReply | typeof AGAIN {
    if (reply === 1) {
      this.#log.confirm(this.#next!, this.#hash)
      return this.#written()
    }
    if (reply === 0) return this.#passed()
    const [kind, text, ...entries] = reply as [kind: string, text: string, ...entries: string[]]
    if (kind === '=') return this.#seen(text)
    if (kind === '!') throw Object.assign(new Error(text), { name: 'ReplyError' })
    this.#log.learn(this.#expected!, text, entries)
    this.#isElse = Infinity
    const own = entries.find((entry) => this.#stamps.includes(entry.slice(0, STAMP_LENGTH)))
    return (own === undefined ? undefined : this.#found(own, parseHead(text))) ?? this.#count()
  }

  #look(place: string, meta: string): void {
    const { head, log } = this.#log.keys
    this.keys = [head, log]
    this.args = [this.#expected!.text, '', place, meta, '']
  }

  #write(before: LogHead): void {
    const { id, at: wanted, origin } = this.#message
    const { keepCount } = this.#options.settings
    const { head, log } = this.#log.keys
    // times in a log never decrease, even if a clock steps back
    const at = Math.max(wanted, before.at)
    const next = this.#log.write(this.#hash, {
      epoch: before.epoch === '' ? newEpoch() : before.epoch,
      at,
      soleSide: this.#soleSideAfter(before),
      id: JSON.stringify(id),
      by: this.#place,
    })
    this.#next = next
    this.#stamps.push(next.stamp)
    const tail = at === wanted ? this.#tail : messageTail({ ...this.#message, at })
    const entry = `${next.seq},${before.id === '' ? '' : `"prev":${before.id},`}${tail}`
    const packet = this.#log.start(next.epoch).text + entry + ']'
    const line = next.text.slice(0, next.text.length - next.assignment.text.length)
    const told = writeEntry(before.stamp, line, inboxEntry(origin, this.#log.name, packet))
    this.keys = [head, log]
    this.args = [before.text, next.text, this.#headLasts(next), next.stamp + entry, told]
    const beside: Beside[] = []
    this.#keep(before, next, beside)
    this.#name(beside)
    if (keepCount > 0 && next.seq % TRIM_COUNT === 0) beside.push([log, 'LTRIM', String(-keepCount), '-1'])
    if (beside.length > 0) this.beside = beside
  }

  #insist(before: LogHead): void {
    const { head, log } = this.#log.keys
    const { conversation, id, origin } = this.#message
    const stamp = newStamp()
    this.#stamps.push(stamp)
    const parts = [origin, conversation, this.#log.start(before.epoch).text, this.#identity, JSON.stringify(id), this.#tail]
    this.keys = [head, log]
    this.args = [before.text, '+', this.#place === undefined ? '0' : String(this.#place + 1), stamp, parts.join('\n')]
    const beside: Beside[] = []
    this.#name(beside)
    if (beside.length > 0) this.beside = beside
  }

  #soleSideAfter(before: LogHead): SoleSide {
    const mine = this.#options.settings.unansweredMs > 0 ? soleSideOf(this.#message, this.#log.sides) : '0'
    return before.seq === 0 || before.soleSide === mine ? mine : '0'
  }

  /** The head ends before log and meta, which are nothing without it. A block by the shop outlives everything. */
  #headLasts({ soleSide, assignment }: LogHead): string {
    const { keepMs, unansweredMs } = this.#options.settings
    const ms = Math.min(keepMs > 0 && assignment.muted.length === 0 ? keepMs : Infinity, soleSide === '0' ? Infinity : unansweredMs)
    return ms === Infinity ? '' : String(Math.ceil(ms))
  }

  /** How long log and meta stay. The head of a conversation that may be forgotten ends first: without it the rest counts for nothing. */
  #keep(before: LogHead, next: LogHead, beside: Beside[]): void {
    const { keepMs, unansweredMs } = this.#options.settings
    const { log, meta } = this.#log.keys
    const isSole = next.soleSide !== '0'
    const isAnswer = before.soleSide !== '0' && !isSole
    if (before.text === '') beside.push([meta, 'DEL', '', ''])
    // so that all keys of a conversation are there: a Cluster moves a slot key by key
    if (before.seq === 0) beside.push([meta, 'HSET', 'o', '1'])
    if (isAnswer) beside.push([meta, 'PERSIST', '', ''])
    const known = this.#log
    // also of a log that was written while it was to be kept for some days only
    if (keepMs === 0 && !isSole && (isAnswer || known.keptAt === -Infinity)) beside.push([log, 'PERSIST', '', ''], [meta, 'PERSIST', '', ''])
    const ms = Math.min(keepMs > 0 ? keepMs : Infinity, isSole ? unansweredMs : Infinity)
    const now = performance.now()
    if (ms === Infinity) known.keptAt = now
    if (ms === Infinity || (before.seq > 0 && !isAnswer && now - known.keptAt < ms * SLACK)) return
    known.keptAt = now
    const metaMs = Math.min(isSole ? unansweredMs : Infinity, next.assignment.muted.length === 0 ? ms : Infinity)
    if (metaMs < Infinity) beside.push([meta, 'PEXPIRE', longer(metaMs), ''])
    beside.push([log, 'PEXPIRE', longer(ms), ''])
  }

  #name(beside: Beside[]): void {
    const { name, side } = this.#message
    if (name === undefined) return
    const known = this.#log
    const text = JSON.stringify(name)
    if (known.names.some(([of, is]) => of === side && is === text)) return
    known.names = [...known.names.filter(([of]) => of !== side), [side, text]]
    beside.push([known.keys.meta, 'HSET', `n:${side}`, text])
  }

  #count(): typeof AGAIN {
    if (++this.#refusalCount > REFUSALS_MAX) throw new Unavailable('Redis: others write in this conversation faster than this node')
    return AGAIN
  }

  /** This append's own entry in a log that has moved on: its answer is that of the first time. */
  #found(stored: string, head: LogHead): AppendReply | undefined {
    const entry = entryOf(stored)
    if (entry === undefined) return undefined
    const { seq, stamp, prev = '' } = entry
    // the entry may be cut, but its time is also that of the head which it made
    const at = seq === head.seq ? head.at : stamp === this.#next?.stamp ? this.#next.at : undefined
    // next time it is looked up like any other
    return at === undefined ? undefined : this.#reply(head, { seq, at, prev, duplicate: false })
  }

  /** The driver sends a call whose connection broke again; where the first one was carried out, the second is refused. */
  #passed(): AppendReply | typeof AGAIN {
    if (this.#next !== undefined && this.#log.wasWritten(this.#next)) return this.#written()
    if (++this.#passCount > PASSES_MAX) throw new Unavailable('Redis: those before it in this conversation are refused')
    return AGAIN
  }

  #written(): AppendReply {
    const next = this.#next!
    return this.#reply(next, { seq: next.seq, at: next.at, prev: this.#expected!.id, duplicate: false })
  }

  #seen(text: string): AppendReply | typeof AGAIN {
    const head = this.#expected!
    if (this.#looksAt === 0) {
      const mute = this.#mute
      if (mute === undefined) throw new NotStarted()
      // its key is on its way to another server of the Cluster
      if (text === '') return this.#count()
      throw new Muted(text, mute.until)
    }
    const entry = entryOf(text)
    if (entry?.identity !== this.#identity || entry.seq !== this.#looksAt) {
      this.#isElse = this.#looksAt
      return AGAIN
    }
    const { at } = JSON.parse(`{"seq":${text.slice(STAMP_LENGTH)}`) as Pick<Message, 'at'>
    return this.#reply(head, { seq: entry.seq, at, prev: entry.prev ?? '', duplicate: true })
  }

  #reply({ epoch, soleSide, assignment: { phase } }: LogHead, entry: { seq: number; at: number; prev: string; duplicate: boolean }): AppendReply {
    const { seq, at, prev, duplicate } = entry
    return {
      log: this.#log,
      isUnanswered: soleSide !== '0',
      appended: {
        epoch,
        seq,
        at,
        duplicate,
        ...(phase === '' ? undefined : { phase }),
        ...(prev === '' ? undefined : { prev: JSON.parse(prev) as string }),
      },
    }
  }
}

const longer = (ms: number): string => String(Math.ceil(ms * (1 + SLACK)))

/** '1' or '2', the writing side's place in the conversation, if that is forgotten unless the other side answers; '0' for a shop, which writes only to people it knows. */
export const soleSideOf = ({ side }: Pick<NewMessage, 'side'>, sides: KnownLog['sides']): SoleSide =>
  isShopSide(side) ? '0' : sides[0] === side ? '1' : '2'

/** 60 random bits: two first appends after a lost log never choose the same epoch. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

import { randomBytes } from 'node:crypto'
import { Muted, NotStarted, Unavailable, type Appended, type NewMessage } from '../backbone.ts'
import { isShopSide } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import { jsonText, messageIdentity, messageTail } from '../../protocol/packets.ts'
import { inboxEntry, writeEntry } from './frames.ts'
import { entryOf, type KnownLog } from './known-log.ts'
import { isOfThisProcess, newStamp, parseHead, STAMP_LENGTH, type AssignmentHead, type LogHead, type SoleSide } from './log-head.ts'
import { AGAIN, type Beside, type Op, type Script } from './op.ts'
import { hashOf } from './recent-ids.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

type Answer = Appended | Promise<Appended>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const NONE: readonly string[] = []

/** What all appends of a store have in common. */
export interface AppendOptions {
  readonly scripts: Scripts
  readonly settings: Pick<RedisSettings, 'keepCount' | 'keepMs' | 'unansweredMs' | 'onAppendRefused'>
  /**
   * Called when Redis has the entry; the append resolves after what this returns. `isUnanswered`: only one side has written, so the conversation will
   * be forgotten unless the other answers.
   */
  readonly onAppended: (append: AppendOp, appended: Appended, isUnanswered: boolean) => Promise<unknown> | undefined
}

/** Appends of a log that insist after another node was faster once; and after one that insisted has found another node's entries. */
const INSISTS_AFTER_REFUSAL = 8
const INSISTS_AMONG_OTHERS = 32
/** Refusals after which an append fails where the script cannot do that. */
const REFUSALS_MAX = 64
/** Times that the script may skip an append because one before it in its log was refused, or because the call's reply is full. */
const SKIPS_MAX = 1000
/** Every so many entries, a log is cut to what is kept. */
export const TRIM_COUNT = 32
/** An expiry is set this share longer than asked for, and set again only when this share of it has passed: not for each message. */
export const SLACK = 1 / 16

/**
 * An append. What it asks of Redis follows from what the node knows when it is sent, so each attempt asks anew:
 *
 *   write   the next entry, if the head is still the known one
 *   insist  the next entry, behind what others have written meanwhile: where two nodes write at the same time one would be refused again and again
 *   look    is the entry that may be this message really it? Or: is the side muted, or the log empty, as this node believes?
 *
 * Where it is refused, because the head is another one, the node learns that head, and the next attempt begins with it.
 */
export class AppendOp implements Op<Answer> {
  readonly log: KnownLog
  readonly #message: NewMessage
  keys = NONE
  args = NONE
  beside: Beside[] | undefined
  /** The entry into both sides' lists, which is written at the same time. */
  entering: Promise<unknown> | undefined
  readonly #options: AppendOptions
  readonly #id: string
  readonly #identity: string
  readonly #tail: string
  readonly #hash: number
  /** Index of the writing side in `log.sides`; undefined: it is neither. */
  readonly #sideIndex: 0 | 1 | undefined
  /** The head that the attempt under way expects, and the one that it leaves. */
  #expected: LogHead | undefined
  #next: LogHead | undefined
  /** Seq of the entry that may be this message; 0: there is none. */
  #candidate = 0
  #mute: AssignmentHead['muted'][number] | undefined
  /** Candidates from this seq on have been looked at and are other messages with the same hash; 0: none has been. */
  #ruledOut = 0
  #refusalCount = 0
  #skipCount = 0
  /** Of earlier attempts: one whose answer was lost may have been carried out. */
  #stamps: string[] | undefined

  constructor(options: AppendOptions, log: KnownLog, message: NewMessage) {
    const { sides } = log
    this.log = log
    this.#message = message
    this.#options = options
    this.#id = jsonText(message.id)
    this.#identity = messageIdentity(message, this.#id)
    this.#tail = messageTail(message, this.#identity)
    this.#hash = hashOf(this.#identity)
    this.#sideIndex = message.side === sides[0] ? 0 : message.side === sides[1] ? 1 : undefined
  }

  get key(): string {
    return this.log.channel
  }

  get routes(): readonly [string, string] {
    return this.log.routes
  }

  get script(): Script {
    return this.#options.scripts.append
  }

  get isLast(): boolean {
    return this.#candidate > 0
  }

  get weight(): number {
    return 1 + this.#tail.length / 1000
  }

  prepare(batch: object): void {
    const { at, isReply } = this.#message
    const head = this.log.in(batch)
    this.#expected = head
    if (this.#next !== undefined) this.#remember(this.#next.stamp)
    this.#next = undefined
    this.beside = undefined
    this.#candidate = this.log.find(this.#hash, this.#ruledOut === 0 ? Infinity : this.#ruledOut)
    this.#mute = head.assignment.muted.length === 0 ? undefined : this.#muteIn(head, at)
    if (this.#candidate > 0) this.#look(String(this.#candidate - head.seq - 1), '')
    else if (this.#mute !== undefined || (isReply === true && head.seq === 0)) this.#look('', this.log.keys.meta)
    else if (this.log.insistsLeft > 0 && !this.log.isWriting && head.seq > 0 && head.soleSide === '0') this.#insist(head)
    else this.#write(head)
  }

  /** Keys and arguments are built anew for each attempt; while one is under way they would be most of what is in memory. */
  sent(): void {
    this.keys = this.args = NONE
    this.beside = undefined
  }

  parse(reply: unknown): Answer | typeof AGAIN {
    if (reply === 1) {
      this.log.confirm(this.#next!, this.#hash)
      return this.#written()
    }
    if (reply === 0) return this.#skipped()
    const [kind, text, ...entries] = reply as [kind: string, text: string, ...entries: string[]]
    if (kind === '=') return this.#looked(text)
    if (kind === '!') throw Object.assign(new Error(text), { name: 'ReplyError' })
    this.log.learn(this.#expected!, text, entries)
    this.#ruledOut = 0
    const own = entries.findLast((entry) => this.#isOwn(entry.slice(0, STAMP_LENGTH)))
    if (own !== undefined) {
      const isAmongOthers = entries.some((entry, i) => i > 0 && !isOfThisProcess(entry))
      this.log.insistsLeft = isAmongOthers ? INSISTS_AMONG_OTHERS : this.log.insistsLeft - 1
    } else if (this.#expected!.seq > 0) {
      // not where this node did not know the log: then it has only come late
      this.log.insistsLeft = INSISTS_AFTER_REFUSAL
    }
    return (own === undefined ? undefined : this.#answerOf(own, parseHead(text))) ?? this.#count()
  }

  #remember(stamp: string): void {
    this.#stamps ??= []
    this.#stamps.push(stamp)
  }

  #isOwn(stamp: string): boolean {
    return stamp === this.#next?.stamp || this.#stamps?.includes(stamp) === true
  }

  #muteIn({ assignment }: LogHead, at: number): AssignmentHead['muted'][number] | undefined {
    const { side } = this.#message
    return assignment.muted.find((one) => one.side === side && (one.until === undefined || at < one.until))
  }

  /** `index`: the candidate's, from the log's end (LINDEX); '': the assignment is read from `meta` instead. */
  #look(index: string, meta: string): void {
    this.keys = this.log.headAndLog
    this.args = [this.#expected!.text, '', index, meta, '']
  }

  #write(before: LogHead): void {
    const { at: wanted, origin } = this.#message
    const { keepCount } = this.#options.settings
    const { log } = this.log.keys
    // times in a log never decrease, even if a clock steps back
    const at = Math.max(wanted, before.at)
    const next = this.log.write(this.#hash, {
      epoch: before.epoch === '' ? newEpoch() : before.epoch,
      at,
      soleSide: this.#soleSideAfter(before),
      id: this.#id,
      by: this.#sideIndex,
    })
    this.#next = next
    const tail = at === wanted ? this.#tail : messageTail({ ...this.#message, at }, this.#identity)
    const entry = `${next.seq},${before.id === '' ? '' : `"prev":${before.id},`}${tail}`
    const packet = this.log.start(next.epoch).text + entry + ']'
    const line = next.text.slice(0, next.text.length - next.assignment.text.length)
    const published = writeEntry(before.stamp, line, inboxEntry(origin, this.log.name, packet))
    this.keys = this.log.headAndLog
    this.args = [before.text, next.text, this.#headExpiry(next), next.stamp + entry, published]
    this.#setExpiry(before, next)
    this.#storeName()
    if (keepCount > 0 && next.seq % TRIM_COUNT === 0) this.#add([log, 'LTRIM', String(-keepCount), '-1'])
  }

  #insist(before: LogHead): void {
    const stamp = newStamp()
    this.#remember(stamp)
    const { conversation, origin } = this.#message
    const parts = [origin, conversation, this.log.start(before.epoch).text, this.#identity, this.#id, this.#tail]
    this.keys = this.log.headAndLog
    const side = this.#sideIndex === undefined ? '0' : String(this.#sideIndex + 1)
    this.args = [before.text, '+', `${side} ${this.#headExpiry(before)}`, stamp, parts.join('\n')]
    this.#setExpiry(before, before)
    this.#storeName()
    const { keepCount } = this.#options.settings
    if (keepCount > 0) this.#add([this.log.keys.log, 'LTRIM', String(-keepCount), '-1'])
  }

  #soleSideAfter(before: LogHead): SoleSide {
    const mine = this.#options.settings.unansweredMs > 0 ? soleSideOf(this.#message, this.log.sides) : '0'
    return before.seq === 0 || before.soleSide === mine ? mine : '0'
  }

  /** Ms after which the head expires, '' for never: before log and meta, which are nothing without it. A block by the shop outlives everything. */
  #headExpiry({ soleSide, assignment }: LogHead): string {
    const { keepMs, unansweredMs } = this.#options.settings
    const ms = Math.min(keepMs > 0 && assignment.muted.length === 0 ? keepMs : Infinity, soleSide === '0' ? Infinity : unansweredMs)
    return ms === Infinity ? '' : String(Math.ceil(ms))
  }

  /** Sets when log and meta expire, later than the head. */
  #setExpiry(before: LogHead, next: LogHead): void {
    const { keepMs, unansweredMs } = this.#options.settings
    const { log, meta } = this.log.keys
    const isSole = next.soleSide !== '0'
    const isAnswer = before.soleSide !== '0' && !isSole
    if (before.text === '') this.#add([meta, 'DEL', '', ''])
    // so that all keys of a conversation exist: while a Cluster moves a slot it refuses calls of which it lacks a key
    if (before.seq === 0) this.#add([meta, 'HSET', 'o', '1'])
    if (isAnswer) this.#add([meta, 'PERSIST', '', ''])
    const known = this.log
    // the log may have an expiry from a time when KEEP_DAYS was set
    if (keepMs === 0 && !isSole && (isAnswer || known.keptAt === -Infinity)) {
      this.#add([log, 'PERSIST', '', ''])
      this.#add([meta, 'PERSIST', '', ''])
    }
    const ms = Math.min(keepMs > 0 ? keepMs : Infinity, isSole ? unansweredMs : Infinity)
    if (ms === Infinity) {
      if (known.keptAt === -Infinity) known.keptAt = performance.now()
      return
    }
    const now = performance.now()
    if (before.seq > 0 && !isAnswer && now - known.keptAt < ms * SLACK) return
    known.keptAt = now
    const metaMs = Math.min(isSole ? unansweredMs : Infinity, next.assignment.muted.length === 0 ? ms : Infinity)
    if (metaMs < Infinity) this.#add([meta, 'PEXPIRE', longer(metaMs), ''])
    this.#add([log, 'PEXPIRE', longer(ms), ''])
  }

  #storeName(): void {
    const { name, side } = this.#message
    if (name === undefined) return
    const known = this.log
    const text = JSON.stringify(name)
    if (known.names.some(([of, is]) => of === side && is === text)) return
    known.names = [...known.names.filter(([of]) => of !== side), [side, text]]
    this.#add([known.keys.meta, 'HSET', `n:${side}`, text])
  }

  #add(beside: Beside): void {
    this.beside ??= []
    this.beside.push(beside)
  }

  #count(): typeof AGAIN {
    if (++this.#refusalCount > REFUSALS_MAX) throw new Unavailable('Redis: others write in this conversation faster than this node')
    this.#options.settings.onAppendRefused()
    return AGAIN
  }

  /** The answer of an earlier attempt of this append, whose entry is in the log although its reply was lost. */
  #answerOf(stored: string, head: LogHead): Answer | undefined {
    const entry = entryOf(stored)
    if (entry === undefined) return undefined
    const { seq, stamp, prev = '' } = entry
    // the entry may be cut short, but its time is also in the head that it made
    const at = seq === head.seq ? head.at : stamp === this.#next?.stamp ? this.#next.at : undefined
    // without a time the next attempt looks it up, like any other candidate
    return at === undefined ? undefined : this.#reply(head, { seq, at, prev, duplicate: false })
  }

  /** Skipped; but the driver repeats a call whose connection broke, and where the first one was carried out, the second is refused and skipped. */
  #skipped(): Answer | typeof AGAIN {
    if (this.#next !== undefined && this.log.wasWritten(this.#next)) return this.#written()
    if (++this.#skipCount > SKIPS_MAX) throw new Unavailable('Redis: messages before it in this conversation are refused')
    this.#options.settings.onAppendRefused()
    return AGAIN
  }

  #written(): Answer {
    const next = this.#next!
    return this.#reply(next, { seq: next.seq, at: next.at, prev: this.#expected!.id, duplicate: false })
  }

  #looked(text: string): Answer | typeof AGAIN {
    const head = this.#expected!
    if (this.#candidate === 0) {
      const mute = this.#mute
      if (mute === undefined) throw new NotStarted()
      // the key with the assignment is on its way to another server of the Cluster
      if (text === '') return this.#count()
      throw new Muted(text, mute.until)
    }
    const entry = entryOf(text)
    if (entry?.identity !== this.#identity || entry.seq !== this.#candidate) {
      this.#ruledOut = this.#candidate
      return AGAIN
    }
    const { at } = JSON.parse(`{"seq":${text.slice(STAMP_LENGTH)}`) as Pick<Message, 'at'>
    return this.#reply(head, { seq: entry.seq, at, prev: entry.prev ?? '', duplicate: true })
  }

  #reply(head: LogHead, { seq, at, prev, duplicate }: { seq: number; at: number; prev: string; duplicate: boolean }): Answer {
    const { epoch, soleSide, assignment } = head
    const { phase } = assignment
    const appended: Mutable<Appended> = prev === '' ? { epoch, seq, at, duplicate } : { epoch, seq, at, duplicate, prev: JSON.parse(prev) as string }
    if (phase !== '') appended.phase = phase
    const following = this.#options.onAppended(this, appended, soleSide !== '0')
    return following === undefined ? appended : following.then(() => appended)
  }
}

const longer = (ms: number): string => String(Math.ceil(ms * (1 + SLACK)))

/**
 * '1' or '2', the writing side, in a conversation that is forgotten unless the other side answers; '0' for a shop, which writes only to people it
 * knows.
 */
export const soleSideOf = ({ side }: Pick<NewMessage, 'side'>, sides: KnownLog['sides']): SoleSide =>
  isShopSide(side) ? '0' : sides[0] === side ? '1' : '2'

/** 60 random bits: two first appends after a lost log never choose the same epoch. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

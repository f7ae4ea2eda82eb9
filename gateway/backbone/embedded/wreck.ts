import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodePacket } from '../../protocol/packet.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import { messageJson } from '../../protocol/packets.ts'
import type { PushData } from '../../protocol/pushes.ts'
import { jsonOf, type Row } from './conversation.ts'
import { checksumName, type ENVIRONMENTS } from './check-folder.ts'
import { NAMES, STAMP } from './files.ts'
import { batchOf } from './keys-on-disk.ts'
import { lines } from './log-rows.ts'
import { LmdbFile } from './lmdb-file.ts'
import { withoutChecksum } from './checksummed.ts'
import type { JournalledAssignment } from './assignment-write.ts'
import { BLANK } from './blank-write.ts'
import type { JournalledErasure } from './erase-write.ts'
import type { WrittenAssignment } from './conversation-state.ts'

type Environment = (typeof ENVIRONMENTS)[number]

/** An entry whose checksum is right. Of several with one key, the one with the highest `txn` is the newest. */
interface IntactEntry {
  readonly database: string
  readonly key: Buffer
  readonly value: Buffer
  readonly txn: number
}

/** Ranks of a message's copies. The journal may still have what was replaced in `main` since. */
const REPLACED = 0
const IN_MAIN = 1
const IN_JOURNAL = 2

export interface WreckEvents {
  /** Called for each copy of a message. Of several messages with one number the lower `rank` is to be preferred. */
  onMessage(message: Message, json: Buffer, rank: number): void
  /** Called for each entry of `images` but the stamp: pictures, and the marks of those that no message names yet (files.ts). */
  onImage(key: Buffer, value: Buffer): void
}

/**
 * The intact entries of a damaged folder, read as bytes and never mapped. A file whose pages are all in order is read along its trees. Of
 * any other file every leaf page is read, and the checksums tell which entries are intact. There the newest copy of a row or record counts, so
 * one that was removed shortly before may come back. Of a message that was replaced the later copy counts where it is known as such.
 */
export class Wreck {
  /** One sentence for each damaged file. */
  readonly problems: string[] = []
  epoch: string | undefined
  format: number | undefined
  readonly records = new Map<string, { readonly value: Buffer; readonly txn: number }>()
  readonly rows = new Map<string, { readonly row: Row; readonly txn: number }>()
  readonly cursors = new Map<string, Map<string, Cursor>>()
  readonly #assignments = new Map<string, { readonly assignment: WrittenAssignment; readonly batch: number }>()
  /** Conversations by their number on disk; and below, the highest seq that any entry mentions, by conversation and by its number. */
  readonly #names = new Map<number, string>()
  readonly #heads = new Map<string, number>()
  readonly #headsByNumber = new Map<number, number>()
  /** Conversation and epoch of logs that the journal says were erased. */
  readonly erased = new Set<string>()
  #count = 0
  #checkpointed = 0
  #isJournalWhole = true
  readonly #events: WreckEvents

  constructor(folder: string, events: WreckEvents) {
    this.#events = events
    for (const environment of ['main', 'journal', 'images'] as const) {
      const stray = this.#strayOf(folder, environment)
      const problem = stray ?? read(folder, environment, (entry) => this.#take(environment, entry))
      if (problem === undefined) continue
      this.problems.push(`${environment}/data.mdb: ${problem}`)
      if (environment === 'journal') this.#isJournalWhole = false
    }
    for (const [number, head] of this.#headsByNumber) {
      const name = this.#names.get(number)
      if (name !== undefined) this.#noteHead(name, head)
    }
  }

  /** Count of conversations that must have existed, and of which not even the name is left. */
  get namelessCount(): number {
    let count = this.#count
    for (const number of this.#headsByNumber.keys()) count = Math.max(count, number)
    return Math.max(0, count - this.#names.size)
  }

  /** Every conversation that any entry mentions, with its highest known seq. */
  get heads(): ReadonlyMap<string, number> {
    return this.#heads
  }

  /** The newest known assignment of a conversation. */
  assignmentOf(conversation: string): WrittenAssignment | undefined {
    const journalled = this.#assignments.get(conversation)
    const stored = this.rows.get(conversation)?.row.service
    // pages of a broken journal may be older than the row
    const isNewer = stored === undefined || this.#isJournalWhole || (journalled !== undefined && journalled.batch > this.#checkpointed)
    return journalled !== undefined && isNewer ? journalled.assignment : stored
  }

  /** A sentence where the file comes from another folder; else undefined. */
  #strayOf(folder: string, environment: Environment): string | undefined {
    if (environment === 'main') return undefined
    let stamp: string | undefined
    read(folder, environment, ({ key, value }) => {
      if (key.equals(STAMP[environment])) stamp = value.toString()
    })
    if (stamp === undefined) return undefined
    this.epoch ??= stamp
    return stamp === this.epoch ? undefined : 'it is of another folder'
  }

  #take(environment: Environment, entry: IntactEntry): void {
    if (environment === 'journal') return this.#takeBatch(entry)
    if (environment === 'main') return this.#takeMain(entry)
    if (!entry.key.equals(STAMP.images)) this.#events.onImage(entry.key, entry.value)
  }

  #takeMain({ database, key, value, txn }: IntactEntry): void {
    switch (database) {
      case 'about':
        return this.#takeAbout(key.toString(), value.toString())
      case 'rows':
        return this.#takeRow(key.toString(), JSON.parse(value.toString()) as Row, txn)
      case 'log':
        for (const json of lines(value)) this.#takeMessage(json, IN_MAIN, key.readUInt32BE(0))
        return
      case 'ids': {
        const number = key.readUInt32BE(0)
        this.#headsByNumber.set(number, Math.max(this.#headsByNumber.get(number) ?? 0, value.readUInt32BE(0)))
        return
      }
      case 'sides':
        this.#names.set(key.readUInt32BE(key.length - 4), value.toString())
        return
      case 'records':
        if (txn >= (this.records.get(key.toString())?.txn ?? -1)) this.records.set(key.toString(), { value: Buffer.from(value), txn })
    }
  }

  #takeAbout(key: string, value: string): void {
    if (key === 'epoch') this.epoch = value
    if (key === 'format') this.format = Number(value)
    if (key === 'count') this.#count = Math.max(this.#count, Number(value))
    if (key === 'folded') this.#checkpointed = Math.max(this.#checkpointed, Number(value))
  }

  #takeRow(conversation: string, row: Row, txn: number): void {
    if (row.number > 0) this.#names.set(row.number, conversation)
    this.#noteHead(conversation, row.seq)
    for (const [side, cursor] of Object.entries(row.cursors)) this.#move(conversation, side, cursor)
    if (txn >= (this.rows.get(conversation)?.txn ?? -1)) this.rows.set(conversation, { row, txn })
  }

  #takeBatch({ key, value }: IntactEntry): void {
    const batch = batchOf(key)
    if (batch === 0) return
    for (const line of lines(value)) {
      const packet = decodePacket(line.toString())
      if (packet.type !== 'event' || packet.name === BLANK) continue
      if (packet.name === 'cursorPush') {
        const { conversation, participant, delivered, read: isRead } = packet.args[0] as PushData<'cursorPush'>
        this.#move(conversation, participant, { delivered, read: isRead })
      } else if (packet.name === 'service') {
        const { conversation, service } = packet.args[0] as JournalledAssignment
        this.#noteHead(conversation, 0)
        if (batch >= (this.#assignments.get(conversation)?.batch ?? 0)) this.#assignments.set(conversation, { assignment: service, batch })
      } else if (packet.name === 'erased') {
        const { conversation, epoch } = packet.args[0] as JournalledErasure
        this.erased.add(`${conversation} ${epoch}`)
        this.#assignments.delete(conversation)
        this.cursors.delete(conversation)
      } else if (packet.name === 'replaced') {
        this.#takeMessage(Buffer.from(messageJson(packet.args[0] as Message)), REPLACED)
      } else {
        this.#takeMessage(jsonOf({ batch: line, start: 0, end: line.length }), IN_JOURNAL)
      }
    }
  }

  #takeMessage(json: Buffer, rank: number, number?: number): void {
    const message = JSON.parse(json.toString()) as Message
    if (number !== undefined) this.#names.set(number, message.conversation)
    this.#noteHead(message.conversation, message.seq)
    this.#events.onMessage(message, json, rank)
  }

  #noteHead(conversation: string, seq: number): void {
    this.#heads.set(conversation, Math.max(this.#heads.get(conversation) ?? 0, seq))
  }

  #move(conversation: string, side: string, { delivered, read: isRead }: Cursor): void {
    const cursors = this.cursors.get(conversation) ?? new Map<string, Cursor>()
    const before = cursors.get(side) ?? { delivered: 0, read: 0 }
    this.cursors.set(conversation, cursors)
    this.#noteHead(conversation, 0)
    cursors.set(side, { delivered: Math.max(before.delivered, delivered), read: Math.max(before.read, isRead) })
  }
}

/** Visits every intact entry; returns what is wrong with the file, undefined where it is intact. */
function read(folder: string, environment: Environment, visit: (entry: IntactEntry) => void): string | undefined {
  const path = join(folder, environment, 'data.mdb')
  if (!existsSync(path) || statSync(path).size === 0) return 'it is missing or empty'
  const file = new LmdbFile(path)
  try {
    const problem = problemOf(file)
    if (problem !== undefined) {
      for (const { key, value, txn } of file.remains()) readRemnant(environment, { key, value, txn }, visit)
      return problem
    }
    let brokenCount = 0
    file.check(({ database, key, value: checksummed }) => {
      const value = withoutChecksum(checksumName(environment, database), key, checksummed)
      if (value === undefined) brokenCount++
      else visit({ database, key, value, txn: 0 })
    })
    return brokenCount === 0 ? undefined : `${brokenCount} entries have wrong checksums`
  } finally {
    file.close()
  }
}

function problemOf(file: LmdbFile): string | undefined {
  try {
    file.check(() => undefined)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The page does not name its database, but the entry's checksum is right for one database only. */
function readRemnant(environment: Environment, { key, value, txn }: Omit<IntactEntry, 'database'>, visit: (entry: IntactEntry) => void): void {
  for (const database of environment === 'main' ? NAMES : ['']) {
    const content = withoutChecksum(checksumName(environment, database), key, value)
    if (content !== undefined) visit({ database, key, value: content, txn })
  }
}

/** Equal for copies of one message. */
export const fingerprintOf = (json: Buffer): number => crc32(json)

import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodePacket } from '../../protocol/packet.ts'
import type { Message } from '../../protocol/model.ts'
import { Faults, type DataReport } from '../data-report.ts'
import { checkFolder, damaged, ENVIRONMENTS, formatOf, RESTORING, SALVAGING, type CheckedEntry } from './check-folder.ts'
import type { Row } from './conversation.ts'
import { CHECKSUMS_FROM, FORMAT, STAMP } from './files.ts'
import { BLANK } from './blank-write.ts'
import { claimToRead, DataFolderError } from './folder.ts'
import { JournalledErasures, type LinePlace } from './journalled-erasures.ts'
import { batchKey, batchOf, isImageId } from './keys-on-disk.ts'
import { lines } from './log-rows.ts'

/**
 * Reads a folder that no gateway uses, without changing it: each page and checksum, as a start does, and then whether the entries fit together: each
 * log dense and chained, and in the lists of both its sides, rows at the heads of their logs, the journal behind `main`.
 * Rejects with `DataFolderError` where a file is damaged, in use or of another format.
 */
export async function checkData(dataDir: string): Promise<DataReport> {
  const folder = resolve(dataDir)
  requireData(folder)
  const claim = await claimToRead(folder)
  if (claim === undefined) {
    throw new DataFolderError(
      `The data folder ${folder} is in use by a gateway, whose start has checked it. To check what it has now, use \`backup\`: it checks the copy.`,
    )
  }
  try {
    return readData(folder)
  } finally {
    claim.release()
  }
}

/** The same for whoever has claimed the folder. */
export function readData(folder: string): DataReport {
  const isMainThere = existsSync(join(folder, 'main', 'data.mdb'))
  const isUnfinished = [SALVAGING, RESTORING].some((name) => existsSync(join(folder, name)))
  const format = isMainThere && !isUnfinished ? formatOf(folder) : undefined
  if (format !== undefined && !isReadable(format)) throw otherFormat(folder, format)
  const reading = new Reading()
  checkFolder(folder, 0, (entry) => reading.take(entry))
  if (!isMainThere) throw damaged(folder, 'main/data.mdb is missing')
  return { ...reading.end(), bytes: bytesOf(folder) }
}

export const bytesOf = (folder: string): number =>
  ENVIRONMENTS.reduce((sum, name) => sum + (statSync(join(folder, name, 'data.mdb'), { throwIfNoEntry: false })?.size ?? 0), 0)

/** Throws where the folder is none, or has nothing of a gateway. */
export function requireData(folder: string): void {
  const isThere = [...ENVIRONMENTS, SALVAGING, RESTORING].some((name) => existsSync(join(folder, name)))
  if (!isThere) throw new DataFolderError(`There are no data of a gateway in ${folder}.`)
}

/** Formats without checksums have to be brought to the newest first. */
export const isReadable = (format: number): boolean => format >= CHECKSUMS_FROM && format <= FORMAT

export const otherFormat = (folder: string, format: number): DataFolderError =>
  format < FORMAT
    ? new DataFolderError(
        `The data folder ${folder} is of format ${format}, of an older version. Start this version on it once (on a copy, if you want to keep the old one): it brings the folder to format ${FORMAT}.`,
      )
    : new DataFolderError(`The data folder ${folder} is of format ${format}, and this version knows format ${FORMAT}: use the version that wrote it.`)

interface Log {
  readonly conversation: string
  epoch: string
  seq: number
  id: string
  listedCount: number
}

/** `main` is read before the journal is compared with it, so that its batches wait in memory: about 8 MB of them. */
class Reading {
  readonly #faults = new Faults()
  readonly #byNumber = new Map<number, Log>()
  readonly #byName = new Map<string, Log>()
  readonly #batches: { readonly batch: number; readonly value: Buffer }[] = []
  readonly #stamps = new Map<string, string>()
  #epoch = ''
  #format = FORMAT
  /** `main` may still have some of what they erase. */
  readonly #erasures = new JournalledErasures()
  #checkpointed = 0
  #messageCount = 0
  #recordCount = 0
  #imageCount = 0
  #lastAt = 0

  take({ environment, database, key, value }: CheckedEntry): void {
    if (environment === 'journal') this.#takeBatch(key, value)
    else if (environment === 'images') this.#takeImage(key, value)
    else if (database === 'about') this.#takeAbout(key.toString(), value.toString())
    else if (database === 'log') this.#takeRun(key, value)
    else if (database === 'rows') this.#takeRow(key.toString(), JSON.parse(value.toString()) as Row)
    else if (database === 'sides') this.#takeListed(key, value.toString())
    else if (database === 'records') this.#recordCount++
  }

  end(): Omit<DataReport, 'bytes'> {
    for (const { conversation, seq, listedCount } of this.#byNumber.values()) {
      if (seq > 0 && listedCount < 2)
        this.#fault({ conversation }, `${conversation} is missing from the list of ${listedCount === 0 ? 'both its sides' : 'a side'}.`)
    }
    for (const [environment, stamp] of this.#stamps) if (stamp !== this.#epoch) this.#faults.add(`${environment}/data.mdb is of another folder.`)
    for (const { batch, value } of this.#batches) [...lines(value)].forEach((line, index) => this.#takeLine(line, { batch, index }))
    const newest = this.#batches.at(-1)?.batch ?? 0
    if (newest < this.#checkpointed) this.#faults.add(`The journal ends with batch ${newest}, and main has what came up to ${this.#checkpointed}.`)
    return {
      format: this.#format,
      conversationCount: this.#byName.size,
      messageCount: this.#messageCount,
      recordCount: this.#recordCount,
      imageCount: this.#imageCount,
      ...(this.#lastAt === 0 ? undefined : { lastAt: this.#lastAt }),
      faults: this.#faults.shown,
      faultCount: this.#faults.count,
    }
  }

  #takeAbout(key: string, value: string): void {
    if (key === 'epoch') this.#epoch = value
    if (key === 'format') this.#format = Number(value)
    if (key === 'folded') this.#checkpointed = Number(value)
  }

  #takeBatch(key: Buffer, value: Buffer): void {
    if (key.equals(batchKey(0))) return void this.#stamps.set('journal', value.toString())
    const batch = batchOf(key)
    this.#batches.push({ batch, value: Buffer.from(value) })
    for (const [index, line] of [...lines(value)].entries()) this.#erasures.read(line, { batch, index })
  }

  #takeImage(key: Buffer, value: Buffer): void {
    if (key.equals(STAMP.images)) this.#stamps.set('images', value.toString())
    else if (isImageId(key.toString('latin1'))) this.#imageCount++
  }

  #takeRun(key: Buffer, value: Buffer): void {
    const number = key.readUInt32BE(0)
    let seq = key.readUInt32BE(4)
    for (const json of lines(value)) {
      const message = JSON.parse(json.toString()) as Message
      const log = this.#byNumber.get(number) ?? this.#begin(number, message.conversation, message.seq - 1)
      if (message.seq !== seq++) this.#fault(log, `${log.conversation}: message ${message.seq} is stored as ${seq - 1}.`)
      this.#follow(log, message)
    }
  }

  /** What was erased goes in steps, and until all is gone a start reads the journal's erasure first. */
  #fault({ conversation }: Pick<Log, 'conversation'>, sentence: string): void {
    if (!this.#erasures.has(conversation)) this.#faults.add(sentence)
  }

  #begin(number: number, conversation: string, seq: number): Log {
    const log: Log = { conversation, epoch: '', seq, id: '', listedCount: 0 }
    if (number > 0) this.#byNumber.set(number, log)
    this.#byName.set(conversation, log)
    return log
  }

  #follow(log: Log, { conversation, epoch, seq, id, prev, at }: Message): void {
    if (conversation !== log.conversation) this.#fault(log, `A message of ${conversation} is in the log of ${log.conversation}.`)
    else if (log.epoch !== '' && epoch !== log.epoch) this.#fault(log, `${conversation}: message ${seq} is of another history.`)
    else if (seq !== log.seq + 1) this.#fault(log, `${conversation}: message ${seq} follows ${log.seq}.`)
    else if ((prev ?? '') !== log.id && (log.id !== '' || seq === 1))
      this.#fault(log, `${conversation}: message ${seq} does not follow from the one before.`)
    log.epoch = epoch
    log.seq = seq
    log.id = id
    this.#messageCount++
    this.#lastAt = Math.max(this.#lastAt, at)
  }

  #takeRow(conversation: string, { number, epoch = this.#epoch, seq, id }: Row): void {
    const log = this.#byNumber.get(number) ?? this.#begin(number, conversation, seq)
    // of a log whose old entries were removed nothing may be left
    const isLeft = log.id !== ''
    if (conversation !== log.conversation) this.#fault(log, `The row of ${conversation} leads to the log of ${log.conversation}.`)
    else if (isLeft && (seq !== log.seq || id !== log.id)) this.#fault(log, `${conversation}: its row ends with ${seq}, its log with ${log.seq}.`)
    else if (isLeft && epoch !== log.epoch) this.#fault(log, `${conversation}: its row is of another history than its log.`)
    if (!isLeft) Object.assign(log, { id, epoch: seq > 0 ? epoch : '' })
  }

  #takeListed(key: Buffer, conversation: string): void {
    const log = this.#byNumber.get(key.readUInt32BE(key.length - 4))
    if (log?.conversation === conversation) log.listedCount++
    else this.#fault({ conversation }, `A list has ${conversation}, which has no row.`)
  }

  #takeLine(line: Buffer, place: LinePlace): void {
    const packet = decodePacket(line.toString())
    if (packet.type !== 'event') return this.#faults.add(`Batch ${place.batch} of the journal has a line that is none of its own.`)
    if (packet.name === BLANK) return
    const { conversation } = packet.args[0] as { readonly conversation: string }
    if (this.#erasures.isErased(conversation, place)) return
    const log = this.#byName.get(conversation)
    if (packet.name === 'erased') {
      // `main` may be ahead: it has deleted the log, and has the next one
      if (log !== undefined && this.#erasures.hasEpoch(conversation, log.epoch)) this.#byName.delete(conversation)
    } else if (packet.name === 'messagePush') {
      const message = packet.args[0] as Message
      const known = log ?? this.#begin(0, conversation, 0)
      // until the journal is cut, what a checkpoint has moved is in both
      if (message.seq > known.seq) this.#follow(known, message)
    } else if (packet.name === 'service' && log === undefined) this.#begin(0, conversation, 0)
  }
}

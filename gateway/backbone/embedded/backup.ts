import { createHash, randomUUID } from 'node:crypto'
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { DataReport } from '../data-report.ts'
import { RESTORING, ENVIRONMENTS } from './check-folder.ts'
import { bytesOf, checkData, readData, requireData } from './check-data.ts'
import type { Checksummed } from './checksummed.ts'
import type { Row } from './conversation.ts'
import { NAMES, openFiles, STAMP, type Files } from './files.ts'
import { claimFolder, claimToRead, DataFolderError, FolderInUse } from './folder.ts'
import { lines } from './log-rows.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'

/** What a folder has beside the three environments and belongs to a backup: the secrets of the demo mode. */
const BESIDE = ['demo-secret', 'demo-word'] as const
const LOCK = 'in-use.lock'
const EPOCH = Buffer.from('"epoch":"')
const LINE_FEED = Buffer.from('\n')
/** The collections of the cursors of webhooks begin so: they name an epoch beside a number. */
const CURSORS = 'webhooks/of/'
/** Found in every new file system. */
const MEANINGLESS: ReadonlySet<string> = new Set([LOCK, 'lost+found'])
/** One commit writes about so much. */
const BATCH_BYTES = 4_194_304
/** What LMDB and the guard of the disk need beside the data. */
const ROOM_BYTES = 33_554_432

/**
 * Copies a data folder as it is at one moment to `to`, a new folder, whether a gateway uses it or not, and checks the copy. `to` has its name only
 * when it is whole: before, it is called `<to>.unfinished`, which neither a gateway nor a restore takes, and which the next backup to the same place
 * begins again. Rejects with `DataFolderError`.
 */
export async function backup(dataDir: string, to: string): Promise<DataReport> {
  const [from, place] = [resolve(dataDir), resolve(to)]
  requireData(from)
  requireOutside(place, from)
  if (existsSync(place)) throw new DataFolderError(`${place} is there already, and nothing is overwritten. Give a new name.`)
  await requireSound(from)
  const building = `${place}.unfinished`
  requireRoom(dirname(place), from)
  const claim = await claimFolder(building).catch((error: Error) => {
    throw error instanceof FolderInUse ? new DataFolderError(`Another backup to ${place} is under way.`) : error
  })
  try {
    for (const name of readdirSync(building)) if (name !== LOCK) rmSync(join(building, name), { recursive: true })
    const report = await copy(from, building, { isNewHistory: false })
    if (existsSync(place)) throw new DataFolderError(`${place} has been made meanwhile, and nothing is overwritten. The copy is in ${building}.`)
    claim.release()
    rmSync(join(building, LOCK))
    renameSync(building, place)
    flush(dirname(place))
    return report
  } catch (error) {
    claim.release()
    throw notCopied(building, error)
  }
}

/**
 * Copies a backup into an empty or missing data folder and checks it. The conversations begin a new history (epoch): what was written after the backup
 * was made may be in clients, and would else be taken for what is written from now on. Clients load the conversations again and send those of their own
 * messages that are not there. Rejects with `DataFolderError`.
 */
export async function restore(backupFolder: string, dataDir: string): Promise<DataReport> {
  const [from, folder] = [resolve(backupFolder), resolve(dataDir)]
  requireFitting(from, await checkData(from))
  requireOutside(folder, from)
  const claim = await claimFolder(folder)
  const building = join(claim.path, RESTORING)
  try {
    // it began in an empty folder, and no gateway starts on one that is unfinished
    if (existsSync(building))
      for (const name of [...ENVIRONMENTS, ...BESIDE, RESTORING]) rmSync(join(claim.path, name), { recursive: true, force: true })
    requireEmpty(claim.path)
    requireRoom(claim.path, from)
    const report = await copy(from, building, { isNewHistory: true })
    for (const name of [...BESIDE, ...ENVIRONMENTS]) if (existsSync(join(building, name))) renameSync(join(building, name), join(claim.path, name))
    rmSync(building, { recursive: true })
    flush(claim.path)
    return report
  } catch (error) {
    throw notCopied(building, error)
  } finally {
    claim.release()
  }
}

/** Leaves nothing of a copy that failed: it may have filled the disk on which a gateway writes. */
async function copy(from: string, building: string, kind: { readonly isNewHistory: boolean }): Promise<DataReport> {
  try {
    return await copyWhole(from, building, kind)
  } catch (error) {
    // LMDB may call a full disk an error of input and output
    const isFull = freeBytes(building) < ROOM_BYTES / 2
    rmSync(building, { recursive: true, force: true })
    throw notCopied(building, isFull ? new Error('no space is left on its disk') : error)
  }
}

async function copyWhole(from: string, building: string, { isNewHistory }: { readonly isNewHistory: boolean }): Promise<DataReport> {
  mkdirSync(building, { recursive: true })
  const snapshot = openSnapshot(from)
  try {
    const files = await openFiles(building)
    await write(snapshot, files, isNewHistory).finally(() => files.close())
  } finally {
    await snapshot.close()
  }
  for (const name of BESIDE) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(building, name))
  // the next process makes them new, and they mean nothing
  for (const name of ENVIRONMENTS) rmSync(join(building, name, 'lock.mdb'), { force: true })
  const report = readData(building)
  if (report.faultCount === 0) return report
  throw new DataFolderError(`The copy of ${from} does not fit together: ${report.faults[0]} It was deleted; start it again.`)
}

/** `openFiles` has stamped the copy with an epoch of its own. A new history keeps it; else it is overwritten, in `about` as the very last. */
async function write(snapshot: Snapshot, files: Files, isNewHistory: boolean): Promise<void> {
  const change = isNewHistory ? epochChange(snapshot.epoch, files.epoch) : (_database: string, value: Buffer) => value
  const isStamp = (environment: 'journal' | 'images', key: Buffer): boolean => isNewHistory && key.equals(STAMP[environment])
  for (const environment of ['journal', 'images'] as const) {
    await fill(files[environment], { entries: snapshot.entries(environment, ''), files, change, isLeftOut: (key) => isStamp(environment, key) })
  }
  for (const name of NAMES.toSorted((a, b) => Number(a === 'about') - Number(b === 'about'))) {
    const isLeftOut = (key: Buffer): boolean => isNewHistory && name === 'about' && key.toString() === 'epoch'
    await fill(files[name], { entries: snapshot.entries('main', name), files, change, isLeftOut })
  }
}

interface Filling {
  readonly entries: ReturnType<Snapshot['entries']>
  readonly files: Files
  readonly change: (database: string, value: Buffer, key: Buffer) => Buffer
  readonly isLeftOut: (key: Buffer) => boolean
}

async function fill(database: Checksummed, { entries, files, change, isLeftOut }: Filling): Promise<void> {
  let waiting: (readonly [key: Buffer, value: Buffer])[] = []
  let bytes = 0
  const flushed = async (): Promise<void> => {
    files.requireSpace()
    await database
      .batch(() => {
        for (const [key, value] of waiting) void database.put(key, value)
      })
      .catch(async (error: Error & { commitError?: Promise<never> }) => {
        // the reason comes in lmdb's second promise
        throw (await error.commitError?.catch((reason: Error) => reason)) ?? error
      })
    waiting = []
    bytes = 0
  }
  for (const { key, value } of entries) {
    if (isLeftOut(key)) continue
    waiting.push([Buffer.from(key), change(database.name, Buffer.from(value), key)])
    bytes += key.length + value.length
    if (bytes >= BATCH_BYTES) await flushed()
  }
  if (waiting.length > 0) await flushed()
}

/**
 * Writes another epoch for each that there is: into the lines of messages and erasures, which have it before anything that a person wrote, into rows, and
 * into webhooks' cursors. `folderEpoch`: what the copy has in place of the folder's own.
 */
function epochChange(before: string, folderEpoch: string): Filling['change'] {
  const salt = randomUUID()
  const after = (epoch: string): string =>
    epoch === before
      ? folderEpoch
      : createHash('sha256')
          .update(salt + epoch)
          .digest('hex')
          .slice(0, 10)
  return (database, value, key) => {
    if (database === 'journal' || database === 'main/log')
      return Buffer.concat([...lines(value)].flatMap((line) => [withEpoch(line, after), LINE_FEED]))
    if (database === 'main/rows') {
      const row = JSON.parse(value.toString()) as Row
      return row.epoch === undefined ? value : Buffer.from(JSON.stringify({ ...row, epoch: after(row.epoch) }))
    }
    if (database !== 'main/records' || !key.toString().startsWith(CURSORS)) return value
    const record = JSON.parse(value.toString()) as { readonly value: string }
    const cursor = JSON.parse(record.value) as { readonly epoch?: string }
    if (!cursor.epoch) return value
    return Buffer.from(JSON.stringify({ ...record, value: JSON.stringify({ ...cursor, epoch: after(cursor.epoch) }) }))
  }
}

function withEpoch(line: Buffer, after: (epoch: string) => string): Buffer {
  const at = line.indexOf(EPOCH)
  if (at < 0) return line
  const start = at + EPOCH.length
  const end = line.indexOf('"', start)
  return Buffer.concat([line.subarray(0, start), Buffer.from(after(line.toString('utf8', start, end))), line.subarray(end)])
}

/** A folder that no gateway uses is checked before LMDB maps it: a damaged page would end the process. A gateway's has been checked by its start. */
async function requireSound(folder: string): Promise<void> {
  const claim = await claimToRead(folder)
  if (claim === undefined) return
  try {
    requireFitting(folder, readData(folder))
  } finally {
    claim.release()
  }
}

function requireFitting(folder: string, report: DataReport): DataReport {
  if (report.faultCount === 0) return report
  throw new DataFolderError(
    `The data in ${folder} do not fit together: ${report.faults[0]} \`check ${folder}\` names the others. Take another backup, or start once with --salvage.`,
  )
}

function requireEmpty(folder: string): void {
  const found = readdirSync(folder).find((name) => !MEANINGLESS.has(name))
  if (found === undefined) return
  throw new DataFolderError(
    `The folder ${folder} is not empty (it has ${found}), and nothing is overwritten. Move what it has elsewhere, or restore into another folder.`,
  )
}

function requireOutside(inner: string, outer: string): void {
  const way = relative(outer, inner)
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
    throw new DataFolderError(`${inner} is inside ${outer}. Give a folder outside of it, best on another disk.`)
  }
}

function requireRoom(place: string, from: string): void {
  const needed = bytesOf(from) + ROOM_BYTES
  const free = freeBytes(place)
  if (free >= needed) return
  throw new DataFolderError(
    `The disk of ${place} has ${megabytes(free)} MB free, and up to ${megabytes(needed)} MB are needed. Make room, or give another place.`,
  )
}

function freeBytes(place: string): number {
  const { bavail, bsize } = statfsSync(nearest(place))
  return bavail * bsize
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)))
const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000)

/** Brings a folder's new names to the disk, where the system can do that for folders. */
function flush(folder: string): void {
  let opened: number | undefined
  try {
    opened = openSync(folder, 'r')
    fsyncSync(opened)
  } catch {
    // Windows has no such call for folders; there names are written with the file system's own journal
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
}

function notCopied(building: string, error: unknown): Error {
  if (error instanceof DataFolderError) return error
  return new DataFolderError(`Nothing was copied to ${building}: ${(error as Error).message}. Put that right, and start it again.`, { cause: error })
}

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bufferToKeyValue, open, type Database, type RootDatabase } from 'lmdb'
import { DamagedFolder, DataFolderError } from './folder.ts'
import { damaged, ENVIRONMENTS, checkFolder, checksumName } from './check-folder.ts'
import { batchKey } from './keys-on-disk.ts'
import { spaceGuard } from './disk-space.ts'
import { Checksummed } from './checksummed.ts'

/**
 * The version of the format below. It rises with each change, so that an older build refuses the folder instead of misreading it.
 * 2: assignments in rows and journal. 3: checksums, and binary keys in the journal. 4: each log has its own epoch, and may be erased.
 */
export const FORMAT = 4
export const CHECKSUMS_FROM = 3

/** One of the folder's LMDB environments, for the wiper (wiper.ts). */
export interface Environment {
  readonly name: (typeof ENVIRONMENTS)[number]
  readonly root: Pick<RootDatabase, 'transactionSync' | 'resetReadTxn' | 'readerList'>
  /** A database of it that takes any bytes. */
  readonly binary: Database<Buffer, Buffer>
  /** Commits without a change. */
  touch(): Promise<unknown>
}

/**
 * The folder's three LMDB environments. Every entry ends with its checksum (checksummed.ts). Each environment contains the folder's
 * `epoch`, so that a file which is missing or comes from another folder is noticed.
 *
 * `journal`   batch number (u64) → the packets of one group commit, one a line: pushes as peers get them, and lines that are never published (`service`: an
 *             assignment, `replaced`: what stands in an entry's place, `erased`: the conversation is empty from here on, `blank`: nothing). It is small and
 *             grows only at its end, so a commit is one put and one flush, however many conversations it touches. 0 → the epoch
 * `main`      what checkpoints moved out of the journal, in bulk:
 *   `about`   'epoch', 'format', 'count' (of conversation numbers given), 'folded' (the newest batch at the last checkpoint), 'wiping' (bytes of something
 *             erased may still be there)
 *   `rows`    conversation id → its row as JSON
 *   `log`     number of the conversation (u32), seq (u32) → the JSON of this message and of some after it, one a line
 *   `ids`     number of the conversation (u32), hash of sender and client id → seq (u32)
 *   `sides`   side, 0, minute of the last message (u32), number of the conversation (u32) → conversation id
 *   `records` collection, 0, key → value, version and expiry as JSON; not through the journal
 * `images`    id → type, newline, bytes; 'folder' → the epoch; for an image that no message names yet also 'waits ', id → its end, and
 *             'ends  ', end (u48), id → nothing; not through the journal
 */
export interface Files {
  readonly epoch: string
  /** The newest batch at the last checkpoint. */
  readonly checkpointed: number
  readonly journal: Checksummed
  readonly main: RootDatabase<string, string>
  readonly about: Checksummed
  readonly rows: Checksummed
  readonly log: Checksummed
  readonly ids: Checksummed
  readonly sides: Checksummed
  readonly records: Checksummed
  readonly images: Checksummed
  readonly folder: string
  readonly environments: readonly Environment[]
  /** Throws while the disk has no room for a commit. */
  requireSpace(): void
  /** Tries whether the disk can be written: writes a value that is there already. Rejects or throws where it cannot. */
  tryWriting(): Promise<unknown>
  close(): Promise<void>
}

/**
 * Durability: without overlappingSync a write's promise resolves after LMDB's own commit, which has flushed the pages
 * and then the meta page (fdatasync, or a write with O_DSYNC) before it returns. With overlappingSync, lmdb-js resolves when the
 * data is visible and calls it `flushed` later, so readers could see what a power cut takes away.
 *
 * No batching by turns of the event loop: lmdb makes a promise for such a batch that no caller gets. When a commit fails (a full disk)
 * that promise rejects unhandled and ends the process. Here one `batch` call contains what belongs together.
 */
const DURABLE = { overlappingSync: false, eventTurnBatching: false, batchStartThreshold: Infinity } as const

declare module 'lmdb' {
  /** Exported, but missing in its types. */
  function bufferToKeyValue(key: Buffer): unknown
}

const LOCK_BYTES = 65_536
const ROOM_BYTES = 1_048_576
const EPOCH = Buffer.from('epoch')
const FORMAT_KEY = Buffer.from('format')
const CHECKPOINTED = Buffer.from('folded')
export const STAMP = { journal: batchKey(0), images: Buffer.from('folder') } as const
export const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const
export const NAMES = ['about', 'rows', 'log', 'ids', 'sides', 'records'] as const

export async function openFiles(folder: string): Promise<Files> {
  try {
    checkFolder(folder, CHECKSUMS_FROM)
    for (const name of ENVIRONMENTS) prepareEnvironment(folder, name)
    const files = openAll(folder)
    try {
      return await begin(files, folder)
    } catch (error) {
      await files.close()
      throw error
    }
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    const { message, code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw full(folder)
    // an error of the system is about the disk, not about what is written on it
    if (typeof code === 'string' && code.startsWith('E')) {
      throw new DataFolderError(`The data folder ${folder} cannot be opened: ${message}; put that right, or set DATA_DIR to another.`)
    }
    throw new DamagedFolder(
      `The data folder ${folder} cannot be opened: ${message}; restore it, set DATA_DIR to another, or start once with --salvage.`,
    )
  }
}

/**
 * Creates the environment's folder and lock file. LMDB maps its lock file: on a full disk it would write past the end, and a signal would
 * end the process. So the file is written in full here. Its old content is not needed, because this process alone has the folder.
 * Throws where the disk has no room for it.
 */
export function prepareEnvironment(folder: string, name: string): void {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  const lock = join(path, 'lock.mdb')
  if (!existsSync(lock) || statSync(lock).size !== LOCK_BYTES) writeFileSync(lock, Buffer.alloc(LOCK_BYTES))
  if (existsSync(join(path, 'data.mdb'))) return
  // LMDB ends the process where its first pages do not fit
  const { bavail, bsize } = statfsSync(path)
  if (bavail * bsize < ROOM_BYTES) throw full(folder)
}

const full = (folder: string): DataFolderError =>
  new DataFolderError(`The disk of the data folder ${folder} is full; make room, or set DATA_DIR to another.`)

interface OpenFiles extends Omit<Files, 'epoch' | 'checkpointed'> {
  readonly roots: { readonly journal: Checksummed; readonly images: Checksummed }
}

function openAll(folder: string): OpenFiles {
  const root = (name: 'journal' | 'images'): RootDatabase<Buffer, Buffer> => open(join(folder, name), { ...DURABLE, ...BINARY })
  const [journal, images] = [root('journal'), root('images')]
  const main = open<string, string>(join(folder, 'main'), { ...DURABLE, maxDbs: 8 })
  type Named = [Checksummed, Checksummed, Checksummed, Checksummed, Checksummed, Checksummed]
  const named = NAMES.map((name) => new Checksummed(checksumName('main', name), main.openDB<Buffer, Buffer>(name, BINARY)))
  const [about, rows, log, ids, sides, records] = named as Named
  const requireSpace = spaceGuard(folder)
  const again = (database: Checksummed, key: Buffer): Promise<unknown> => {
    requireSpace()
    return database.put(key, database.get(key) ?? '')
  }
  const roots = { journal: new Checksummed('journal', journal), images: new Checksummed('images', images) }
  return {
    ...roots,
    roots,
    folder,
    environments: [
      { name: 'journal', root: journal, binary: journal, touch: () => again(roots.journal, STAMP.journal) },
      { name: 'main', root: main, binary: records.raw, touch: () => again(about, EPOCH) },
      { name: 'images', root: images, binary: images, touch: () => again(roots.images, STAMP.images) },
    ],
    main,
    about,
    rows,
    log,
    ids,
    sides,
    records,
    requireSpace,
    tryWriting: async () => again(roots.journal, STAMP.journal),
    close: async () => {
      await Promise.all([journal.close(), main.close(), images.close()])
    },
  }
}

/** Checks that the three environments belong together, and stamps new ones. `main` is stamped last: a start that was interrupted before begins again. */
async function begin(files: ReturnType<typeof openAll>, folder: string): Promise<Files> {
  const { about, roots } = files
  const raw = about.raw.get(FORMAT_KEY)
  const isOld = raw !== undefined && raw.toString() === '2'
  const format = isOld ? 2 : Number(about.get(FORMAT_KEY) ?? FORMAT)
  if (format > FORMAT) {
    throw new DataFolderError(`The data folder ${folder} was written in format ${format}, this build reads ${FORMAT}; start a newer build.`)
  }
  const known = isOld ? about.raw.get(EPOCH) : about.get(EPOCH)
  const epoch = known?.toString() ?? randomUUID().slice(0, 8)
  for (const name of ['journal', 'images'] as const) {
    const stamp = roots[name].raw.get(STAMP[name]) === undefined ? undefined : roots[name].get(STAMP[name])?.toString()
    if (known === undefined && hasEntries(roots[name], stamp)) throw damaged(folder, `main/data.mdb is missing or empty, ${name} is not`)
    if (!isOld && known !== undefined && stamp !== epoch) {
      throw damaged(folder, `${name}/data.mdb is ${stamp === undefined ? 'missing or empty' : 'of another folder'}`)
    }
  }
  if (isOld) await checksumAll(files)
  if (format < FORMAT || known === undefined) await stampAll(files, epoch)
  return { ...files, epoch, checkpointed: Number(about.get(CHECKPOINTED) ?? 0) }
}

/** Whether it has more than the stamp. */
const hasEntries = ({ raw }: Checksummed, stamp: string | undefined): boolean => raw.getKeysCount({}) > (stamp === undefined ? 0 : 1)

async function stampAll({ roots, main, about }: ReturnType<typeof openAll>, epoch: string): Promise<void> {
  await roots.journal.put(STAMP.journal, epoch)
  await roots.images.put(STAMP.images, epoch)
  await main.batch(() => {
    void about.put(EPOCH, epoch)
    void about.put(FORMAT_KEY, String(FORMAT))
  })
}

/**
 * Brings a folder of format 2 to format 3, each environment in one transaction. If an earlier start was interrupted, what it has done shows:
 * new keys in the journal, a stamp in `images`, the format in `main`.
 */
async function checksumAll({ roots: { journal, images }, main, ...named }: ReturnType<typeof openAll>): Promise<void> {
  await journal.batch(() => {
    for (const { key, value } of journal.raw.getRange({})) {
      if (key[0] === 0) continue
      void journal.put(batchKey(bufferToKeyValue(key) as number), value)
      void journal.remove(key)
    }
  })
  await images.batch(() => {
    if (images.raw.get(STAMP.images) !== undefined) return
    for (const { key, value } of images.raw.getRange({})) void images.put(key, value)
    void images.put(STAMP.images, 'sealed')
  })
  await main.batch(() => {
    for (const name of NAMES) for (const { key, value } of named[name].raw.getRange({})) void named[name].put(key, value)
    void named.about.put(FORMAT_KEY, String(FORMAT))
  })
}

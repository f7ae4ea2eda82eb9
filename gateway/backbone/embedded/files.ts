import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bufferToKeyValue, open, type RootDatabase } from 'lmdb'
import { DamagedFolder, DataFolderError } from './folder.ts'
import { damaged, ENVIRONMENTS, checkFolder, checksumName } from './check-folder.ts'
import { batchKey } from './keys-on-disk.ts'
import { spaceGuard } from './disk-space.ts'
import { Checksummed } from './checksummed.ts'

/** Raised when what is written below changes; an older build then refuses the folder instead of misreading it.
 * 2: how a conversation is served, in rows and journal. 3: checksums, and keys of the journal in binary. */
export const FORMAT = 3
const CHECKSUMS_FROM = 3

/**
 * The folder's three LMDB environments. Every entry ends with its checksum (checksummed.ts), and each environment has the folder's `epoch`,
 * so that one that is lost, or another folder's, is noticed.
 *
 * `journal`   batch number (u64) → the packets of one group commit, one a line. Small, always at its end, so a commit
 *             is one put and one flush whatever number of conversations it touches. 0 → the epoch
 * `main`      what the journal was checkpointed into, later and in bulk:
 *   `about`   'epoch', 'format', 'count' (numbers of conversations given out), 'folded' (the newest batch at the last checkpoint)
 *   `rows`    conversation id → its row as JSON
 *   `log`     number of the conversation (u32), seq (u32) → the JSON of this message and of those after it, one a line
 *   `ids`     number of the conversation (u32), hash of sender and client id → seq (u32)
 *   `sides`   side, 0, minute of the last message (u32), number of the conversation (u32) → conversation id
 *   `records` collection, 0, key → value, version and expiry as JSON; not through the journal
 * `images`    id → type, newline, bytes; 'folder' → the epoch; of those that wait to be named 'waits ' and id → its end, 'ends  ', end (u48) and
 *             id → nothing; not through the journal
 */
export interface Files {
  readonly epoch: string
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
  /** Throws while the disk has no room for a commit. */
  requireSpace(): void
  /** Writes what is written already: resolves where there is room again. */
  tryWriting(): Promise<unknown>
  close(): Promise<void>
}

/**
 * Durability: without overlappingSync a write's promise resolves after LMDB's own commit, which has flushed the pages
 * and then the meta page (fdatasync, or a write with O_DSYNC) before it returns. With it, lmdb-js resolves when the
 * data is merely visible and says `flushed` later, and readers could see what a power cut takes away.
 *
 * And no batching by turns of the event loop: lmdb opens those with a promise that nobody is given, and when a commit fails
 * (a full disk) that one rejects unhandled and ends the process. What belongs together is put into one `batch` here.
 */
const DURABLE = { overlappingSync: false, eventTurnBatching: false } as const

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
const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const
export const NAMES = ['about', 'rows', 'log', 'ids', 'sides', 'records'] as const

export async function openFiles(folder: string): Promise<Files> {
  try {
    checkFolder(folder, CHECKSUMS_FROM)
    for (const name of ENVIRONMENTS) prepare(folder, name)
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
    // the system's own no is about the disk and not about what was written on it
    if (typeof code === 'string' && code.startsWith('E')) {
      throw new DataFolderError(`The data folder ${folder} cannot be opened: ${message}; put that right, or set DATA_DIR to another.`)
    }
    throw new DamagedFolder(
      `The data folder ${folder} cannot be opened: ${message}; restore it, set DATA_DIR to another, or start once with --salvage.`,
    )
  }
}

/**
 * LMDB maps its file of locks and would write beyond the end of a full disk: a signal. So it gets one that is there already. Nobody else has the
 * folder, so what stood in it means nothing.
 */
function prepare(folder: string, name: string): void {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  const lock = join(path, 'lock.mdb')
  if (!existsSync(lock) || statSync(lock).size !== LOCK_BYTES) writeFileSync(lock, Buffer.alloc(LOCK_BYTES))
  if (existsSync(join(path, 'data.mdb'))) return
  // where its first pages do not fit, LMDB ends the process
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
  const roots = { journal: new Checksummed('journal', journal), images: new Checksummed('images', images) }
  return {
    ...roots,
    roots,
    main,
    about,
    rows,
    log,
    ids,
    sides,
    records,
    requireSpace,
    tryWriting: async () => {
      requireSpace()
      await roots.journal.put(STAMP.journal, roots.journal.get(STAMP.journal) ?? '')
    },
    close: async () => {
      await Promise.all([journal.close(), main.close(), images.close()])
    },
  }
}

/** Holds the three against each other, and stamps new ones. The one with `epoch` is stamped last: where a start ended before, it begins again. */
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
  if (isOld || known === undefined) await stampAll(files, epoch)
  return { ...files, epoch, checkpointed: Number(about.get(CHECKPOINTED) ?? 0) }
}

/** Anything but the stamp. */
const hasEntries = ({ raw }: Checksummed, stamp: string | undefined): boolean => raw.getKeysCount({}) > (stamp === undefined ? 0 : 1)

async function stampAll({ roots, main, about }: ReturnType<typeof openAll>, epoch: string): Promise<void> {
  await roots.journal.put(STAMP.journal, epoch)
  await roots.images.put(STAMP.images, epoch)
  await main.batch(() => {
    void about.put(EPOCH, epoch)
    void about.put(FORMAT_KEY, String(FORMAT))
  })
}

/** From format 2: each environment in one transaction. What an earlier start checksummed has its new key, its stamp, or `main` has the format. */
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

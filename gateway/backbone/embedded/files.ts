import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { open, type Database, type RootDatabase } from 'lmdb'
import { DataFolderError } from './data-folder-error.ts'

/** Raised when what is written below changes; an older build then refuses the folder instead of misreading it.
 * 2: how a conversation is served, in rows and journal. */
const FORMAT = 2

/**
 * The folder's three LMDB environments.
 *
 * `journal`   batch number → the packets of one group commit, one a line. Small, always at its end, so a commit
 *             is one put and one flush whatever number of conversations it touches.
 * `main`      what the journal was folded into, later and in bulk:
 *   `about`   'epoch', 'format', 'count' (numbers of conversations given out)
 *   `rows`    conversation id → its row as JSON
 *   `log`     number of the conversation (u32), seq (u32) → the JSON of this message and of those after it, one a line
 *   `ids`     number of the conversation (u32), hash of sender and client id → seq (u32)
 *   `sides`   side, 0, minute of the last message (u32), number of the conversation (u32) → conversation id
 *   `records` collection, 0, key → value, version and expiry as JSON; not through the journal
 * `images`    id → type, newline, bytes; not through the journal
 */
export interface Files {
  readonly epoch: string
  readonly journal: Database<Buffer, number>
  readonly main: RootDatabase<string, string>
  readonly about: Database<string, string>
  readonly rows: Database<string, Buffer>
  readonly log: Database<Buffer, Buffer>
  readonly ids: Database<Buffer, Buffer>
  readonly sides: Database<string, Buffer>
  readonly records: Database<string, Buffer>
  readonly images: Database<Buffer, string>
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

export async function openFiles(folder: string): Promise<Files> {
  for (const name of ['journal', 'main', 'images']) mustBeLmdb(join(folder, name, 'data.mdb'))
  try {
    const journal = open<Buffer, number>(join(folder, 'journal'), { ...DURABLE, encoding: 'binary' })
    const main = open<string, string>(join(folder, 'main'), { ...DURABLE, maxDbs: 8 })
    const images = open<Buffer, string>(join(folder, 'images'), { ...DURABLE, encoding: 'binary' })
    const about = main.openDB<string, string>('about', { encoding: 'string' })
    const files: Files = {
      epoch: about.get('epoch') ?? randomUUID().slice(0, 8),
      journal,
      main,
      about,
      rows: main.openDB<string, Buffer>('rows', { encoding: 'string', keyEncoding: 'binary' }),
      log: main.openDB<Buffer, Buffer>('log', { encoding: 'binary', keyEncoding: 'binary' }),
      ids: main.openDB<Buffer, Buffer>('ids', { encoding: 'binary', keyEncoding: 'binary' }),
      sides: main.openDB<string, Buffer>('sides', { encoding: 'string', keyEncoding: 'binary' }),
      records: main.openDB<string, Buffer>('records', { encoding: 'string', keyEncoding: 'binary' }),
      images,
      close: async () => { await Promise.all([journal.close(), main.close(), images.close()]) },
    }
    const format = Number(about.get('format') ?? FORMAT)
    if (format > FORMAT) {
      throw new DataFolderError(
        `The data folder ${folder} was written in format ${format}, this build reads ${FORMAT}; start a newer build.`)
    }
    if (format < FORMAT || about.get('epoch') === undefined) {
      await main.batch(() => {
        void about.put('epoch', files.epoch)
        void about.put('format', String(FORMAT))
      })
    }
    return files
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    const { message } = error as Error
    throw new DataFolderError(`The data folder ${folder} cannot be opened: ${message}; restore it or set DATA_DIR to another.`)
  }
}

/** LMDB's magic number, behind the header of its first page. Anything else crashes the process in lmdb's `open`. */
const MAGIC = { offset: 24, value: 0xbeefc0de }

function mustBeLmdb(path: string): void {
  if (!existsSync(path)) return
  const file = openSync(path, 'r')
  const start = Buffer.alloc(MAGIC.offset + 4)
  const length = readSync(file, start)
  closeSync(file)
  if (length > 0 && start.readUInt32LE(MAGIC.offset) !== MAGIC.value) {
    throw new DataFolderError(`The file ${path} is not of this gateway; restore it or set DATA_DIR to another folder.`)
  }
}

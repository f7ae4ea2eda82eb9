import { join } from 'node:path'
import { open, type RootDatabase, type Transaction } from 'lmdb'
import { checksumName, type CheckedEntry, type ENVIRONMENTS } from './check-folder.ts'
import { isReadable, otherFormat } from './check-data.ts'
import { Checksummed } from './checksummed.ts'
import { BINARY, NAMES } from './files.ts'
import { DataFolderError } from './folder.ts'

type Environment = (typeof ENVIRONMENTS)[number]

/** A folder as it was at one moment, whatever a gateway writes meanwhile. */
export interface Snapshot {
  readonly epoch: string
  /** The entries of one database in the order of their keys, `''` for the only one of `journal` and `images`. Throws at a wrong checksum. */
  entries(environment: Environment, database: string): Iterable<Pick<CheckedEntry, 'key' | 'value'>>
  close(): Promise<void>
}

/** A checkpoint or a record would have to come between two reads so often. */
const ATTEMPTS = 1000

/**
 * Opens a snapshot of a sound folder, from the process of its gateway or any other of the machine: LMDB lets many processes read while one writes. A
 * writer frees no page that a reader may see, so the gateway's files grow while a snapshot is open.
 *
 * The three files are of one moment although each has transactions of its own. What is written goes first into the journal, later into `main`, and
 * only then out of the journal. So `main` is looked at first: if it is still the same once the journal is held, no checkpoint came
 * between, and nothing has left the journal that this `main` lacks. Pictures are written before the messages that name them, so their file is held last.
 */
export function openSnapshot(folder: string): Snapshot {
  const root = (name: Environment): RootDatabase<Buffer, Buffer> => open(join(folder, name), { ...BINARY, readOnly: true, maxDbs: 8 })
  const roots = { main: root('main'), journal: root('journal'), images: root('images') } as const
  const close = async (): Promise<void> => void (await Promise.all(Object.values(roots).map((one) => one.close())))
  try {
    const databases = {
      main: new Map<string, Checksummed>(NAMES.map((name) => [name, new Checksummed(checksumName('main', name), roots.main.openDB(name, BINARY))])),
      journal: new Map([['', new Checksummed('journal', roots.journal)]]),
      images: new Map([['', new Checksummed('images', roots.images)]]),
    }
    const held = holdOneMoment(roots)
    const about = new Map<string, string>()
    for (const { key, value } of databases.main.get('about')!.getRange({ transaction: held.main })) about.set(key.toString(), value.toString())
    const format = Number(about.get('format'))
    if (!isReadable(format)) throw otherFormat(folder, format)
    return {
      epoch: about.get('epoch')!,
      entries: (environment, database) => databases[environment].get(database)!.getRange({ transaction: held[environment] }),
      close: async () => {
        for (const transaction of Object.values(held)) transaction.done()
        await close()
      },
    }
  } catch (error) {
    void close()
    throw error
  }
}

function holdOneMoment(roots: Readonly<Record<Environment, RootDatabase<Buffer, Buffer>>>): Record<Environment, Transaction> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = lastCommit(roots.main)
    const [main, journal] = [roots.main.useReadTransaction(), roots.journal.useReadTransaction()]
    if (lastCommit(roots.main) === before) return { main, journal, images: roots.images.useReadTransaction() }
    main.done()
    journal.done()
  }
  throw new DataFolderError('The gateway writes so much that no moment could be held. Try again, or stop it first.')
}

const lastCommit = (root: RootDatabase<Buffer, Buffer>): number => (root.getStats() as { readonly lastTxnId: number }).lastTxnId

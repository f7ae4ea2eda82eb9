import type { Backbone } from '../backbone.ts'
import { Conversations } from './conversations.ts'
import { EmbeddedImages } from './embedded-images.ts'
import { EmbeddedRecords } from './embedded-records.ts'
import { EmbeddedStore } from './embedded-store.ts'
import { openFiles, type Files } from './files.ts'
import { Checkpoint } from './checkpoint.ts'
import { claimFolder } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import { LocalBus } from './local-bus.ts'
import { replay } from './replay.ts'
import { Wiper } from './wiper.ts'

/** Above so many pending bytes the journal is checkpointed: some 30,000 messages, which a start replays in a fraction of a second. */
const CHECKPOINT_BYTES = 8_388_608

/** How often expired images are deleted. */
const SWEEP_MS = 60_000

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly checkpointBytes?: number
  /** The limit of all images together; 0 = no limit. */
  readonly imagesBytes?: number
  readonly now?: () => number
  /** Called when the disk begins to fail, with the reason as a sentence, when the reason changes, and with undefined when it works again. */
  readonly onHealth?: (problem: string | undefined) => void
}

/**
 * The backbone of one process over a data folder. Rejects with `DataFolderError` where the folder is damaged, in use or cannot be written.
 * A clean end and a kill leave the same folder behind, so every start is the same: it replays the journal.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Backbone> {
  const { dataDir, checkpointBytes = CHECKPOINT_BYTES, imagesBytes = 0, now = Date.now, onHealth = () => undefined } = options
  const claim = await claimFolder(dataDir)
  try {
    const files = await openFiles(claim.path)
    return assemble(files, { checkpointBytes, imagesBytes, now, onHealth, release: () => claim.release() })
  } catch (error) {
    claim.release()
    throw error
  }
}

/**
 * A backbone of its own that is gone with `close`, for a gateway that talks to itself before it serves (warm-up.ts). What waits for a checkpoint is in
 * memory anyway; the files below it take everything and have nothing, so reads find what no checkpoint has moved.
 */
export function openInMemory(): Backbone {
  const done = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, true))
  const none = (): undefined => undefined
  const batch = (run: () => void): Promise<boolean> => (run(), done())
  const nothing = { get: none, look: none, put: done, putInPlace: done, remove: done, getRange: () => [], batch }
  const databases = {
    journal: nothing,
    main: nothing,
    about: nothing,
    rows: nothing,
    log: nothing,
    ids: nothing,
    sides: nothing,
    records: nothing,
    images: nothing,
  }
  const files = {
    epoch: 'memory',
    checkpointed: 0,
    folder: '',
    environments: [],
    ...databases,
    requireSpace: none,
    tryWriting: done,
    close: done,
  } as unknown as Files
  return assemble(files, { checkpointBytes: Infinity, imagesBytes: 0, now: Date.now, onHealth: none, release: none })
}

type AssembleOptions = Required<Omit<EmbeddedOptions, 'dataDir'>> & { readonly release: () => void }

function assemble(files: Files, { checkpointBytes, imagesBytes, now, onHealth, release }: AssembleOptions): Backbone {
  const conversations = new Conversations(files)
  const { oldest, newest } = replay(files, conversations)
  const checkpoint = new Checkpoint(files, conversations, { limitBytes: checkpointBytes, oldest, newest })
  const bus = new LocalBus()
  const commit = new GroupCommit(files, newest, { settled: (batch) => checkpoint.settled(batch), onHealth })
  const wiper = new Wiper({ files, commit, checkpoint })
  const store = new EmbeddedStore({ noteErasing: () => wiper.note(), conversations, commit, checkpoint, bus })
  const records = new EmbeddedRecords(files)
  const images = new EmbeddedImages(files, { now, limitBytes: imagesBytes })
  let isClosed = false
  // a full disk, or a close before it is done: the next start or erasure does it
  if (wiper.isUnfinished) void wiper.scrub().catch(() => undefined)
  return {
    store,
    records,
    images,
    bus,
    now,
    jobs: [{ name: 'imagesSweep', everyMs: SWEEP_MS, run: () => images.sweep() }],
    scrub: async () => {
      await images.sweep()
      await wiper.scrub()
    },
    unready: () => (isClosed ? 'The store is closed.' : commit.problem),
    close: async () => {
      if (isClosed) return
      isClosed = true
      store.close()
      images.close()
      await wiper.close()
      await commit.close()
      await checkpoint.stop()
      await records.close()
      bus.close()
      await files.close()
      release()
    },
  }
}

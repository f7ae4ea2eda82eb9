import type { Backbone } from '../backbone.ts'
import { Conversations } from './conversations.ts'
import { EmbeddedImages } from './embedded-images.ts'
import { EmbeddedRecords } from './embedded-records.ts'
import { EmbeddedStore } from './embedded-store.ts'
import { openFiles } from './files.ts'
import { Checkpoint } from './checkpoint.ts'
import { claimFolder } from './folder.ts'
import { GroupCommit } from './group-commit.ts'
import { LocalBus } from './local-bus.ts'
import { replay } from './replay.ts'

/** Pending bytes above which the journal is checkpointed: some 30,000 messages, read again in a fraction of a second at a start. */
const CHECKPOINT_BYTES = 8_388_608

/** How often images that waited too long are taken away. */
const SWEEP_MS = 60_000

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly checkpointBytes?: number
  /** What all images may take together; 0 = no limit. */
  readonly imagesBytes?: number
  readonly now?: () => number
  /** Why nothing can be written, in words, and again when that changes; undefined: it can again. */
  readonly onHealth?: (problem: string | undefined) => void
}

/**
 * The backbone of one process over a data folder. Throws `DataFolderError` where the folder cannot be written or is
 * in use. A clean end and a kill leave the same folder behind; there is one way to start, and it is always taken.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Backbone> {
  const { dataDir, checkpointBytes = CHECKPOINT_BYTES, imagesBytes = 0, now = Date.now, onHealth = () => undefined } = options
  const claim = await claimFolder(dataDir)
  try {
    const files = await openFiles(claim.path)
    const conversations = new Conversations(files)
    const { oldest, newest } = replay(files, conversations)
    const checkpoint = new Checkpoint(files, conversations, { limitBytes: checkpointBytes, oldest, newest })
    const bus = new LocalBus()
    const commit = new GroupCommit(files, newest, { settled: (batch) => checkpoint.settled(batch), onHealth })
    const store = new EmbeddedStore({ epoch: files.epoch, conversations, commit, checkpoint, bus })
    const records = new EmbeddedRecords(files)
    const images = new EmbeddedImages(files, { now, limitBytes: imagesBytes })
    let isClosed = false
    return {
      store,
      records,
      images,
      bus,
      now,
      jobs: [{ name: 'imagesSweep', everyMs: SWEEP_MS, run: () => images.sweep() }],
      unready: () => (isClosed ? 'The store is closed.' : commit.problem),
      close: async () => {
        if (isClosed) return
        isClosed = true
        store.close()
        images.close()
        await commit.close()
        await checkpoint.stop()
        await records.close()
        bus.close()
        await files.close()
        claim.release()
      },
    }
  } catch (error) {
    claim.release()
    throw error
  }
}

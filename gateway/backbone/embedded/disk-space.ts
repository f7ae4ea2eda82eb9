import { statfsSync } from 'node:fs'

const CHECK_EVERY_MS = 200
/** More than is written between two looks. */
const SPARE_BYTES = 16_777_216

/**
 * Throws while the disk has next to no room, before LMDB finds out: a commit that it cannot finish may leave its memory damaged
 * (seen with lmdb 3.5.6 on a full tmpfs: the process ends later with "corrupted size").
 */
export function spaceGuard(folder: string): () => void {
  let lookedAt = -Infinity
  let isFull = false
  return () => {
    const now = performance.now()
    if (now - lookedAt >= CHECK_EVERY_MS) {
      const { bavail, bsize } = statfsSync(folder)
      isFull = bavail * bsize < SPARE_BYTES
      lookedAt = now
    }
    if (isFull) throw new Error('No space left on device')
  }
}

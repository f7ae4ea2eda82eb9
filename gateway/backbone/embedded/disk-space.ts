import { statfsSync } from 'node:fs'

const CHECK_EVERY_MS = 200
/** More than the gateway writes between two checks. */
const SPARE_BYTES = 16_777_216

/**
 * Returns a function that throws while the disk is nearly full. LMDB must not find out by itself: a commit that it cannot finish may
 * damage its memory (seen with lmdb 3.5.6 on a full tmpfs: the process ends later with "corrupted size").
 */
export function spaceGuard(folder: string): () => void {
  let checkedAt = -Infinity
  let isFull = false
  return () => {
    const now = performance.now()
    if (now - checkedAt >= CHECK_EVERY_MS) {
      const { bavail, bsize } = statfsSync(folder)
      isFull = bavail * bsize < SPARE_BYTES
      checkedAt = now
    }
    if (isFull) throw new Error('No space left on device')
  }
}

import { randomFillSync } from 'node:crypto'

const ID_BYTES = 15
/** Random bytes for many ids: asking the system costs several times what everything else about an id does. None is used twice. */
const pool = Buffer.alloc(ID_BYTES * 256)
let used = pool.length

/** 120 random bits, as 20 characters that need no encoding in an address or a header. */
export function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString('base64url', used, used + ID_BYTES)
  pool.fill(0, used, (used += ID_BYTES))
  return id
}

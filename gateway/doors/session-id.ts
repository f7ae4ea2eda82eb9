import { randomFillSync } from 'node:crypto'

const ID_BYTES = 15
/** Random bytes for many ids: asking the system costs several times what everything else about an id does. None is used twice. */
const pool = Buffer.alloc(ID_BYTES * 256)
let used = pool.length

/** A session's id: the node's tag, a dot, 15 random bytes. A proxy in front reads the tag from `sid` and needs no sticky cookie. */
export function newSessionId(tag: string): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString('base64url', used, used + ID_BYTES)
  pool.fill(0, used, (used += ID_BYTES))
  return `${tag}.${id}`
}

import type { Redis } from 'ioredis'
import { formatKey } from './keys.ts'

/**
 * What the data look like: a head, a list and a hash for each conversation (keys.ts). Each server says so under one key.
 * The gateways before had a hash there, written by their probe: they do not become ready beside this one, nor this one beside them.
 */
export const FORMAT = '2'
/** What a move into the database writes there until everything has arrived, and behind it a name of its own. */
export const MOVING = 'moving '
const OLD_KEYS = 'im:{c:*'
const SCAN_COUNT = '1000'
const REMEDY = 'Stop the older gateways and give REDIS_URL an empty database; docs/redis.md, “Another format”, says how'

/**
 * Why this gateway must not write to the server, as a sentence. Until the first probe (probe.ts) has said which format the data have, all keys are
 * looked through.
 */
export async function formatProblem(redis: Redis, tag: string): Promise<string | undefined> {
  const key = formatKey(tag)
  const found = await redis.get(key).catch((error: Error) => error)
  if (found === FORMAT) return undefined
  if (typeof found === 'string' && found.startsWith(MOVING)) {
    return 'a move into this database has not finished. Wait for its end, or start it once more: `move` begins again'
  }
  if (typeof found === 'string') return `the data have format ${found}, which this im-chat does not know; it writes format ${FORMAT}`
  if (found instanceof Error) {
    // any other error is the probe's to report
    return found.message.startsWith('WRONGTYPE') ? `an older im-chat uses this database, and the two cannot share it. ${REMEDY}` : undefined
  }
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.scan(cursor, 'MATCH', OLD_KEYS, 'COUNT', SCAN_COUNT)
    if (keys.length > 0) return `the database has conversations of an older im-chat, in another format. ${REMEDY}`
    if (next === '0') return undefined
    cursor = next
  }
}

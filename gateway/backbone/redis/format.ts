import type { Redis } from 'ioredis'
import { formatKey, keysOf } from './keys.ts'

/**
 * What the data look like: a head, a list and a hash for each conversation (keys.ts), and how gateways tell each other of them. Each server says so under
 * one key. The gateways before 2 had a hash there, written by their probe. Gateways of two formats do not become ready beside each other.
 */
export const FORMAT = '3'
/** The same data, but its gateways publish on a channel for each conversation, which those of today do not hear, and know no inboxes. */
const SAME_DATA = '2'
/** To which every gateway of that format subscribes for its probe. */
const probeChannelBefore = (tag: string): string => `ImConv:{${tag}}`
/** What a move into the database writes there until everything has arrived, and behind it a name of its own. */
export const MOVING = 'moving '
const OLD_KEYS = 'im:{c:*'
const REMEDY = 'Stop the older gateways and give REDIS_URL an empty database; docs/redis.md, “Another format”, says how'

/**
 * Why this gateway must not write to the server, as a sentence. Until the first probe (probe.ts) has said which format the data have, all keys are
 * looked through.
 */
export async function formatProblem(redis: Redis, tag: string, isCluster: boolean): Promise<string | undefined> {
  const key = formatKey(tag)
  const found = await redis.get(key).catch((error: Error) => error)
  if (found === FORMAT) return undefined
  if (found === SAME_DATA) {
    const [, count] = (await redis.call('PUBSUB', isCluster ? 'SHARDNUMSUB' : 'NUMSUB', probeChannelBefore(tag))) as [string, number]
    return count === 0
      ? undefined
      : 'an older im-chat is at work in this database, and the two do not hear each other. Stop the older gateways; this one then begins by itself'
  }
  if (typeof found === 'string' && found.startsWith(MOVING)) {
    return 'a move into this database has not finished. Wait for its end, or start it once more: `move` begins again'
  }
  if (typeof found === 'string') return `the data have format ${found}, which this im-chat does not know; it writes format ${FORMAT}`
  if (found instanceof Error) {
    // any other error is the probe's to report
    return found.message.startsWith('WRONGTYPE') ? `an older im-chat uses this database, and the two cannot share it. ${REMEDY}` : undefined
  }
  for await (const keys of keysOf(redis, OLD_KEYS)) {
    if (keys.length > 0) return `the database has conversations of an older im-chat, in another format. ${REMEDY}`
  }
  return undefined
}

/** To be called before anything is written into a database of which there is no `formatProblem`: gateways of the format before stay away from now on. */
export async function takeOver(redis: Redis, tag: string): Promise<void> {
  if ((await redis.get(formatKey(tag))) === SAME_DATA) await redis.set(formatKey(tag), FORMAT)
}

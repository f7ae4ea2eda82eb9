import type { Redis } from 'ioredis'
import { conversationTag } from '../../protocol/keys.ts'

/** Every key of ours begins so, and only ours. */
const KEY_START = 'im:'
export const OUR_KEYS = `${KEY_START}*`

/**
 * Every Redis key of ours is spelled here and nowhere else. A conversation's keys share the hash tag of its channel, which it shares with one in
 * 64 of all others: in a Cluster they live in one slot with the channel, so that writes of several conversations go in one call; on a ring they
 * live on the server that the channel's name picks.
 * Channels are spelled in gateway/protocol/keys.ts, because backends use them too.
 */
export interface ConversationKeys {
  /** String: what an append compares, see log-head.ts. */
  readonly head: string
  /** List: the entries, each a stamp (see log-head.ts) and the JSON from the seq on. The newest is the head's. */
  readonly log: string
  /** Hash: cursors, names, assignment. */
  readonly meta: string
}

export function conversationKeys(conversation: string): ConversationKeys {
  const tag = `{${conversationTag(conversation)}}`
  return { head: `im:${tag}:head:${conversation}`, log: `im:${tag}:log:${conversation}`, meta: `im:${tag}:meta:${conversation}` }
}

/** Sorted set: a side's conversations by the second of their last message, see list-seconds.ts. An index; the logs are the truth. */
export const listKey = (side: string): string => `im:list:${side}`

/** Hash: a collection of records, item by item. */
export const recordsKey = (collection: string): string => `im:records:${collection}`

/** String: one image, see images.ts. */
export const imageKey = (id: string): string => `im:image:${id}`

/** String: which format the server's data have, see format.ts. */
export const formatKey = (tag: string): string => `im:{${tag}}`

/** How the keys of a place begin (ring.ts). `name`: a server's number in its ring, or a hash tag in braces. */
export const placeStart = (name: string): string => `${KEY_START}${name}:`

/**
 * String: the nodes that subscribe to a channel, separated by spaces, see routes.ts. `start`: how the keys of its place begin (ring.ts). Scripts take
 * the start from it, so it must be followed by `at:`.
 */
export const routeKey = (start: string, channel: string): string => `${start}at:${channel}`

/** String: how many publishes have gone to a node's inbox at this place, see inboxes.ts. inbox.lua spells it as well. */
export const inboxKey = (start: string, node: string): string => `${start}in:${node}`

/** The channel of a node's inbox at this place, in the slot of its key. inbox.lua spells it as well. */
export const inboxChannel = (start: string, node: string): string => `ImInbox:${start.slice(KEY_START.length)}${node}`

/** Hash: what a probe writes. */
export const probeKey = (tag: string): string => `im:{${tag}}:probe`

/** How a key of a conversation's head begins; the conversation follows. */
const HEAD = /^im:\{c\d+\}:head:/

/** The conversation whose head a key is. */
export const conversationOfHead = (key: string): string | undefined => (HEAD.test(key) ? key.replace(HEAD, '') : undefined)

/** Hash tags tried to find one for a given server of a Cluster: of n masters, about every n-th is its own. */
const TAG_COUNT = 1000

/** The tag of what belongs to one server of a Cluster. `isOwn`: whether the server has a key with this hash tag. */
export function tagWhere(isOwn: (key: string) => boolean): string | undefined {
  for (let n = 0; n < TAG_COUNT; n++) if (isOwn(`{im-probe-${n}}`)) return `im-probe-${n}`
  return undefined
}

/** The same where servers are not a Cluster. */
export const PROBE_TAG = 'im-probe'

/** All keys that match, in portions; a key may come twice. */
export const keysOf = (redis: Redis, match: string): AsyncIterable<readonly string[]> => redis.scanStream({ match, count: 1000 })

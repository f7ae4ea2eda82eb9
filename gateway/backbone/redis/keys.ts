/**
 * Every Redis key of ours is spelled here and nowhere else. A conversation's keys share its channel's hash tag `{c:<id>}`:
 * in a Cluster they live in one slot with the channel, on a ring on the server that the channel's name picks.
 * Channels are spelled in gateway/protocol/keys.ts, because backends use them too.
 */
export interface ConversationKeys {
  /** Hash: epoch, head, cursors, names. */
  readonly meta: string
  /** Stream: the entries. */
  readonly log: string
  /** String: a four-byte hash of each of the last client ids. */
  readonly window: string
}

export function conversationKeys(conversation: string): ConversationKeys {
  const tag = `{c:${conversation}}`
  return { meta: `im:${tag}:meta`, log: `im:${tag}:log`, window: `im:${tag}:window` }
}

/** Sorted set: a side's conversations by the time of their last message. An index; the logs are the truth. */
export const listKey = (side: string): string => `im:list:${side}`

/** Hash: a collection of records, item by item. */
export const recordsKey = (collection: string): string => `im:records:${collection}`

/** String: one image, see images.ts. */
export const imageKey = (id: string): string => `im:image:${id}`

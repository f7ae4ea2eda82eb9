/**
 * Every Redis key of ours, spelled here and nowhere else. A conversation's keys share its channel's hash tag `{c:<id>}`:
 * in a Cluster they live in one slot with the channel, on a ring on the server that the channel's name picks.
 * Channels are spelled in gateway/protocol/keys.ts, because a backend spells them too.
 */
export interface ConversationKeys {
  /** Hash: epoch, head, cursors, names. */
  readonly meta: string
  /** Stream: the entries. */
  readonly log: string
  /** String: four bytes for each of the last client ids. */
  readonly window: string
}

export function conversationKeys(conversation: string): ConversationKeys {
  const tag = `{c:${conversation}}`
  return { meta: `im:${tag}:meta`, log: `im:${tag}:log`, window: `im:${tag}:window` }
}

/** Sorted set: the conversations of a side by the time of their last message. An index; the logs are the truth. */
export const listKey = (side: string): string => `im:list:${side}`

/** Hash: a collection of records, item by item. */
export const recordsKey = (collection: string): string => `im:records:${collection}`

/** String: one image, see images.ts. */
export const imageKey = (id: string): string => `im:image:${id}`

/**
 * Names that several programs must form alike: participants, conversations, channels, and the rule by which a PHP backend and this gateway
 * choose the same Redis server. Real PHP made the examples in `test/protocol/key-vectors.json`.
 */
import { createHash } from 'node:crypto'

/** Separates the two sides in a conversation's id; therefore not allowed inside an id. */
const SIDE_SEPARATOR = '~'
export const SHOP_PREFIX = 'shop:'

/** 1..64 code units; no control characters, white space, `~` (side separator), `{` `}` (Redis hash tags). */
const ID = /^[^\s~{}\p{C}]{1,64}$/u

/** Names that every JavaScript object has, like `constructor`: a look-up by one finds a value that nobody stored. */
export const isTakenName = (value: string): boolean => value in Object.prototype

export const isId = (value: string): boolean => ID.test(value) && !isTakenName(value)

/** Participant id = source prefix + own id, as in the original's `(sourceid or '') + fromid`. */
export const participantId = (src: string | undefined, sub: string): string => (src ?? '') + sub

/** The target of a transfer to any agent; therefore no agent may have this id. */
export const QUEUE = 'queue'

/** The id of a visitor without a login: `guest-` and a random UUID. */
const GUEST_ID = /^guest-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const GUEST_ID_LENGTH = 42

export const guestId = (uuid: string): string => `guest-${uuid}`

export const isGuestId = (participant: string): boolean => participant.length === GUEST_ID_LENGTH && GUEST_ID.test(participant)

export const shopSide = (shop: string): string => SHOP_PREFIX + shop

export const isShopSide = (side: string): boolean => side.startsWith(SHOP_PREFIX)

/**
 * The id of the one conversation between two sides; a side is a participant id or `shop:<id>`.
 * It is formed from the sides alone, in a fixed order (a shop first, else by code unit), so opening a conversation needs no look-up.
 */
export function conversationId(a: string, b: string): string {
  const shopFirst = isShopSide(a) !== isShopSide(b) ? isShopSide(a) : a < b
  return shopFirst ? a + SIDE_SEPARATOR + b : b + SIDE_SEPARATOR + a
}

/** Whether it is a participant's id, or a shop's side with an id. */
export const isSide = (side: string): boolean => isId(side) && side !== SHOP_PREFIX

/** The two sides of a conversation; undefined where `conversationId` does not make such an id, and of two shops, which have none. */
export function conversationSides(id: string): readonly [string, string] | undefined {
  const at = id.indexOf(SIDE_SEPARATOR)
  if (at < 0) return undefined
  const a = id.slice(0, at)
  const b = id.slice(at + 1)
  if (isShopSide(a) && isShopSide(b)) return undefined
  return a !== b && isSide(a) && isSide(b) && conversationId(a, b) === id ? [a, b] : undefined
}

/** The same of an id that this gateway has written, unchecked. */
export function sidesOf(conversation: string): readonly [string, string] {
  const at = conversation.indexOf(SIDE_SEPARATOR)
  return [conversation.slice(0, at), conversation.slice(at + 1)]
}

/** What tells one conversation from another and does not say whose it is. */
export const conversationHash = (conversation: string): string => createHash('sha256').update(conversation).digest('base64url')

const TAG_COUNT = 64

/** All that `conversationTag` gives, by their numbers. */
export const conversationTags = (): string[] => Array.from({ length: TAG_COUNT }, (_, number) => `c${number}`)

/** One of 64 tags: conversations of one tag live in one slot of a Redis Cluster, so that messages of several go in one call. */
export function conversationTag(conversation: string): string {
  let state = 0x811c9dc5
  for (let i = 0; i < conversation.length; i++) state = Math.imul(state ^ conversation.charCodeAt(i), 0x01000193)
  return `c${((state >>> 24) ^ (state & 0xff)) % TAG_COUNT}`
}

/** What picks the Redis server and the slot of a conversation. Until format 3 it was the name of a channel, and what it picks must not change. */
export const conversationChannel = (conversation: string): string => `ImConv:{${conversationTag(conversation)}}:${conversation}`

/** The original's `getKey(key, userData)`. */
export const backendKey = (key: string, src: string | undefined, sub: string): string => `${key}:${participantId(src, sub)}`

const USER_CHANNEL = 'ImMsgPub:'

/** A user's own channel: window sync, and the notices that a PHP backend publishes under the same name. */
export const userChannel = (participant: string): string => USER_CHANNEL + participant

/**
 * Identifies an agent inside the gateway: the shop's side and the agent's id. A customer, or an agent of another shop, may have the same id. No
 * side of a conversation contains a `~`.
 */
export const agentKey = (shop: string, agent: string): string => shop + SIDE_SEPARATOR + agent

/** Identifies a participant among all that have the same id. */
export const participantKey = ({ id, side }: { readonly id: string; readonly side: string }): string => (id === side ? id : agentKey(side, id))

/** The channel of one agent's windows, from its `agentKey`. */
const agentChannel = (key: string): string => `ImAgentPub:${key.slice(SHOP_PREFIX.length)}`

/** The channel of a side, or of one agent (`agentKey`), for whatever does not belong to one conversation. */
export const ownChannel = (key: string): string => (key.includes(SIDE_SEPARATOR) ? agentChannel(key) : sideChannel(key))

const SIDE_CHANNEL = 'ImSide:'

/** The channel of a side: whatever is published in one of its conversations, and pushes for all its sessions. */
export const sideChannel = (side: string): string => SIDE_CHANNEL + side

/** The side of a `sideChannel`; undefined for any other channel. */
export const sideOfChannel = (channel: string): string | undefined =>
  channel.startsWith(SIDE_CHANNEL) ? channel.slice(SIDE_CHANNEL.length) : undefined

const SHOP_CHANNEL = 'ImShopPub:'

/** The channel on which backends hear what concerns a side. */
export const backendChannel = (side: string): string => (isShopSide(side) ? SHOP_CHANNEL + side.slice(SHOP_PREFIX.length) : userChannel(side))

/** Backends publish or subscribe there, so in Redis it is a channel of this name. All others are the gateways' own. */
export const isBackendChannel = (channel: string): boolean => channel.startsWith(USER_CHANNEL) || channel.startsWith(SHOP_CHANNEL)

/** The channel that tells subscribers to read a side's presence again. */
export const presenceChannel = (side: string): string => `ImPresence:${side}`

/** Where nodes tell the one that delivers webhooks which conversations have changed: a JSON array of their ids. */
export const WEBHOOK_CHANNEL = 'ImWebhooks'

/** The original's `getNo(key, num)`: which of `count` static Redis servers has `key`. */
export function shardNumber(key: string, count: number): number {
  return createHash('md5').update(key, 'utf8').digest()[0]! % count
}

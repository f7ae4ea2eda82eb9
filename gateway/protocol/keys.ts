/**
 * Names that more than one machine must spell alike: participants, conversations, channels, and the rule by which
 * a PHP backend and this gateway pick the same Redis server. `test/protocol/key-vectors.json` is made by real php.
 */
import { createHash } from 'node:crypto'

/** Separates the two sides in a conversation's id; therefore not allowed inside an id. */
const SIDE_SEPARATOR = '~'
export const SHOP_PREFIX = 'shop:'

/** 1..64 code units; no control characters, white space, `~` (side separator), `{` `}` (Redis hash tags). */
const ID = /^[^\s~{}\p{C}]{1,64}$/u

/** Names that every JavaScript object has: looked up in one, they would find something that nobody stored. */
export const isTakenName = (value: string): boolean => value in Object.prototype

export const isId = (value: string): boolean => ID.test(value) && !isTakenName(value)

/** Participant id = source prefix + own id, as in the original's `(sourceid or '') + fromid`. */
export const participantId = (src: string | undefined, sub: string): string => (src ?? '') + sub

/** Where a transfer goes that is for no colleague but for whoever has room; therefore no agent's id. */
export const QUEUE = 'queue'

/** A visitor without a login: `guest-` and a UUID that this gateway made up. */
const GUEST_ID = /^guest-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const guestId = (uuid: string): string => `guest-${uuid}`

export const isGuestId = (participant: string): boolean => GUEST_ID.test(participant)

export const shopSide = (shop: string): string => SHOP_PREFIX + shop

export const isShopSide = (side: string): boolean => side.startsWith(SHOP_PREFIX)

/**
 * The id of the one conversation that two sides have; a side is a participant id or `shop:<id>`.
 * Made from its sides alone, in a fixed order (a shop first, else by code unit), so opening needs no look-up.
 */
export function conversationId(a: string, b: string): string {
  const shopFirst = isShopSide(a) !== isShopSide(b) ? isShopSide(a) : a < b
  return shopFirst ? a + SIDE_SEPARATOR + b : b + SIDE_SEPARATOR + a
}

/** The two sides of a conversation, or undefined where `id` is not one that `conversationId` makes. */
export function conversationSides(id: string): readonly [string, string] | undefined {
  const at = id.indexOf(SIDE_SEPARATOR)
  if (at < 0) return undefined
  const a = id.slice(0, at)
  const b = id.slice(at + 1)
  return a !== b && isId(a) && isId(b) && conversationId(a, b) === id ? [a, b] : undefined
}

/** The channel that carries one conversation's messages and cursors; in Redis Cluster it lives in the log's slot. */
export const conversationChannel = (conversation: string): string => `ImConv:{c:${conversation}}`

/** The original's `getKey(key, userData)`. */
export const backendKey = (key: string, src: string | undefined, sub: string): string => `${key}:${participantId(src, sub)}`

/** A user's own channel: window sync, invitations, notices of a backend. A PHP publisher uses the same name. */
export const userChannel = (participant: string): string => `ImMsgPub:${participant}`

/**
 * Whose windows an agent's are. Somebody else may have the same id as a customer, or as an agent of another shop, so inside the
 * gateway an agent is its shop's side and its own id; no side of a conversation has a `~` in it.
 */
export const agentKey = (shop: string, agent: string): string => shop + SIDE_SEPARATOR + agent

/** One participant, apart from all others that have the same id. */
export const participantKey = ({ id, side }: { readonly id: string; readonly side: string }): string => (id === side ? id : agentKey(side, id))

/** What this gateway tells the windows of one agent, told by `agentKey`. */
const agentChannel = (key: string): string => `ImAgentPub:${key.slice(SHOP_PREFIX.length)}`

/** The channel of everything about a side, or about one agent (`agentKey`), that is not one conversation's. */
export function ownChannel(key: string): string {
  if (!isShopSide(key)) return userChannel(key)
  return key.includes(SIDE_SEPARATOR) ? agentChannel(key) : shopChannel(key.slice(SHOP_PREFIX.length))
}

/** A shop's channel: new conversations, and pushes for all its agents. */
export const shopChannel = (shop: string): string => `ImShopPub:${shop}`

/** Says that who is present for a side may have changed: whoever watches it looks again. */
export const presenceChannel = (side: string): string => `ImPresence:${side}`

/** The original's `getNo(key, num)`: which of `count` static Redis servers holds `key`. */
export function shardNumber(key: string, count: number): number {
  return createHash('md5').update(key, 'utf8').digest()[0]! % count
}

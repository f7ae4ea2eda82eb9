/**
 * Reads what is published on a user's channel: JSON objects with a `type`, published by a node of ours, by a node of the original
 * gateway or by a backend. A backend's own type becomes a notice. An unreadable message is pushed to nobody; the log says why.
 */
import { AGENT_MARK, CUSTOMER_MARK } from '../domain/presence/focus.ts'
import { freeFormFault } from '../protocol/free-form.ts'
import { isId, isShopSide, SHOP_PREFIX } from '../protocol/keys.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { PushData } from '../protocol/pushes.ts'
import { encodePush, type EncodedPacket } from './encoded-packet.ts'
import type { Peer } from './peer.ts'

/** Whose window published it; absent: a backend, or a node of the original gateway. */
type By = 'customer' | 'agent' | undefined

export type SideMessage =
  | { readonly type: 'focus'; readonly toid: string; readonly socketid: string; readonly by: By }
  /** Meant for backends; windows get `withdrawPush` instead. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'notice'; readonly data: PushData<'noticePush'> }
  | { readonly type: 'unreadable'; readonly reason: string }

const SOCKET_ID_LENGTH = 128

export function readSideMessage(encoded: EncodedPacket): SideMessage {
  if (encoded.bytes.length > LIMITS.packetBytes) return unreadable(`it is larger than ${LIMITS.packetBytes} bytes`)
  const { text } = encoded
  const json = parseObject(text)
  if (json === undefined) return unreadable('it is not a JSON object')
  if (typeof json.type !== 'string') return unreadable('its type is not a string')
  const fault = freeFormFault(json, { depth: LIMITS.bodyDepth, count: LIMITS.packetCount })
  if (fault !== undefined) return unreadable(fault === 'depth' ? 'it nests too deep' : 'it has too many parts')
  if (json.type === 'withdrawn') return { type: 'withdrawn' }
  if (json.type === 'syncChangeUser')
    return readFocus(json, text.endsWith(AGENT_MARK) ? 'agent' : text.endsWith(CUSTOMER_MARK) ? 'customer' : undefined)
  return { type: 'notice', data: json as PushData<'noticePush'> }
}

/**
 * Tells the windows of one side which conversation partner is selected now. Skips a partner with whom the side cannot talk (itself, or a shop
 * with a shop): that message is meant for somebody else with the same id.
 */
export function pushFocus(peers: Iterable<Peer>, { toid, socketid }: Extract<SideMessage, { type: 'focus' }>): void {
  for (const peer of peers) {
    if (toid === peer.identity.side || (isShopSide(toid) && isShopSide(peer.identity.side))) continue
    peer.push(peer.sid === socketid ? encodePush('changeUserPush', { toid }) : encodePush('syncChangeUserPush', { toid, socketid }))
  }
}

/** A backend may write an id as a number. */
function readFocus({ uid, socketid }: Record<string, unknown>, by: By): SideMessage {
  const toid = Number.isSafeInteger(uid) ? String(uid) : uid
  if (typeof toid !== 'string' || !isId(toid) || toid === SHOP_PREFIX) return unreadable('the uid of syncChangeUser is not an id')
  return { type: 'focus', toid, socketid: asText(socketid), by }
}

const unreadable = (reason: string): SideMessage => ({ type: 'unreadable', reason })

const asText = (value: unknown): string => (typeof value === 'string' && value.length <= SOCKET_ID_LENGTH ? value : '')

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

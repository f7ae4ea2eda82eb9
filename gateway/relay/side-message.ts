/**
 * Reads what is published on a person's own channel: JSON objects with a `type`, by this gateway, a node of the original or a backend.
 * A backend's own types become notices. What cannot be read is nobody's to hear, and the operator is told why.
 */
import type { Invitation } from '../domain/messaging/conversations.ts'
import { AGENTS, CUSTOMERS } from '../domain/presence/focus.ts'
import { freeFormFault } from '../protocol/free-form.ts'
import { isId, isShopSide, SHOP_PREFIX } from '../protocol/keys.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { PushData } from '../protocol/pushes.ts'
import type { EncodedPacket } from './encoded-packet.ts'
import { pushPacket, type Peer } from './peer.ts'

/** Who published it: a window of ours, of that role, or (absent) a backend or a node of the original. */
type By = 'customer' | 'agent' | undefined

export type SideMessage =
  | { readonly type: 'invite'; readonly invitation: Invitation }
  | { readonly type: 'focus'; readonly toid: string; readonly socketid: string; readonly by: By }
  | { readonly type: 'notice'; readonly data: PushData<'noticePush'> }
  | { readonly type: 'unreadable'; readonly reason: string }

const SOCKET_ID_LENGTH = 128

export function readSideMessage(encoded: EncodedPacket): SideMessage {
  if (encoded.bytes.length > LIMITS.packetBytes) return unreadable(`larger than ${LIMITS.packetBytes} bytes`)
  const { text } = encoded
  const json = parseObject(text)
  if (json === undefined) return unreadable('not a JSON object')
  if (typeof json.type !== 'string') return unreadable('type is not a text')
  const fault = freeFormFault(json, { depth: LIMITS.bodyDepth, count: LIMITS.packetCount })
  if (fault !== undefined) return unreadable(fault === 'depth' ? 'nested too deep' : 'of too many parts')
  if (json.type === 'invite') return readInvitation(json)
  if (json.type === 'syncChangeUser') return readFocus(json, text.endsWith(AGENTS) ? 'agent' : text.endsWith(CUSTOMERS) ? 'customer' : undefined)
  return { type: 'notice', data: json as PushData<'noticePush'> }
}

/** To the windows of one side. A partner that this side cannot have is another's of the same id: nothing to do here. */
export function showFocus(peers: Iterable<Peer>, { toid, socketid }: Extract<SideMessage, { type: 'focus' }>): void {
  for (const peer of peers) {
    if (toid === peer.identity.side || (isShopSide(toid) && isShopSide(peer.identity.side))) continue
    peer.push(peer.sid === socketid ? pushPacket('changeUserPush', { toid }) : pushPacket('syncChangeUserPush', { toid, socketid }))
  }
}

function readInvitation({ conversation, seq, socketid }: Record<string, unknown>): SideMessage {
  if (typeof conversation !== 'string' || typeof seq !== 'number') return unreadable('an invite is the gateway\'s own')
  return { type: 'invite', invitation: { type: 'invite', conversation, seq, socketid: asText(socketid) } }
}

/** A backend's ids may be numbers. */
function readFocus({ uid, socketid }: Record<string, unknown>, by: By): SideMessage {
  const toid = Number.isSafeInteger(uid) ? String(uid) : uid
  if (typeof toid !== 'string' || !isId(toid) || toid === SHOP_PREFIX) return unreadable('uid of syncChangeUser is not an id')
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

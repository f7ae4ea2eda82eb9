/**
 * Reads what is published on a side's own channel: JSON objects with a `type`, by this gateway or by a backend.
 * A backend's own types become notices; what is no such JSON is nothing.
 */
import type { Invitation } from '../domain/conversations.ts'
import type { PushData } from '../protocol/pushes.ts'

export type Notice =
  | { readonly type: 'invite'; readonly invitation: Invitation }
  | { readonly type: 'focus'; readonly toid: string; readonly socketid: string }
  | { readonly type: 'notice'; readonly data: PushData<'noticePush'> }

export function readNotice(text: string): Notice | undefined {
  const json = parseObject(text)
  if (json === undefined || typeof json.type !== 'string') return undefined
  if (json.type === 'invite') return readInvitation(json)
  if (json.type === 'syncChangeUser') return readFocus(json)
  return { type: 'notice', data: json as PushData<'noticePush'> }
}

function readInvitation({ conversation, seq, socketid }: Record<string, unknown>): Notice | undefined {
  if (typeof conversation !== 'string' || typeof seq !== 'number') return undefined
  return { type: 'invite', invitation: { type: 'invite', conversation, seq, socketid: asText(socketid) } }
}

/** The original's windows sent either the id itself or an object that holds it. */
function readFocus({ changeUserData, socketid }: Record<string, unknown>): Notice | undefined {
  const toid = typeof changeUserData === 'object' && changeUserData !== null
    ? (changeUserData as Record<string, unknown>).toid
    : changeUserData
  if (typeof toid !== 'string' && typeof toid !== 'number') return undefined
  return { type: 'focus', toid: String(toid), socketid: asText(socketid) }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

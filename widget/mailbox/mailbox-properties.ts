import { BAD, CHAT_PROPERTIES } from '../chat/chat-properties.ts'

/** On or off: a boolean, or the attribute's mere presence. */
const flag = (value: unknown): unknown => (typeof value === 'boolean' ? value : value === null || value === undefined ? false : BAD)

/** A table of names to texts; anything else is no table. */
function table(value: unknown): unknown {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) return BAD
  return Object.values(value).every((each) => typeof each === 'string') ? { ...value } : BAD
}

/** Minutes; 0 is never. Absent: 10. */
function minutes(value: unknown): unknown {
  if (value === null || value === undefined) return 10
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof count === 'number' && count >= 0 && count <= 1440 ? count : BAD
}

/** A list of {id, title, text, folder?}. */
function quickReplies(value: unknown): unknown {
  if (value === null || value === undefined) return []
  const isReply = (each: unknown): boolean => {
    const { folder = '', id, text, title } = (each ?? {}) as Record<string, unknown>
    return [folder, id, text, title].every((field) => typeof field === 'string')
  }
  return Array.isArray(value) && value.every(isReply) ? [...(value as unknown[])] : BAD
}

/** As CHAT_PROPERTIES, for the PC pages. */
export const MAILBOX_PROPERTIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  gateway: CHAT_PROPERTIES.gateway!,
  token: CHAT_PROPERTIES.token!,
  to: CHAT_PROPERTIES.to!,
  lang: CHAT_PROPERTIES.lang!,
  theme: CHAT_PROPERTIES.theme!,
  muted: flag,
  guest: flag,
  shortcuts: table,
  quickReplies,
  idleMinutes: minutes,
}

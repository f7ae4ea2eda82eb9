import type { PropertyDeclaration } from 'lit'
import { BAD, FLAG_ATTRIBUTE } from '../chat/chat-properties.ts'
import { MAILBOX_DECLARATIONS, MAILBOX_PROPERTIES } from '../mailbox/mailbox-properties.ts'

/** A table of names to texts; anything else is no table. */
function table(value: unknown): unknown {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) return BAD
  return Object.values(value).every((each) => typeof each === 'string') ? { ...value } : BAD
}

/** Minutes; 0 is never. */
function minutes(absent: number): (value: unknown) => unknown {
  return (value) => {
    if (value === null || value === undefined) return absent
    const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof count === 'number' && count >= 0 && count <= 1440 ? count : BAD
  }
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

export const DESK_DECLARATIONS: Readonly<Record<string, PropertyDeclaration>> = {
  ...MAILBOX_DECLARATIONS,
  shortcuts: { attribute: false },
  quickReplies: { attribute: false },
  idleMinutes: { attribute: 'idle-minutes' },
  waitWarnMinutes: { attribute: 'wait-warn-minutes' },
  waitAlarmMinutes: { attribute: 'wait-alarm-minutes' },
  view: {},
  translates: { type: Boolean, converter: FLAG_ATTRIBUTE },
}

/** As CHAT_PROPERTIES: what each property of `<im-desk>` accepts. */
export const DESK_PROPERTIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  ...MAILBOX_PROPERTIES,
  shortcuts: table,
  quickReplies,
  idleMinutes: minutes(10),
  waitWarnMinutes: minutes(3),
  waitAlarmMinutes: minutes(10),
  translates: (value) => value !== 'false' && Boolean(value),
  view: (value) => (value === 'report' ? value : value === '' || value === null || value === undefined ? '' : BAD),
}

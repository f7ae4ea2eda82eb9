import type { PropertyDeclaration } from 'lit'
import { BAD, CHAT_PROPERTIES, FLAG_ATTRIBUTE } from '../chat/chat-properties.ts'

/** On or off: a boolean, or the attribute's mere presence. */
const flag = (value: unknown): unknown => (typeof value === 'boolean' ? value : value === null || value === undefined ? false : BAD)

/** The properties that `<im-inbox>` and `<im-desk>` have in common, as lit wants them declared. */
export const MAILBOX_DECLARATIONS: Readonly<Record<string, PropertyDeclaration>> = {
  gateway: {},
  token: {},
  to: {},
  theme: {},
  lang: {},
  strings: { attribute: false },
  muted: { type: Boolean, converter: FLAG_ATTRIBUTE },
  guest: { type: Boolean, converter: FLAG_ATTRIBUTE },
  client: { attribute: false },
}

/** As CHAT_PROPERTIES: what each of them accepts. */
export const MAILBOX_PROPERTIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  gateway: CHAT_PROPERTIES.gateway!,
  token: CHAT_PROPERTIES.token!,
  to: CHAT_PROPERTIES.to!,
  lang: CHAT_PROPERTIES.lang!,
  strings: CHAT_PROPERTIES.strings!,
  theme: CHAT_PROPERTIES.theme!,
  muted: flag,
  guest: flag,
}

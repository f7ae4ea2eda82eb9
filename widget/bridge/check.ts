import { TO_PAGE, type FieldKind, type CheckedMessage, type ToPageType } from './contract.ts'

const MESSAGE_LENGTH = 65_536
const TEXT_LENGTH = 8192
const MAX_PX = 10_000
const NAME_COUNT = 20
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= TEXT_LENGTH
const isPx = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < MAX_PX

/** Per kind of field. Never true for undefined: an optional field is marked by `?` in its kind. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  px: isPx,
  text: isText,
  /** A pass has the form of a signed token, or is empty; whether it is good, the gateway says: `passNeeded` where it is not. */
  pass: (value) => value === '' || (isText(value) && TOKEN.test(value as string)),
  flag: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  names: (value) => Array.isArray(value) && value.length <= NAME_COUNT && value.every(isText),
}

const fits = (kind: FieldKind, value: unknown): boolean =>
  (kind.endsWith('?') && (value === undefined || value === null)) || CHECKS[kind.replace('?', '')]!(value)

/** Checks a message from an app: JSON text or an object. Returns the message, or one sentence that says why it is invalid. */
export function check(message: unknown): CheckedMessage | string {
  const given = typeof message === 'string' ? parsed(message) : message
  if (!CHECKS.object!(given)) return 'A message is a JSON object.'
  const { type, id, ...rest } = given as Readonly<Record<string, unknown>>
  if (typeof type !== 'string' || !Object.prototype.hasOwnProperty.call(TO_PAGE, type)) return 'There is no such type.'
  if (id !== undefined && typeof id !== 'number' && !isText(id)) return 'id must be a text or a number.'
  const kinds = TO_PAGE[type as ToPageType] as Readonly<Record<string, FieldKind>>
  const fields: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(kinds)) {
    const value = Object.prototype.hasOwnProperty.call(rest, name) ? rest[name] : undefined
    if (!fits(kind, value)) return `${type}.${name} is missing or not a ${kind.replace('?', '')}.`
    if (value !== undefined && value !== null) fields[name] = value
  }
  return { type: type as ToPageType, id: id as CheckedMessage['id'], fields }
}

function parsed(text: string): unknown {
  if (text.length > MESSAGE_LENGTH) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Every refusal of this gateway: the sentence for developers, and whether the same command may succeed if it is sent again unchanged
 * (`retry`). README.md lists the same rows; a test compares the two.
 */
export const CODES = {
  // the packet
  bad_packet: { message: 'The packet could not be read.', retry: false },
  binary_unsupported: { message: 'Binary packets are not supported; send text packets.', retry: false },
  namespace_unknown: { message: 'Only the default namespace "/" exists.', retry: false },
  too_large: { message: 'The packet or its body is larger than the limits.', retry: false },
  // the hello
  hello_required: { message: 'Send CONNECT with a pass before any command.', retry: true },
  hello_repeated: { message: 'This session has already said hello.', retry: false },
  hello_timeout: { message: 'No accepted hello came in time.', retry: true },
  version_unsupported: { message: 'This gateway does not support that protocol version.', retry: false },
  pass_required: { message: 'The hello has no pass; put one in auth.token.', retry: false },
  pass_invalid: { message: 'The pass is not valid here: signature, claims or form.', retry: false },
  pass_expired: { message: 'The pass has expired; fetch a new one.', retry: false },
  origin_forbidden: { message: 'Pages of this origin may not connect.', retry: false },
  // the command
  unknown_command: { message: 'There is no such command.', retry: false },
  bad_request: { message: 'A field is missing or has the wrong type.', retry: false },
  text_empty: { message: 'A text message needs text.', retry: false },
  text_too_long: { message: 'The text is longer than limits.textLength.', retry: false },
  image_unsupported: { message: 'An image must be PNG, JPEG, GIF or WebP.', retry: false },
  image_too_large: { message: 'The image is larger than limits.imageBytes.', retry: false },
  image_gone: { message: 'There is no such image, or no longer; upload it again.', retry: false },
  images_full: { message: 'There is no room for more images here.', retry: false },
  unknown_conversation: { message: 'There is no such conversation.', retry: false },
  unknown_shop: { message: 'There is no such shop here.', retry: false },
  forbidden: { message: 'This pass may not do that.', retry: false },
  blocked: { message: 'The other side has blocked messages from this one.', retry: false },
  start_forbidden: { message: 'This pass may not start a conversation with that side; it may answer.', retry: false },
  too_late: { message: 'It is too late for that.', retry: false },
  conflict: { message: 'It has changed meanwhile; read it again.', retry: false },
  agent_unavailable: { message: 'That agent cannot take the conversation now.', retry: false },
  too_many: { message: 'There is no room for more of these; delete some.', retry: false },
  rate_limited: { message: 'Too many commands; wait and send again.', retry: true },
  // the gateway
  unavailable: { message: 'The store cannot be reached right now.', retry: true },
  draining: { message: 'This node is stopping; reconnect.', retry: true },
  internal: { message: 'The gateway failed; the error is in its log.', retry: true },
  // reasons of byePush only
  replaced: { message: 'This device has opened a newer session.', retry: false },
  slow: { message: 'This session fell too far behind; reconnect and catch up.', retry: true },
  abuse: { message: 'This session kept breaking the rules.', retry: false },
} as const satisfies Record<string, { message: string; retry: boolean }>

export type Code = keyof typeof CODES

/** A refusal on the wire. `retry`: the same command may succeed later; `afterMs`: not before so many milliseconds. */
export interface WireRefusal {
  readonly code: Code
  readonly message: string
  readonly retry: boolean
  readonly afterMs?: number
}

export const isCode = (value: unknown): value is Code => typeof value === 'string' && Object.prototype.hasOwnProperty.call(CODES, value)

/** Makes a refusal's wire form; `detail` (which field, which limit) is appended to the sentence. */
export function wireRefusal(code: Code, detail?: string, afterMs?: number): WireRefusal {
  const { message, retry } = CODES[code]
  const text = detail === undefined ? message : `${message} (${detail})`
  return afterMs === undefined ? { code, message: text, retry } : { code, message: text, retry, afterMs }
}

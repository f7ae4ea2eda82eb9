const OBJECT = 0x7b
const WRITE = 0x01
const NEWLINE = 0x0a
const BETWEEN = 0x1e
const CONVERSATION = 0x7e

/**
 * What travels in a user's channel. Ours: the id of the origin session, a newline, the packet. A backend's (PHP …) and what backends are
 * to read: one JSON object, so its first byte is `{`. An origin never contains a newline and never starts with `{`, so neither
 * can be taken for the other; an object without an origin is relayed whole, both ways.
 */
export const framed = (origin: string, packet: string): string => (origin === '' && packet.startsWith('{') ? packet : `${origin}\n${packet}`)

export function unframed(payload: Buffer): { origin: string; packet: Buffer } {
  const end = payload[0] === OBJECT ? -1 : payload.indexOf(NEWLINE)
  return end < 0 ? { origin: '', packet: payload } : { origin: payload.toString('utf8', 0, end), packet: payload.subarray(end + 1) }
}

/**
 * What travels in a node's inbox: its number, then entries with a control character before each, which no JSON contains. An entry is the id of the
 * origin session, a newline, where it was published, a newline, the packet. Where: a channel, or a conversation with `~` before it.
 * Before an append's entry is a line that begins with another control character: from it, nodes that know the log's head learn the next head.
 */
export const inboxEntry = (origin: string, where: string, packet: string): string => `${origin}\n${where}\n${packet}`

export const inConversation = (conversation: string): string => `~${conversation}`

/** An append's entry. `before`: the stamp of the head that it followed. `line`: the first line of the head that it made (log-head.ts). */
export const writeEntry = (before: string, line: string, entry: string): string => `\x01${before} ${line}\n${entry}`

export interface InboxEntry {
  readonly origin: string
  /** The channel or conversation. */
  readonly name: string
  readonly isConversation: boolean
  /** Like `write`, part of the payload, not a copy. */
  readonly packet: Buffer
  /** The line before an append's entry, without its control character; undefined: it is no append. */
  readonly write: Buffer | undefined
}

/** Calls `take` with each entry of a publish into an inbox. Returns its number, 0 where the server could not count. */
export function readInbox(payload: Buffer, take: (entry: InboxEntry) => void): number {
  const length = payload.length
  let end = endOf(payload, 0)
  const number = Number(payload.toString('latin1', 0, end))
  while (end < length) {
    const start = end + 1
    end = endOf(payload, start)
    const write = payload[start] === WRITE ? payload.indexOf(NEWLINE, start) : start - 1
    const origin = payload.indexOf(NEWLINE, write + 1)
    const name = payload.indexOf(NEWLINE, origin + 1)
    const isConversation = payload[origin + 1] === CONVERSATION
    take({
      origin: payload.toString('utf8', write + 1, origin),
      name: payload.toString('utf8', origin + (isConversation ? 2 : 1), name),
      isConversation,
      packet: payload.subarray(name + 1, end),
      write: write < start ? undefined : payload.subarray(start + 1, write),
    })
  }
  return number
}

function endOf(payload: Buffer, start: number): number {
  const end = payload.indexOf(BETWEEN, start)
  return end < 0 ? payload.length : end
}

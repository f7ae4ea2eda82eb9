const OBJECT = 0x7b
const WRITE = 0x01
const NEWLINE = 0x0a

/**
 * What travels in a Redis channel. Ours: the id of the origin session, a newline, the packet. A backend's (PHP …) and what backends are
 * to read: one JSON object, so its first byte is `{`. An origin never contains a newline and never starts with `{`, so neither
 * can be taken for the other; an object without an origin is relayed whole, both ways.
 * An append puts a line of its own before it, which begins with a control character: what other nodes' knowledge of the log becomes.
 */
export const framed = (origin: string, packet: string): string => (origin === '' && packet.startsWith('{') ? packet : `${origin}\n${packet}`)

/** `before`: the stamp of the head that the append followed. `line`: the first of the head that it made (log-head.ts). */
export const framedWrite = (before: string, line: string, framedPacket: string): string => `\x01${before} ${line}\n${framedPacket}`

export function unframed(payload: Buffer): { origin: string; packet: Buffer; write?: Buffer } {
  if (payload[0] === OBJECT) return { origin: '', packet: payload }
  const start = payload[0] === WRITE ? payload.indexOf(NEWLINE) + 1 : 0
  const end = payload.indexOf(NEWLINE, start)
  if (end < 0) return { origin: '', packet: payload }
  const rest = { origin: payload.toString('utf8', start, end), packet: payload.subarray(end + 1) }
  return start === 0 ? rest : { ...rest, write: payload.subarray(1, start - 1) }
}

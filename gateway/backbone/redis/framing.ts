/**
 * What travels in a Redis channel. Ours: the id of the origin session, a newline, the packet. A backend's (PHP …) and what backends are
 * to read: one JSON object, so its first byte is `{`. An origin never contains a newline and never starts with `{`, so neither
 * can be taken for the other; an object without an origin is relayed whole, both ways.
 */
export const framed = (origin: string, packet: string): string => (origin === '' && packet.startsWith('{') ? packet : `${origin}\n${packet}`)

export function unframed(payload: Buffer): { origin: string; packet: Buffer } {
  const end = payload[0] === OBJECT ? -1 : payload.indexOf(NEWLINE)
  if (end < 0) return { origin: '', packet: payload }
  return { origin: payload.toString('utf8', 0, end), packet: payload.subarray(end + 1) }
}

const OBJECT = 0x7b
const NEWLINE = 0x0a

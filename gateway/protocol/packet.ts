/**
 * The packet codec: Socket.IO v5 text packets on the default namespace, for the client, the gateway and both socket doors.
 * It imports nothing, because phones download it.
 *
 *   0{…}            CONNECT        hello up, welcome down
 *   1               DISCONNECT
 *   2["name",…]     EVENT          27["name",…] asks for the ack with id 7
 *   37[…]           ACK            answer to id 7
 *   4{…}            CONNECT_ERROR  {message, data?}
 *   5… 6…           binary: refused
 *   2/admin,[…]     another namespace: refused
 *
 * `decodePacket` never throws: for a text that it cannot read it returns `{type: 'invalid', reason}`.
 */
export type Packet =
  | { readonly type: 'connect'; readonly data?: unknown }
  | { readonly type: 'disconnect' }
  | { readonly type: 'event'; readonly name: string; readonly args: readonly unknown[]; readonly id?: number }
  | { readonly type: 'ack'; readonly id: number; readonly args: readonly unknown[] }
  | { readonly type: 'connectError'; readonly message: string; readonly data?: unknown }

export type InvalidPacket =
  | { readonly type: 'invalid'; readonly reason: 'malformed' | 'binary' }
  | { readonly type: 'invalid'; readonly reason: 'namespace'; readonly namespace: string }

const MALFORMED: InvalidPacket = { type: 'invalid', reason: 'malformed' }

/** A hello or a welcome. A client builds no other packets than this and `eventPacket`. */
export const connectPacket = (data: unknown): string => '0' + JSON.stringify(data)

/** A command or a push. With `id` it asks for an ack. */
export const eventPacket = (name: string, args: readonly unknown[], id: number | string = ''): string => '2' + id + JSON.stringify([name, ...args])

/** An answer: `3<id>[answer]`. */
export const ackPacket = (id: number, answer: unknown): string => `3${id}${JSON.stringify([answer])}`

/** A refused hello. `namespace` is the refused packet's, where it was not the default one. */
export const connectErrorPacket = (error: { readonly message: string; readonly data?: unknown }, namespace?: string): string =>
  `4${namespace === undefined ? '' : `${namespace},`}${JSON.stringify({ message: error.message, data: error.data })}`

export function encodePacket(packet: Packet): string {
  switch (packet.type) {
    case 'connect':
      return packet.data === undefined ? '0' : connectPacket(packet.data)
    case 'disconnect':
      return '1'
    case 'event':
      return eventPacket(packet.name, packet.args, packet.id)
    case 'ack':
      return '3' + packet.id + JSON.stringify(packet.args)
    case 'connectError':
      return connectErrorPacket(packet)
  }
}

export function decodePacket(text: string): Packet | InvalidPacket {
  const type = text.charCodeAt(0) - 48
  if (!(type >= 0 && type <= 6)) return MALFORMED
  if (type > 4) return { type: 'invalid', reason: 'binary' }
  let at = 1
  if (text[at] === '/') {
    const comma = text.indexOf(',')
    const namespace = comma < 0 ? text.slice(at) : text.slice(at, comma)
    if (namespace !== '/') return { type: 'invalid', reason: 'namespace', namespace }
    at = comma < 0 ? text.length : comma + 1
  }
  const digits = at
  while (isDigit(text.charCodeAt(at))) at++
  if (at - digits > 15) return MALFORMED
  const id = at > digits ? Number(text.slice(digits, at)) : undefined
  let payload: unknown
  if (at < text.length) {
    try {
      payload = JSON.parse(text.slice(at))
    } catch {
      return MALFORMED
    }
  }
  return assemble(type, id, payload)
}

function assemble(type: number, id: number | undefined, payload: unknown): Packet | InvalidPacket {
  if (type === 2) {
    if (!Array.isArray(payload) || typeof payload[0] !== 'string') return MALFORMED
    const name = payload.shift() as string
    return id === undefined ? { type: 'event', name, args: payload } : { type: 'event', name, args: payload, id }
  }
  if (type === 3) return Array.isArray(payload) && id !== undefined ? { type: 'ack', id, args: payload } : MALFORMED
  if (id !== undefined) return MALFORMED
  if (type === 1) return payload === undefined ? { type: 'disconnect' } : MALFORMED
  if (type === 0) {
    if (payload === undefined) return { type: 'connect' }
    return isRecord(payload) ? { type: 'connect', data: payload } : MALFORMED
  }
  if (!isRecord(payload) || typeof payload.message !== 'string') return MALFORMED
  return payload.data === undefined
    ? { type: 'connectError', message: payload.message }
    : { type: 'connectError', message: payload.message, data: payload.data }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

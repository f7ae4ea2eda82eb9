/** The meaning of a text from a server. `read` writes it over: an object for each of a million texts would be a good part of the load. */
export interface Received {
  /** `answered`: the server answered the message with this number. `delivered`: it has reached its receiver. */
  type: 'ready' | 'answered' | 'delivered' | 'ping' | 'other'
  number: number
}

/** The protocol of one kind of server, for both transports. Numbers count what one person writes to another, 1, 2, 3 … */
export interface Dialect {
  readonly path: string
  /** The first text on a connection. */
  hello(user: string, to: string, pass: string): string
  send(user: string, to: string, number: number): string
  /** Reads the text that lies there. A refusal throws. */
  read(bytes: Buffer, start: number, end: number, received: Received): void
  /** What answers a ping. */
  readonly pong: string
}

/** Stands around a message's number in its body, and nowhere else in what servers say. */
const MARK = 0x23
const REST = 'x'.repeat(90)
/** About 100 bytes. */
const bodyOf = (number: number): string => `#${number}#${REST}`

const [ZERO, TWO, THREE, FOUR, SMALL_B, SMALL_E, SMALL_M, SMALL_O, SMALL_R, SMALL_Y] = [
  0x30, 0x32, 0x33, 0x34, 0x62, 0x65, 0x6d, 0x6f, 0x72, 0x79,
] as const

function digitsAt(bytes: Buffer, at: number): number {
  let number = 0
  for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) number = number * 10 + digit
  return number
}

function say(received: Received, type: Received['type'], number = 0): void {
  received.type = type
  received.number = number
}

const sayDelivered = (received: Received, bytes: Buffer, start: number): void =>
  say(received, 'delivered', digitsAt(bytes, bytes.indexOf(MARK, start) + 1))

function refused(bytes: Buffer, start: number, end: number): never {
  throw new Error(`Refused: ${bytes.toString('utf8', start, end)}`)
}

/** The gateway's own packets at its WebSocket door. */
export const gatewayDialect: Dialect = {
  path: '/ws',
  pong: '',
  hello: (user, to, token) => '0' + JSON.stringify({ token, device: user, to, v: 1 }),
  send: (_user, to, number) => `2${number}["send",{"to":"${to}","id":"m${number}","kind":"text","body":{"text":"${bodyOf(number)}"}}]`,
  read(bytes, start, end, received) {
    const type = bytes[start]
    if (type === THREE) {
      // 3<number>[{"ok":true
      if (bytes[bytes.indexOf('[', start) + 3] !== SMALL_O) refused(bytes, start, end)
      say(received, 'answered', digitsAt(bytes, start + 1))
      // 2["messagePush", and not mayRatePush
    } else if (type === TWO && bytes[start + 3] === SMALL_M && bytes[start + 4] === SMALL_E) sayDelivered(received, bytes, start)
    else if (type === ZERO) say(received, 'ready')
    // a refusal, or 2["byePush"
    else if (type === FOUR || (type === TWO && bytes[start + 3] === SMALL_B && bytes[start + 4] === SMALL_Y)) refused(bytes, start, end)
    else say(received, 'other')
  },
}

/** The gateway's engine.io door: the same packets inside engine.io messages. */
export const engineDialect: Dialect = {
  path: '/im/?EIO=4&transport=websocket',
  pong: '3',
  hello: (user, to, token) => '4' + gatewayDialect.hello(user, to, token),
  send: (user, to, number) => '4' + gatewayDialect.send(user, to, number),
  read(bytes, start, end, received) {
    if (bytes[start] === FOUR) gatewayDialect.read(bytes, start + 1, end, received)
    else say(received, bytes[start] === TWO ? 'ping' : 'other')
  },
}

/** relay.ts. */
export const relayDialect: Dialect = {
  path: '/',
  pong: '',
  hello: (user) => JSON.stringify({ user }),
  send: (user, to, number) => `{"to":"${to}","from":"${user}","id":${number},"text":"${bodyOf(number)}"}`,
  read(bytes, start, _end, received) {
    // {"ok":true,"id":<number>}, {"ready":true} or {"to":…
    if (bytes[start + 2] === SMALL_O) say(received, 'answered', digitsAt(bytes, start + 16))
    else if (bytes[start + 2] === SMALL_R) say(received, 'ready')
    else sayDelivered(received, bytes, start)
  },
}

/** socket-io-node.ts: each user is in a room of its own. */
export const socketIoDialect: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  pong: '3',
  hello: (_user, _to, token) => '40' + JSON.stringify({ token }),
  send: (_user, to, number) => `42${number}["send",{"to":"${to}","kind":"text","body":{"text":"${bodyOf(number)}"}}]`,
  read(bytes, start, end, received) {
    if (bytes[start] !== FOUR) return say(received, bytes[start] === TWO ? 'ping' : 'other')
    const type = bytes[start + 1]
    // 43<number>[{"ok":true}]
    if (type === THREE) say(received, 'answered', digitsAt(bytes, start + 2))
    // 42["message"
    else if (type === TWO && bytes[start + 4] === SMALL_M) sayDelivered(received, bytes, start)
    else if (type === FOUR) refused(bytes, start, end)
    else say(received, type === ZERO ? 'ready' : 'other')
  },
}

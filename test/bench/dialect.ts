/** The meaning of a text from a server. */
export type Received =
  | { readonly type: 'ready' }
  /** The server answered the message with this number. */
  | { readonly type: 'answered'; readonly number: number }
  /** The message with this number has reached its receiver. */
  | { readonly type: 'delivered'; readonly number: number }
  | { readonly type: 'other' }

/** The protocol of one kind of server. Numbers count a pair's messages, 1, 2, 3 …, over all rounds. */
export interface Dialect {
  readonly path: string
  /** The first text on a connection. */
  hello(user: string, to: string, token: string): string
  send(user: string, to: string, number: number): string
  read(text: string): Received
  /** Whether a sender gets an answer; where not, only deliveries are measured. */
  readonly answers: boolean
}

const BODY = 'x'.repeat(100)
const OTHER: Received = { type: 'other' }
const PUSH = '2["messagePush"'
const ID = '"id":"m'

/** The gateway's own packets at its WebSocket door; the client id carries the number. */
export const gatewayDialect: Dialect = {
  path: '/ws',
  answers: true,
  hello: (user, to, token) => '0' + JSON.stringify({ token, device: user, to, v: 1 }),
  send: (_user, to, number) => `2${number}["send",{"to":"${to}","id":"m${number}","kind":"text","body":{"text":"${BODY}"}}]`,
  read(text) {
    if (text.startsWith(PUSH)) {
      const start = text.indexOf(ID) + ID.length
      return { type: 'delivered', number: Number(text.slice(start, text.indexOf('"', start))) }
    }
    if (text.startsWith('3')) {
      const end = text.indexOf('[')
      if (!text.startsWith('{"ok":true', end + 1)) throw new Error(`Refused: ${text}`)
      return { type: 'answered', number: Number(text.slice(1, end)) }
    }
    if (text.startsWith('0')) return { type: 'ready' }
    if (text.startsWith('4')) throw new Error(`Refused: ${text}`)
    return OTHER
  },
}

/** relay.ts. `answers`: the relay also answers the sender, as any chat has to. */
export const relayDialect = (answers: boolean): Dialect => ({
  path: '/',
  answers,
  hello: (user) => JSON.stringify({ user }),
  send: (user, to, number) => `{"to":"${to}","from":"${user}","id":${number}${answers ? ',"answer":true' : ''},"text":"${BODY}"}`,
  read(text) {
    const message = JSON.parse(text) as { id?: number; ok?: true; ready?: true }
    if (message.ready) return { type: 'ready' }
    return { type: message.ok ? 'answered' : 'delivered', number: message.id ?? 0 }
  },
})

/** The gateway's engine.io door: the same packets inside engine.io messages. */
export const engineDialect: Dialect = {
  path: '/im/?EIO=4&transport=websocket',
  answers: true,
  hello: (user, to, token) => '4' + gatewayDialect.hello(user, to, token),
  send: (user, to, number) => '4' + gatewayDialect.send(user, to, number),
  read: (text) => (text.startsWith('4') ? gatewayDialect.read(text.slice(1)) : OTHER),
}

/** socket-io-node.ts: each user is in a room of its own. */
export const socketIoDialect: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  answers: true,
  hello: (user) => '40' + JSON.stringify({ user }),
  send: (_user, to, number) => `42${number}["send",{"to":"${to}","id":${number},"kind":"text","body":{"text":"${BODY}"}}]`,
  read(text) {
    if (text.startsWith('42["message"')) return { type: 'delivered', number: Number(/"id":(\d+)/.exec(text)?.[1]) }
    if (text.startsWith('43')) return { type: 'answered', number: Number(text.slice(2, text.indexOf('['))) }
    return text.startsWith('40') ? { type: 'ready' } : OTHER
  },
}

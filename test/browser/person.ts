import { io, type Socket } from 'socket.io-client'
import type { Gateway, PassClaims } from '../kit/gateway.ts'

export interface Person {
  readonly socket: Socket
  ask(command: string, input: unknown): Promise<Record<string, unknown>>
  /** Writes and waits for the acknowledgement. */
  say(text: string, to?: string, kind?: string, body?: object): Promise<void>
  leave(): void
}

/** Somebody who chats from outside, by a stock socket.io client. */
export async function person(gateway: Gateway, claims: PassClaims): Promise<Person> {
  const socket = io(gateway.url, { path: '/im/', auth: { token: await gateway.pass(claims) }, transports: ['websocket'], forceNew: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  let count = 0
  const ask: Person['ask'] = (command, input) => socket.timeout(10_000).emitWithAck(command, input)
  return {
    socket, ask,
    async say(text, to = 'shop:42', kind = 'text', body = {}) {
      const id = `${claims.sub}-${++count}-${Math.random().toString(36).slice(2, 8)}`
      const { error } = await ask('send', { to, id, kind, body: { ...body, text } })
      if (error) throw new Error(JSON.stringify(error))
    },
    leave: () => void socket.close(),
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type { Gateway, PassClaims } from '../kit/gateway.ts'

export interface Person {
  readonly socket: Socket
  ask(command: string, input: unknown): Promise<Record<string, unknown>>
  /** Writes and waits for the acknowledgement; told to go slower it does. */
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
    socket,
    ask,
    async say(text, to = 'shop:42', kind = 'text', body = {}) {
      const id = `${claims.sub}-${++count}-${Math.random().toString(36).slice(2, 8)}`
      const input = { to, id, kind, body: { ...body, text } }
      let { error } = (await ask('send', input)) as { error?: { code: string; afterMs?: number } }
      while (error?.code === 'rate_limited') {
        await delay(error.afterMs ?? 10)
        ;({ error } = (await ask('send', input)) as { error?: { code: string; afterMs?: number } })
      }
      if (error) throw new Error(JSON.stringify(error))
    },
    leave: () => void socket.close(),
  }
}

/** What the gateway has of the conversation with `to`: who said what. */
export const textsOf = async (who: Person, to: string): Promise<string[]> => {
  const { messages } = (await who.ask('history', { to })) as { messages: { from: string; body: { text: string } }[] }
  return messages.map(({ from, body }) => `${from}: ${body.text}`)
}

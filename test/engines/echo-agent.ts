import { io } from 'socket.io-client'
import type { Gateway } from '../kit/gateway.ts'

interface Pushed {
  readonly conversation: string
  readonly from: string
  readonly id: string
  readonly body: { readonly text: string }
}

/** An agent of shop 42 who answers every text in capitals, so that a check can tell an answer from an echo of its own. */
export async function answerInCapitals(gateway: Gateway): Promise<() => void> {
  const token = await gateway.pass({ sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
  const socket = io(gateway.url, { path: '/im/', transports: ['websocket'], auth: { token, device: 'echo', v: 1 } })
  socket.on('messagePush', ({ conversation, from, id, body }: Pushed) => {
    if (from === 'ann') return
    socket.emit('send', { conversation, id: `re-${id}`.slice(0, 64), kind: 'text', body: { text: body.text.toUpperCase() } })
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return () => void socket.close()
}

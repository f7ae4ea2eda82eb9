/** The upper limit to compare with: bare `ws`, a Map from user to socket, JSON in, JSON out, nothing stored, nobody checked. Prints its port. */
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

const users = new Map<string, WebSocket>()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })

server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { user?: string; to?: string; id?: number }
    if (message.user !== undefined) {
      users.set(message.user, socket)
      socket.send('{"ready":true}')
      return
    }
    users.get(message.to ?? '')?.send(JSON.stringify(message))
    socket.send(`{"ok":true,"id":${message.id}}`)
  })
})
server.on('listening', () => console.log((server.address() as AddressInfo).port))

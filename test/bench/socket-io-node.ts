/** A socket.io server that does what the gateway does for two people: `node socket-io-node.ts <pubsub|streams> <redis url>`. Prints its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter as createPubSubAdapter } from '@socket.io/redis-adapter'
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'

const [kind, url] = process.argv.slice(2)
const client = new Redis(url!)
const adapter = kind === 'streams' ? createStreamsAdapter(client) : createPubSubAdapter(client, new Redis(url!))
const server = createServer()
const io = new Server(server, {
  adapter,
  perMessageDeflate: false,
  pingInterval: 25_000,
  ...(kind === 'streams' ? { connectionStateRecovery: {} } : {}),
})

io.on('connection', (socket) => {
  void socket.join((socket.handshake.auth as { user: string }).user)
  socket.on('send', (message: { to: string }, answer: (result: object) => void) => {
    io.to(message.to).emit('message', message)
    answer({ ok: true })
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

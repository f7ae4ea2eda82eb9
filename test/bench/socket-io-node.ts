/** A socket.io server that does what the gateway does for two people: `node socket-io-node.ts <memory|streams> [redis url]`. Prints its port. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { ownerOf } from './passes.ts'

const [kind, url] = process.argv.slice(2)
const server = createServer()
const io = new Server(server, {
  ...(kind === 'streams' ? { adapter: createAdapter(new Redis(url!)), connectionStateRecovery: {} } : {}),
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: 25_000,
})

io.use((socket, next) => {
  try {
    socket.data = ownerOf((socket.handshake.auth as { token: string }).token)
    next()
  } catch (error) {
    next(error as Error)
  }
})
io.on('connection', (socket) => {
  void socket.join(socket.data as string)
  socket.on('send', (message: { to: string }, answer: (result: object) => void) => {
    io.to(message.to).emit('message', message)
    answer({ ok: true })
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

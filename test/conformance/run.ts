/**
 * `npm run conformance -- [path]`: a server that the official Engine.IO and Socket.IO suites can be pointed at, on `PORT` of `HOST`. `/engine.io/`
 * echoes; `/socket.io/` answers as the Socket.IO suite expects. Ctrl-C ends it.
 */
import { startConformance } from './conformance-server.ts'

const { PORT = '8080', HOST = 'localhost' } = process.env
const [path = '/engine.io/'] = process.argv.slice(2)

const { port, close } = await startConformance({ port: Number(PORT), host: HOST, path })
console.log(`The conformance server listens at http://${HOST}:${port}${path}`)
process.once('SIGTERM', close).once('SIGINT', close)

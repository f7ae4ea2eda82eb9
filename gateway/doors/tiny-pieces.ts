import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpLimits } from './http-limits.ts'

/**
 * Destroys the socket of a body that comes in pieces of a few bytes. Node makes an object and a call for each piece, and ten thousand pieces of one byte
 * fit into one read of the socket. The parser goes through all that has arrived on all sockets before anything else runs, so a few such uploads would
 * block the event loop for many seconds. Pieces are counted as they arrive, also those of a body that nobody reads any more.
 * Returns what must be called once the answer has left.
 */
export function refuseTinyPieces(request: IncomingMessage, { count, leastBytes }: HttpLimits['pieces']): () => void {
  let pieces = 0
  let bytes = 0
  let isCut = false
  const push = request.push.bind(request)
  request.push = (piece: Buffer | null, encoding) => {
    if (isCut) return false
    if (piece !== null) {
      pieces++
      bytes += piece.length
      isCut = pieces > count && bytes < pieces * leastBytes
      if (isCut) {
        silenceParser(request.socket)
        request.socket.destroy()
        return false
      }
    }
    return push(piece, encoding)
  }
  // Node throws away what comes of a body that nobody has begun to read when its answer has gone, and pushes it no more
  request.read(0)
  return () => void request.resume()
}

/** What Node's HTTP server keeps at a socket, by numbers that its class names; undocumented, so a test asks each Node for it. */
interface Parser {
  readonly constructor: { readonly kOnBody: number }
  [callback: number]: unknown
}

/**
 * The parser goes on to the end of what was read from a socket that is destroyed meanwhile, and each piece costs a buffer
 * and a call. Without its callback it passes over them. Node uses a parser again for another connection once the socket is closed,
 * so the callback comes back just before that.
 */
function silenceParser(socket: Socket & { parser?: Parser | null }): void {
  const { parser } = socket
  if (parser === undefined || parser === null) return
  const { kOnBody } = parser.constructor
  const onBody = parser[kOnBody]
  parser[kOnBody] = null
  socket.prependOnceListener('close', () => {
    parser[kOnBody] = onBody
  })
}

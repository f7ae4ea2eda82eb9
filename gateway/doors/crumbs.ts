import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpLimits } from './http-limits.ts'

/**
 * Destroys the socket of a body that comes in crumbs. Each piece is an object and a call of its own, and ten thousand pieces of a byte
 * fit into one reading of the socket: before anybody else gets a turn the parser has gone through all that has arrived on all sockets,
 * and a few such uploads hold the loop for many seconds. Counted as they arrive, also of a body that nobody reads any more.
 */
export function refuseCrumbs(request: IncomingMessage, response: ServerResponse, { count, leastBytes }: HttpLimits['pieces']): void {
  let pieces = 0
  let bytes = 0
  let isCut = false
  const push = request.push.bind(request)
  request.push = (piece: Buffer | null, encoding) => {
    // the parser goes on to the end of what was read, whatever becomes of the socket
    if (isCut) return false
    if (piece !== null) {
      pieces++
      bytes += piece.length
      isCut = pieces > count && bytes < pieces * leastBytes
      if (isCut) {
        request.socket.destroy()
        return false
      }
    }
    return push(piece, encoding)
  }
  // Node throws away what comes of a body that nobody has begun to read when its answer has gone, and pushes it no more
  request.read(0)
  response.once('finish', () => request.resume())
}

import type { IncomingMessage, ServerResponse } from 'node:http'

/** Reads a body to its end. What has more than `mostBytes` is answered with 413 as soon as that is known, what breaks off is forgotten: neither is passed on. */
export function readBody(
  request: IncomingMessage,
  { response, mostBytes, onRead }: { response: ServerResponse; mostBytes: number; onRead: (body: string) => void },
): void {
  let chunks: Buffer[] = []
  let bytes = 0
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length
    chunks.push(chunk)
    if (bytes <= mostBytes) return
    chunks = []
    request.off('data', onData).off('end', onEnd).resume()
    response.writeHead(413).end()
  }
  const onEnd = (): void => {
    const body = Buffer.concat(chunks).toString()
    // engine.io keeps some requests, and with them these listeners
    chunks = []
    onRead(body)
  }
  request.on('data', onData).on('end', onEnd)
}

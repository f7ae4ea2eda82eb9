import type { IncomingMessage, ServerResponse } from 'node:http'

export interface BodyReader {
  readonly response: ServerResponse
  readonly mostBytes: number
  readonly onRead: (body: string) => void
  readonly onTooLong?: () => void
  readonly onBrokenOff?: () => void
}

/** Reads a body to its end. What has more than `mostBytes` is answered with 413 as soon as that is known; neither that nor what breaks off is passed on. */
export function readBody(request: IncomingMessage, { response, mostBytes, onRead, onTooLong, onBrokenOff }: BodyReader): void {
  let chunks: Buffer[] = []
  let bytes = 0
  const stop = (): void => {
    // engine.io keeps some requests, and with them these listeners
    chunks = []
    request.off('data', onData).off('end', onEnd)
    if (onBrokenOff !== undefined) request.off('close', onBrokenOff)
  }
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length
    chunks.push(chunk)
    if (bytes <= mostBytes) return
    stop()
    request.resume()
    onTooLong?.()
    response.writeHead(413).end()
  }
  const onEnd = (): void => {
    const body = (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()
    stop()
    onRead(body)
  }
  request.on('data', onData).on('end', onEnd)
  if (onBrokenOff !== undefined) request.on('close', onBrokenOff)
}

import type { IncomingMessage } from 'node:http'
import { Refusal } from '../../domain/refusal.ts'
import { LIMITS } from '../../protocol/limits.ts'

/** The first buffer of a body without a Content-Length; it grows as needed. */
const FIRST_BYTES = 65_536

/**
 * Reads an uploaded picture into one buffer. Collecting the chunks would cost many times their bytes if each has one byte; buffer memory costs
 * nothing until it is written. Rejects with `image_too_large`.
 */
export async function readPicture(payload: IncomingMessage): Promise<Buffer> {
  const announcedBytes = Number(payload.headers['content-length'] ?? FIRST_BYTES)
  if (announcedBytes > LIMITS.imageBytes) throw new Refusal('image_too_large')
  let bytes = Buffer.allocUnsafeSlow(announcedBytes)
  let length = 0
  for await (const piece of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (length + piece.length > LIMITS.imageBytes) {
      payload.resume() // discards the rest, so that the client can read the refusal
      throw new Refusal('image_too_large')
    }
    if (length + piece.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(LIMITS.imageBytes, 2 * (length + piece.length)))
      bytes.copy(larger, 0, 0, length)
      bytes = larger
    }
    length += piece.copy(bytes, length)
  }
  return bytes.subarray(0, length)
}

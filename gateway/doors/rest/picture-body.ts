import type { IncomingMessage } from 'node:http'
import { Refusal } from '../../domain/refusal.ts'
import { LIMITS } from '../../protocol/limits.ts'

/** Where a body does not say how long it is, room grows with it, from so much. */
const FIRST_BYTES = 65_536

/**
 * A picture that comes up, copied piece by piece to where it will stay: pieces kept as they come would cost many times their bytes where
 * each brings one. Memory that nothing was written to yet costs nothing. Refuses with `image_too_large`.
 */
export async function readPicture(payload: IncomingMessage): Promise<Buffer> {
  const told = Number(payload.headers['content-length'] ?? FIRST_BYTES)
  if (told > LIMITS.imageBytes) throw new Refusal('image_too_large')
  let bytes = Buffer.allocUnsafeSlow(told)
  let length = 0
  for await (const piece of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (length + piece.length > LIMITS.imageBytes) {
      payload.resume() // the rest goes by, so that the refusal can be read
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

import { Readable } from 'node:stream'
import type { StoredImage } from '../../backbone/images.ts'

/** A reader holds one that it does not take and one that waits behind it. */
const PORTION_BYTES = 32_768

/** Reads from the store as its reader takes. Ends with an error where the store fails half-way, so that the answer is cut and not short. */
export function pictureStream(picture: StoredImage): Readable {
  return Readable.from(portions(picture), { objectMode: false, highWaterMark: 1 })
}

async function* portions({ bytesCount, read }: StoredImage): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytesCount; from += PORTION_BYTES) yield await read(from, Math.min(from + PORTION_BYTES, bytesCount))
}

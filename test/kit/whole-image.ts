import type { Image, StoredImage } from '../../gateway/backbone/images.ts'

/** The image as it was stored. */
export async function wholeImage(stored: StoredImage | undefined): Promise<Image | undefined> {
  if (stored === undefined) return undefined
  return { type: stored.type, bytes: await stored.read(0, stored.bytesCount) }
}

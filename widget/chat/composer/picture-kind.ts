/** Enough of a file to find an animation's mark: in a PNG it stands before the first pixel, after colour profiles and notes. */
export const HEAD_BYTES = 65_536

export interface PictureKind {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/heic' | 'image/avif' | 'image/bmp'
  /** Drawn on a canvas it would stand still. */
  readonly isAnimated: boolean
}

/**
 * What picture a file is by its first bytes, whatever its name and MIME type say; undefined: none of these. Files shared by other apps, from
 * archives and from some file managers have no MIME type.
 */
export function pictureKind(head: Uint8Array): PictureKind | undefined {
  const text = (from: number, length: number): string => String.fromCharCode(...head.subarray(from, from + length))
  const is = (type: PictureKind['type'], isAnimated = false): PictureKind => ({ type, isAnimated })
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return is('image/png', isAnimatedPng(head, text))
  if (text(0, 3) === '\xff\xd8\xff') return is('image/jpeg')
  if (/^GIF8[79]a/.test(text(0, 6))) return is('image/gif', true)
  // the second bit of the extended header's flags: https://developers.google.com/speed/webp/docs/riff_container
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return is('image/webp', text(12, 4) === 'VP8X' && (head[20]! & 2) > 0)
  if (text(4, 4) === 'ftyp') {
    const brand = text(8, 4)
    if (/^avi[fs]$/.test(brand)) return is('image/avif', brand === 'avis')
    if (/^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return is('image/heic')
  }
  return text(0, 2) === 'BM' ? is('image/bmp') : undefined
}

/** A chunk `acTL` before the first `IDAT`: https://www.w3.org/TR/png-3/#apng-frame-based-animation */
function isAnimatedPng(head: Uint8Array, text: (from: number, length: number) => string): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  for (let at = 8; at + 8 <= head.length; at += 12 + view.getUint32(at)) {
    const chunk = text(at + 4, 4)
    if (chunk === 'acTL' || chunk === 'IDAT') return chunk === 'acTL'
  }
  return false
}

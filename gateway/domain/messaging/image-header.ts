/**
 * Reads type and size in pixels from the first bytes of a picture, whatever type its sender declares. It knows PNG, JPEG, GIF and WebP:
 * every browser shows them, and none of them can carry a script.
 */
export interface ImageHeader {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly width: number
  readonly height: number
}

type Size = Pick<ImageHeader, 'width' | 'height'>

/** Undefined if the bytes are none of the four types, or end before the size. */
export function imageHeader(bytes: Buffer): ImageHeader | undefined {
  const [type, size] = kindOf(bytes)
  return type === undefined || size === undefined || size.width < 1 || size.height < 1 ? undefined : { type, ...size }
}

function kindOf(bytes: Buffer): [ImageHeader['type'] | undefined, Size | undefined] {
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to)
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return ['image/png', text(12, 16) === 'IHDR' ? pngSize(bytes) : undefined]
  if (/^GIF8[79]a$/.test(text(0, 6))) return ['image/gif', gifSize(bytes)]
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return ['image/webp', webpSize(bytes, text(12, 16))]
  if (text(0, 3) === '\xff\xd8\xff') return ['image/jpeg', jpegSize(bytes)]
  return [undefined, undefined]
}

const pngSize = (bytes: Buffer): Size | undefined =>
  bytes.length < 33 ? undefined : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }

const gifSize = (bytes: Buffer): Size | undefined => (bytes.length < 13 ? undefined : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) })

/** A lossy frame (VP8), a lossless one (VP8L), or the extended format, which states its canvas size (VP8X). */
function webpSize(bytes: Buffer, chunk: string): Size | undefined {
  if (bytes.length < 30) return undefined
  if (chunk === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) }
  if (chunk === 'VP8 ' && bytes.readUIntBE(23, 3) === 0x9d012a) {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  }
  if (chunk !== 'VP8L' || bytes[20] !== 0x2f) return undefined
  const bits = bytes.readUInt32LE(21)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** Walks from marker to marker to the first frame header: FF C0 … FF CF, except the tables C4 and CC, and C8, which is reserved. */
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++ // fill bytes may stand before a marker
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    if (marker === 0xd9 || marker === 0xda) return undefined
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    at += isAlone ? 2 : 2 + Math.max(2, bytes.readUInt16BE(at + 2))
  }
  return undefined
}

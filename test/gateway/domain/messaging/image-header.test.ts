import { expect, test } from 'vitest'
import { imageHeader } from '../../../../gateway/domain/messaging/image-header.ts'
import { PICTURES } from '../../../kit/pictures.ts'

const WIDE = { width: 40, height: 30 }

test.each([
  ['png', { type: 'image/png', ...WIDE }],
  ['jpeg', { type: 'image/jpeg', ...WIDE }],
  ['gif', { type: 'image/gif', width: 4, height: 3 }],
  ['webp', { type: 'image/webp', ...WIDE }],
  ['webpLossy', { type: 'image/webp', ...WIDE }],
  ['webpLossless', { type: 'image/webp', ...WIDE }],
] as const)('the header of a %s gives its type and size', (name, header) => {
  expect(imageHeader(PICTURES[name])).toEqual(header)
})

test('the size of a JPEG is found behind camera data, fill bytes and a thumbnail', () => {
  const { jpeg } = PICTURES
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), Buffer.from('Exif\0\0'), jpeg])
  exif.writeUInt16BE(exif.length - 2, 2)
  const camera = Buffer.concat([jpeg.subarray(0, 2), exif, Buffer.from([0xff, 0xff]), jpeg.subarray(2)])
  expect(imageHeader(camera)).toEqual({ type: 'image/jpeg', ...WIDE })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>')],
  ['a page that begins like a picture', Buffer.from('GIF<script>alert(1)</script>')],
  ['a BMP', Buffer.from('BM\x3a\0\0\0\0\0\0\0', 'latin1')],
  ['a sound in the same envelope as WebP', Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(30)])],
  ['a PNG without its header', Buffer.concat([PICTURES.png.subarray(0, 8), PICTURES.png.subarray(33)])],
  ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9, ...new Uint8Array(20)])],
  ['a JPEG of lengths that lead nowhere', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, ...new Uint8Array(20)])],
  ['a GIF of no width', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(20)])],
])('%s is none', (_what, bytes) => {
  expect(imageHeader(bytes)).toBeUndefined()
})

test('a header cut anywhere is never read as another type and never throws', () => {
  for (const picture of Object.values(PICTURES)) {
    const whole = imageHeader(picture)
    for (let length = 0; length <= picture.length; length++) {
      const header = imageHeader(picture.subarray(0, length))
      if (header !== undefined) expect(header).toEqual(whole)
    }
  }
})

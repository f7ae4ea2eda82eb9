import { HEAD_BYTES, pictureKind } from './picture-kind.ts'

/**
 * A picture ready to send: longest side at most 1600 px, re-encoded, so that the camera's metadata (place, time, model) is removed. What is
 * animated (GIF, PNG, WebP) is sent unchanged, or refused if it is too large.
 */
export interface Shrunk {
  /** `data:image/…;base64,…` */
  readonly url: string
  readonly width: number
  readonly height: number
}

const LONGEST_PX = 1600
const QUALITY = 0.82

/** Rejects with the code of the refusal: `image_unsupported`, `image_too_large`, or `image_heic` where the engine cannot read an iPhone's format. */
export async function shrink(file: Blob, mostBytes: number): Promise<Shrunk> {
  const kind = pictureKind(new Uint8Array(await bufferOf(file.slice(0, HEAD_BYTES))))
  const picture = kind && kind.type !== file.type ? new Blob([file], { type: kind.type }) : file
  const source = await decode(picture)
  if (!source) throw kind?.type === 'image/heic' ? 'image_heic' : 'image_unsupported'
  const { width, height } = source
  if (kind?.isAnimated && kind.type !== 'image/avif') return { url: await dataUrlWithinLimit(picture, mostBytes), width, height }
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d')
  if (!context) throw 'image_unsupported'
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  const url = await dataUrlWithinLimit(await encode(canvas, picture.type === 'image/jpeg', mostBytes), mostBytes)
  return { url, width: canvas.width, height: canvas.height }
}

async function dataUrlWithinLimit(picture: Blob | null, mostBytes: number): Promise<string> {
  if (!picture) throw 'image_unsupported'
  if (picture.size > mostBytes) throw 'image_too_large'
  return dataUrl(picture)
}

/**
 * What may be transparent becomes WebP where the engine can encode it (Safari cannot), or stays PNG if that is small. Everything else becomes JPEG.
 */
async function encode(canvas: HTMLCanvasElement, isOpaque: boolean, mostBytes: number): Promise<Blob | null> {
  const as = (type: string): Promise<Blob | null> => new Promise((done) => canvas.toBlob(done, type, QUALITY))
  const clear = isOpaque ? null : await as('image/webp')
  if (clear && (clear.type === 'image/webp' || clear.size < mostBytes / 4)) return clear
  const context = canvas.getContext('2d')!
  context.globalCompositeOperation = 'destination-over'
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  return as('image/jpeg')
}

async function decode(file: Blob): Promise<ImageBitmap | HTMLImageElement | undefined> {
  try {
    if (typeof createImageBitmap === 'function') return await createImageBitmap(file)
  } catch {
    // an image element decodes more formats
  }
  const image = new Image()
  image.src = await dataUrl(file)
  return new Promise((done) => {
    image.onload = () => done(image.width > 0 ? image : undefined)
    image.onerror = () => done(undefined)
  })
}

const dataUrl = (file: Blob): Promise<string> => read(file, 'readAsDataURL')

const bufferOf = (file: Blob): Promise<ArrayBuffer> => read(file, 'readAsArrayBuffer')

/** Blob.arrayBuffer is younger than the oldest engines here. */
const read = <T>(file: Blob, how: 'readAsDataURL' | 'readAsArrayBuffer'): Promise<T> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as T)
    reader.onerror = () => reject(reader.error)
    reader[how](file)
  })

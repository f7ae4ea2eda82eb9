import type { Body } from '../../gateway/protocol/model.ts'
import { refusalFrom } from './incoming.ts'
import type { UploadOptions } from './upload.ts'
import { withoutEndSlashes } from './without-end-slashes.ts'

/** The body to send once its picture has reached the gateway; undefined where it has none that waits. The script comes with the first. */
export function uploadOnDemand(body: Body, options: UploadOptions): Promise<Body> | undefined {
  const { url } = body as Body & { readonly url?: string }
  if (!url?.startsWith('data:')) return undefined
  const piece = import('./upload.ts').catch(() => Promise.reject({ code: 'unavailable', message: '', retry: true }))
  return piece.then(({ upload }) => upload(body, { ...options, gateway: withoutEndSlashes(options.gateway) }))
    .catch((no: unknown) => Promise.reject(refusalFrom(no)))
}

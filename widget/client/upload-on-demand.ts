import type { Body } from '../../gateway/protocol/model.ts'
import { isWaitingPicture } from './body-refusal.ts'
import { refusalFrom } from './incoming.ts'
import { withoutEndSlashes } from './ports.ts'
import type { UploadOptions } from './upload.ts'

/** Resolves with the body to send after its picture was uploaded; undefined if no picture waits. Loads the upload script with the first one. */
export function uploadOnDemand(body: Body, options: UploadOptions): Promise<Body> | undefined {
  const { url } = body as Body & { readonly url?: unknown }
  if (!isWaitingPicture(url)) return undefined
  const script = import('./upload.ts').catch(() => Promise.reject({ code: 'unavailable', message: '', retry: true }))
  return script
    .then(({ upload }) => upload(body, { ...options, gateway: withoutEndSlashes(options.gateway) }))
    .catch((error: unknown) => Promise.reject(refusalFrom(error)))
}

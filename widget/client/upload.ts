import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Body } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'

/**
 * Uploads the picture of a message, before the message itself. A separate script, because most chats are text only. It imports nothing as code, or it
 * would share a chunk with the main script; its caller validates the refusals.
 *
 * The body of a waiting picture: `{text, url: 'data:image/…;base64,…', width, height}`; after the upload `url`, `width` and `height` are the
 * gateway's. `{text, url: 'data:', problem}` cannot be sent; `problem` is the refusal's code.
 *
 * If nothing gets through it is tried again a few times; then it rejects with `unavailable`, the person is told, and the outbox goes on trying. Once the
 * connection is gone it rejects with `disconnected`, and the item waits for the next connection like any message.
 */
export interface UploadOptions {
  /** Without a slash at its end. */
  readonly gateway: string
  readonly clock: Clock
  readonly token: () => Promise<string>
  readonly isConnected: () => boolean
  /** From 0 to 1; returns false if the picture was discarded. */
  readonly onProgress: (part: number) => boolean
}

interface UploadRefusal extends Pick<WireRefusal, 'message' | 'retry' | 'afterMs'> {
  readonly code: string
}

type Outcome = { readonly body: Body } | { readonly refusal: UploadRefusal } | 'nothing'

const RETRY_MS = [1000, 2000, 4000]
/** An upload without progress for this long is dead. */
const STALL_MS = 30_000
const STEP = 0.04

/** Rejects with `code`, `message`, `retry` and `afterMs` as a refused send does. */
export async function upload(body: Body, options: UploadOptions): Promise<Body> {
  const { url, problem } = body as { readonly url?: string; readonly problem?: string }
  const picture = blobOf(url ?? '')
  if (problem !== undefined || !picture) throw final(problem ?? 'image_unsupported')
  options.onProgress(0)
  for (let attempt = 0; ; attempt++) {
    const token = await options.token().catch(noPass)
    const outcome = token === undefined ? 'nothing' : await post(picture, token, options)
    if (outcome !== 'nothing' && 'body' in outcome) return { ...body, ...outcome.body }
    if (outcome !== 'nothing') throw outcome.refusal
    if (!options.isConnected() || !options.onProgress(0)) throw { code: 'disconnected', message: 'The connection is gone.', retry: true }
    const delay = RETRY_MS[attempt]
    if (delay === undefined) throw { code: 'unavailable', message: 'The picture does not get through.', retry: true }
    await new Promise<void>((done) => void options.clock.after(delay, done))
  }
}

/** Rethrows a refusal of the gateway; a network error while fetching a guest's pass counts as a failed upload. */
function noPass(error: unknown): undefined {
  if (typeof (error as Partial<UploadRefusal>).code === 'string') throw error
}

const final = (code: string): UploadRefusal => ({ code, message: 'The picture could not be sent.', retry: false })

function post(picture: Blob, token: string, { gateway, clock, onProgress }: UploadOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    let stopWatch = (): void => {}
    const settle = (outcome: Outcome): void => {
      stopWatch()
      resolve(outcome)
    }
    const watch = (): void => {
      stopWatch()
      stopWatch = clock.after(STALL_MS, () => request.abort())
    }
    let reported = 0
    request.upload.onprogress = ({ loaded, total }) => {
      watch()
      const part = total > 0 ? loaded / total : 0
      if (part - reported < STEP && part < 1) return
      reported = part
      if (!onProgress(part)) request.abort()
    }
    request.onload = () => settle(outcomeOf(request))
    request.onerror = request.onabort = () => settle('nothing')
    request.open('POST', `${gateway}/v1/images`)
    request.setRequestHeader('Authorization', `Bearer ${token}`)
    watch()
    request.send(picture)
  })
}

/** A response that is not the gateway's comes from a proxy: its backend is down, or the picture is over its size limit. */
function outcomeOf({ status, responseText }: XMLHttpRequest): Outcome {
  const answer = parsed(responseText)
  const { url, width, height, error } = answer as { url?: unknown; width?: unknown; height?: unknown; error?: UploadRefusal }
  if (status >= 200 && status < 300 && typeof url === 'string') return { body: { url, width, height } as unknown as Body }
  if (typeof error?.code === 'string') return { refusal: error }
  return status >= 500 || status === 0 ? 'nothing' : { refusal: final(status === 413 ? 'image_too_large' : 'image_unsupported') }
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object
  } catch {
    return {}
  }
}

/** By hand: the page's Content-Security-Policy may forbid fetching `data:`. */
function blobOf(url: string): Blob | undefined {
  const [, type, base64] = /^data:(image\/[a-z]+);base64,(.+)$/.exec(url) ?? []
  if (base64 === undefined) return undefined
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return new Blob([bytes], { type: type! })
}

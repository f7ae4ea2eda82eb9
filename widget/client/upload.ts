import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Body } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'

/**
 * Brings the picture of a message to its gateway, before the message itself. A script of its own: most chats are of words. It imports
 * nothing as code, or the main script and it would share some: whoever calls it checks what a refusal of the gateway says.
 *
 * The body of a picture that waits: `{text, url: 'data:image/…;base64,…', width, height}`; of one that arrived: `url`, `width` and
 * `height` as the gateway answered. `{text, url: 'data:', problem}` is one that cannot be sent at all: `problem` is the refusal's code.
 *
 * Where nothing gets through it tries again for so long as a dead line may look alive; with the line gone it says `disconnected`,
 * which waits for the next line as any message does.
 */
export interface UploadOptions {
  /** Without a slash at its end. */
  readonly gateway: string
  readonly clock: Clock
  readonly token: () => Promise<string>
  readonly isConnected: () => boolean
  /** From 0 to 1; false: nobody wants it any more. */
  readonly onProgress: (part: number) => boolean
}

interface No extends Pick<WireRefusal, 'message' | 'retry' | 'afterMs'> {
  readonly code: string
}

type Outcome = { readonly body: Body } | { readonly no: No } | 'nothing'

const RETRY_MS = [1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000, 4000]
/** An upload that makes no headway for so long is dead. */
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
    if (outcome !== 'nothing') throw outcome.no
    if (!options.isConnected() || !options.onProgress(0)) throw { code: 'disconnected', message: 'The line is gone.', retry: true }
    const delay = RETRY_MS[attempt]
    if (delay === undefined) throw final('unavailable')
    await new Promise<void>((done) => void options.clock.after(delay, done))
  }
}

/** The gateway's own no goes on; a network that brought no guest's pass is like one that takes no picture. */
function noPass(error: unknown): undefined {
  if (typeof (error as Partial<No>).code === 'string') throw error
}

const final = (code: string): No => ({ code, message: 'The picture could not be sent.', retry: false })

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
    let told = 0
    request.upload.onprogress = ({ loaded, total }) => {
      watch()
      const part = total > 0 ? loaded / total : 0
      if (part - told < STEP && part < 1) return
      told = part
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

/** What is not the gateway's own word comes from something between: a proxy that is away, or that takes no more than so much. */
function outcomeOf({ status, responseText }: XMLHttpRequest): Outcome {
  const answer = parsed(responseText)
  const { url, width, height, error } = answer as { url?: unknown; width?: unknown; height?: unknown; error?: No }
  if (status >= 200 && status < 300 && typeof url === 'string') return { body: { url, width, height } as unknown as Body }
  if (typeof error?.code === 'string') return { no: error }
  return status >= 500 || status === 0 ? 'nothing' : { no: final(status === 413 ? 'image_too_large' : 'image_unsupported') }
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object
  } catch {
    return {}
  }
}

/** By hand: a page's policy may forbid to fetch `data:`. */
function blobOf(url: string): Blob | undefined {
  const [, type, base64] = /^data:(image\/[a-z]+);base64,(.+)$/.exec(url) ?? []
  if (base64 === undefined) return undefined
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return new Blob([bytes], { type: type! })
}

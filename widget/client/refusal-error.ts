import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'

/**
 * A refusal as an exception. Beside the gateway's codes there are three of the client's own, all worth a retry:
 * `timeout`: no answer came; `disconnected`: the connection ended before the answer came, in an orderly way or in silence;
 * `cut`: the other end closed the connection without a reason while the command was on its way.
 * After each of the three nobody knows whether the command took effect.
 */
export class RefusalError extends Error {
  override readonly name = 'RefusalError'
  readonly code: Code | 'timeout' | 'disconnected' | 'cut'
  readonly retry: boolean
  readonly afterMs: number | undefined

  constructor({ code = 'internal', message = code, retry = true, afterMs }: Partial<Omit<WireRefusal, 'code'> & Pick<RefusalError, 'code'>>) {
    super(message)
    this.code = code
    this.retry = retry
    this.afterMs = afterMs
  }
}

const isOwn = (code: RefusalError['code']): code is Exclude<RefusalError['code'], Code> =>
  code === 'timeout' || code === 'disconnected' || code === 'cut'

/** What the gateway said, whichever code a newer one may have; undefined where it said nothing. */
export function wireRefusalOf(error: unknown): WireRefusal | undefined {
  const { code, message, retry, afterMs } = Object(error) as RefusalError
  return typeof code === 'string' && !isOwn(code) ? { code, message, retry, ...(afterMs === undefined ? {} : { afterMs }) } : undefined
}

/** Only where asking again would bring the same. */
export function finalRefusal(error: unknown): WireRefusal | undefined {
  const refusal = wireRefusalOf(error)
  return refusal?.retry === false ? refusal : undefined
}

/** A refusal at once is told to the page by the client; here it means that nothing was taken. */
export function idOrRefused(send: () => string | undefined): string | undefined {
  try {
    return send()
  } catch (error) {
    if (error instanceof RefusalError) return undefined
    throw error
  }
}

import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'

/**
 * A refusal as an exception. Besides the gateway's codes there are three of the client's own, all with `retry: true`:
 * `timeout`: no answer came; `disconnected`: the connection ended before the answer, in an orderly way or by silence;
 * `cut`: the other end closed the connection without a reason while the command was under way.
 * After each of the three it is unknown whether the command took effect.
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

/** The gateway's refusal, also with a code of a newer gateway; undefined if the error is not one. */
export function wireRefusalOf(error: unknown): WireRefusal | undefined {
  const { code, message, retry, afterMs } = Object(error) as RefusalError
  return typeof code === 'string' && !isOwn(code) ? { code, message, retry, ...(afterMs === undefined ? {} : { afterMs }) } : undefined
}

/** The refusal if it is final. */
export function finalRefusal(error: unknown): WireRefusal | undefined {
  const refusal = wireRefusalOf(error)
  return refusal?.retry === false ? refusal : undefined
}

/** Returns undefined for a send that was refused at once; the client reports that refusal to the page. */
export function idOrRefused(send: () => string | undefined): string | undefined {
  try {
    return send()
  } catch (error) {
    if (error instanceof RefusalError) return undefined
    throw error
  }
}

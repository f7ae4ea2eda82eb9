import { isCode, type Code, type WireRefusal } from '../../gateway/protocol/codes.ts'

/**
 * A "no" as an exception. Beside the gateway's codes there are three of our own, all worth a retry:
 * `timeout`: no answer came; `disconnected`: the line went before the answer came, in an orderly way or in silence;
 * `cut`: the other end closed the line without a word while the command was on its way.
 * After each of the three nothing is known about the outcome.
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

/** What the gateway said; undefined where it said nothing. */
export function wireRefusalOf(error: unknown): WireRefusal | undefined {
  const { code, message, retry, afterMs } = Object(error) as RefusalError
  return isCode(code) ? { code, message, retry, ...(afterMs === undefined ? {} : { afterMs }) } : undefined
}

/** Only where asking again would bring the same. */
export function finalRefusal(error: unknown): WireRefusal | undefined {
  const refusal = wireRefusalOf(error)
  return refusal?.retry === false ? refusal : undefined
}

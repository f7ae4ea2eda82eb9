import { LIMITS } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model.ts'
import { Refusal } from '../refusal.ts'
import { isWithdrawn } from './tombstone.ts'
import { checkFreeForm, isInvisible } from '../untrusted-text.ts'

/** UTF-8 replaces lone surrogates, so two different ids could become one. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Returns the body as JSON. Throws a Refusal if the message must not be stored. */
export function checkMessage({ id, kind, body }: Pick<Message, 'id' | 'kind' | 'body'>, role: string): string {
  const { text } = body
  if (kind === 'system' && role !== 'system') throw new Refusal('forbidden', "kind system is the gateway's")
  if (isWithdrawn({ kind })) throw new Refusal('forbidden', "kind withdrawn is the gateway's")
  if (text.length > LIMITS.textLength) throw new Refusal('text_too_long', `limits.textLength is ${LIMITS.textLength}`)
  if (kind === 'text' && isInvisible(text)) throw new Refusal('text_empty')
  const json = checkFreeForm('body', body)
  if (LONE_SURROGATE.test(id)) throw new Refusal('bad_request', 'id is not well-formed text')
  return json
}

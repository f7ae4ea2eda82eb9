import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const givenIn = ({ headers }: FastifyRequest): string | undefined => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]

/** Whether a request carries `Authorization: Bearer <API_KEY>`. Compares in constant time. */
export function hasApiKey(request: FastifyRequest, apiKey: string): boolean {
  const given = givenIn(request)
  return given !== undefined && timingSafeEqual(digest(given), digest(apiKey))
}

/** Throws `pass_required` or `forbidden` if the request does not carry the key. */
export function requireApiKey(request: FastifyRequest, apiKey: string): void {
  if (givenIn(request) === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API_KEY>')
  if (!hasApiKey(request, apiKey)) throw new Refusal('forbidden', 'API key')
}

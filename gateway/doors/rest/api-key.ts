import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Refuses a request that does not carry `Authorization: Bearer <API_KEY>`. Compares in constant time. */
export function requireApiKey(request: FastifyRequest, apiKey: string): void {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (given === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API_KEY>')
  if (!timingSafeEqual(digest(given), digest(apiKey))) throw new Refusal('forbidden', 'API key')
}

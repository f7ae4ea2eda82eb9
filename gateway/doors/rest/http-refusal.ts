import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Code } from '../../protocol/codes.ts'
import { Refusal } from '../../domain/refusal.ts'

const STATUS: Partial<Record<Code, number>> = {
  pass_required: 401,
  pass_invalid: 401,
  pass_expired: 401,
  origin_forbidden: 403,
  forbidden: 403,
  unknown_command: 404,
  unknown_conversation: 404,
  conflict: 409,
  agent_unavailable: 409,
  blocked: 409,
  too_many: 409,
  too_large: 413,
  image_too_large: 413,
  image_unsupported: 415,
  image_gone: 410,
  images_full: 507,
  rate_limited: 429,
  unavailable: 503,
  draining: 503,
  internal: 500,
}

/** Sends a refusal over HTTP: `{error}` as in an ack, the matching status, and `Retry-After` if it has `afterMs`. */
export function sendRefusal(reply: FastifyReply, { wire }: Refusal): FastifyReply {
  if (wire.afterMs !== undefined) reply.header('Retry-After', String(Math.ceil(wire.afterMs / 1000)))
  // perhaps of another limit than the one of all requests
  if (wire.code === 'rate_limited') {
    reply.removeHeader('RateLimit-Limit')
    reply.headers({ 'RateLimit-Remaining': '0', 'RateLimit-Reset': String(Math.ceil((wire.afterMs ?? 0) / 1000)) })
  }
  return reply.code(STATUS[wire.code] ?? 400).send({ error: wire })
}

/** Sends any error as a refusal; details of an internal error are only logged. */
export function refuse(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendRefusal(reply, asRefusal(error) ?? new Refusal('internal'))
}

/** The refusal for an error that a route threw; undefined for a bug. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (!(error instanceof Error)) return undefined
  if (error.name === 'Unavailable') return new Refusal('unavailable')
  const status = (error as { statusCode?: number }).statusCode
  if (status === 413) return new Refusal('too_large')
  return status !== undefined && status >= 400 && status < 500 ? new Refusal('bad_request', error.message) : undefined
}

/** Without a query, which may hold what is nobody's business. */
const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!.slice(0, 64)

/** A path that there is not, or not at this gateway. */
export const notThere = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
  sendRefusal(reply, new Refusal('unknown_command', `${request.method} ${pathOf(request)}`))

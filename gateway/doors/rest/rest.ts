/**
 * The REST door under /v1: passes and guests, images, and for backends (by API key) conversations, messages, customers and shops.
 * JSON in, JSON out; a refusal is `{error}` as on the sockets, with the matching status.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.ts'
import { BackendAccess } from './backend-access.ts'
import { registerConversations } from './conversation-routes.ts'
import { registerCustomerData } from './customer-data-routes.ts'
import { registerCustomers } from './customer-routes.ts'
import { describeRoutes } from './description.ts'
import { asRefusal, notThere, refuse } from './http-refusal.ts'
import { Idempotency } from './idempotency.ts'
import { registerImages } from './images.ts'
import { registerMessages } from './message-routes.ts'
import { registerPasses } from './pass-routes.ts'
import { RequestAllowance } from './request-allowance.ts'
import { registerShops } from './shop-routes.ts'
import type { RestOptions } from './rest-options.ts'
import { registerWebhooks } from './webhook-routes.ts'

export function registerRest(app: FastifyInstance, options: RestOptions): void {
  const allowance = new RequestAllowance(options)
  const access = new BackendAccess({ ...options, shops: options.domain.shops, idempotency: new Idempotency(options) })
  app.register(
    async (scope) => {
      scope.setErrorHandler((error, request, reply) => {
        const answer = error instanceof Refusal ? allowance.refused(request, error) : error
        return refuseHeard(answer, { request, reply, options })
      })
      scope.setNotFoundHandler(notThere)
      await describeRoutes(scope)
      const hidden = { schema: { hide: true } }
      // otherwise the route of the pages at `/` would look for such a file
      scope.get('/', hidden, notThere)
      scope.get('/*', hidden, notThere)
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('X-Request-Id', request.id)
        allowPages(request, reply, options)
        allowance.arrived(request, reply)
      })
      scope.options('/*', hidden, async (_request, reply) => reply.code(204).send())
      registerPasses(scope, access, { ...options, allowance })
      registerImages(scope, options)
      registerMessages(scope, access, options)
      registerConversations(scope, access, options)
      registerCustomers(scope, access, options)
      registerCustomerData(scope, access, options)
      registerShops(scope, access, options)
      registerWebhooks(scope, access, options)
    },
    { prefix: '/v1' },
  )
}

/**
 * Pages that may not connect may not write here or read with a key, but may read the refusal. Any page may read what is public: pictures and the
 * API description.
 */
function allowPages({ headers, method, raw }: FastifyRequest, reply: FastifyReply, { origins, proxies }: RestOptions): void {
  reply.header('Cache-Control', 'no-store')
  if (headers.origin === undefined) return
  reply.headers({
    'Access-Control-Allow-Origin': headers.origin,
    Vary: 'Origin',
    'Access-Control-Allow-Headers': 'content-type, authorization, idempotency-key',
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
    'Access-Control-Expose-Headers': 'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset',
    'Access-Control-Max-Age': '600',
  })
  const isPublic = method === 'OPTIONS' || (method === 'GET' && headers.authorization === undefined)
  if (!isPublic && !origins.allow(proxies.arrival(raw))) throw new Refusal('origin_forbidden', headers.origin)
}

/** Sends the refusal and reports it to the operator. */
function refuseHeard(error: unknown, { request, reply, options }: { request: FastifyRequest; reply: FastifyReply; options: RestOptions }) {
  const route = `${request.method} ${request.routeOptions.url ?? ''}`
  if (asRefusal(error) === undefined) options.report({ fact: 'bugFound', where: route, error, request: request.id })
  if (error instanceof Refusal) {
    const { origin, host, address } = options.proxies.arrival(request.raw)
    const { code, message } = error.wire
    const key = options.apiKeys.of(request)?.name
    options.report({
      fact: 'requestRefused',
      route,
      request: request.id,
      code,
      message,
      origin,
      host,
      address,
      ...(key === undefined ? undefined : { key }),
    })
  }
  return refuse(error, request, reply)
}

/** For backends, by API key: everything about a customer, to be erased or handed out. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { Id } from '../../protocol/model.ts'
import type { BackendAccess } from './backend-access.ts'
import { answers, API_KEY, refused } from './description.ts'
import type { RestOptions } from './rest-options.ts'

const OfCustomer = Type.Object({ customer: Id })
const Wanted = Type.Object({ blocks: Type.Optional(Type.Integer({ minimum: 0, maximum: 1, description: '1: blocks are erased, too.' })) })
const Erased = Type.Object({ conversations: Type.Integer(), messages: Type.Integer(), pictures: Type.Integer() })
const ERASE = {
  operationId: 'eraseCustomer',
  summary:
    'Erases everything about a customer or guest: conversations with all shops, their pictures, notes and ratings. A block stays unless blocks is 1.',
  security: API_KEY,
  params: OfCustomer,
  querystring: Wanted,
  response: answers(200, Erased),
}
const EXPORT = {
  operationId: 'exportCustomer',
  summary: 'Everything that is stored about a customer or guest, as one JSON document that is sent while it is read.',
  security: API_KEY,
  params: OfCustomer,
  response: {
    200: { description: 'The document.', content: { 'application/json': { schema: Type.Object({}, { additionalProperties: true }) } } },
    default: refused('A refusal.'),
  },
}

export function registerCustomerData(
  scope: FastifyInstance,
  access: BackendAccess,
  { domain: { erasure, customerExport }, report }: RestOptions,
): void {
  scope.delete<{ Params: Static<typeof OfCustomer>; Querystring: Static<typeof Wanted> }>(
    '/customers/:customer',
    { schema: ERASE, ...access.needs('customers') },
    access.changes(async ({ params, query: { blocks } }, { key }) =>
      erasure.customer(access.wholeCustomer(key, params.customer), { by: key.name, hasBlocks: blocks === 1 }),
    ),
  )
  scope.get<{ Params: Static<typeof OfCustomer> }>(
    '/customers/:customer/export',
    { schema: EXPORT, ...access.needs('customers') },
    async (request, reply) => {
      const key = access.require(request, 'customers')
      const customer = access.wholeCustomer(key, request.params.customer)
      const pieces = customerExport.of(customer)
      report({ fact: 'customerExported', customer, by: key.name })
      return reply.type('application/json; charset=utf-8').send(Readable.from(pieces, { objectMode: false, highWaterMark: 1 }))
    },
  )
}

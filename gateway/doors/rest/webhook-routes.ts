/** For backends, by API key: events that a webhook has refused for days. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { BackendAccess } from './backend-access.ts'
import { answers, API_KEY, strict } from './description.ts'
import { notThere } from './http-refusal.ts'
import type { RestOptions } from './rest-options.ts'

const LetterId = Type.String({ minLength: 1, maxLength: 500 })
const DeadLetter = Type.Object({
  id: LetterId,
  webhook: Type.String({ description: 'Its address, without the query.' }),
  type: Type.String(),
  conversation: Type.String(),
  seq: Type.Optional(Type.Integer()),
  at: Type.Number(),
  failingSince: Type.Number(),
  givenUpAt: Type.Number(),
  reason: Type.String(),
})
const LIST = {
  operationId: 'listDeadLetters',
  summary: 'Events that a webhook has refused for days, the latest first.',
  security: API_KEY,
  response: answers(200, Type.Object({ deadLetters: Type.Array(DeadLetter), more: Type.Optional(Type.Literal(true)) })),
}
const OfLetter = strict({ id: LetterId })
const SEND = {
  operationId: 'sendDeadLetter',
  summary: 'Sends a dead letter once more; one that is taken is no longer listed.',
  security: API_KEY,
  body: OfLetter,
  response: answers(200, Type.Object({ isDelivered: Type.Boolean(), reason: Type.Optional(Type.String()) })),
}

/** Without webhooks the routes are not there. */
export function registerWebhooks(scope: FastifyInstance, access: BackendAccess, { deadLetters }: RestOptions): void {
  const hooks = deadLetters === undefined ? { onRequest: notThere } : access.needs('webhooks')
  scope.get('/webhooks/dead-letters', { schema: LIST, ...hooks }, async () => deadLetters!.list())
  scope.post<{ Body: Static<typeof OfLetter> }>(
    '/webhooks/dead-letters/send',
    { schema: SEND, ...hooks },
    access.changes(async ({ body }) => deadLetters!.resend(body.id)),
  )
}

/** For backends, by API key: history and system messages. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { COMMANDS } from '../../protocol/commands.ts'
import { conversationSides, isId, isShopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Body, ConversationId, Id, Kind, type Identity } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { tidyName } from '../../domain/untrusted-text.ts'
import { requireApiKey } from './api-key.ts'
import { answers, API_KEY } from './description.ts'
import { notThere } from './http-refusal.ts'
import type { RestOptions } from './rest-options.ts'

const { before, after, limit } = COMMANDS.history.input.properties
const OfConversation = Type.Object({ conversation: ConversationId })
const Range = Type.Object({ before, after, limit })
const Bot = Type.Object({ id: Id, name: Type.String({ minLength: 1, maxLength: 80 }) })
const SystemMessage = Type.Object({
  conversation: ConversationId,
  id: Type.Optional(Id),
  kind: Type.Optional(Kind),
  body: Body,
  bot: Type.Optional({ ...Bot, description: "Who is shown as the writer, on the side of the shop; the conversation is no agent's by that." }),
})

const HISTORY = {
  summary: 'A page of a conversation, ascending.',
  security: API_KEY,
  params: OfConversation,
  querystring: Range,
  response: answers(200, COMMANDS.history.answer),
}
const MESSAGES = {
  summary: 'Writes into a conversation; kind is system unless told, and text of a bot. The same id again changes nothing.',
  security: API_KEY,
  body: SystemMessage,
  response: answers(200, COMMANDS.send.answer),
}

export function registerBackend(scope: FastifyInstance, { apiKey, domain: { shops, messages } }: RestOptions): void {
  const hooks = apiKey === undefined ? { onRequest: notThere } : { preValidation: async (request: FastifyRequest) => requireApiKey(request, apiKey) }
  scope.get<{ Params: Static<typeof OfConversation>; Querystring: Static<typeof Range> }>(
    '/conversations/:conversation/messages',
    { schema: HISTORY, ...hooks },
    async ({ params, query }) => {
      shops.check(params)
      return messages.history({ identity: backendFor(params.conversation), sid: '' }, { ...params, ...query })
    },
  )
  scope.post<{ Body: Static<typeof SystemMessage> }>('/messages', { schema: MESSAGES, bodyLimit: LIMITS.packetBytes, ...hooks }, async (request) => {
    const { conversation, id = randomUUID(), bot, kind = bot === undefined ? 'system' : 'text', body } = request.body
    shops.check({ conversation })
    const identity = bot === undefined ? backendFor(conversation) : botFor(conversation, bot)
    return messages.send({ identity, sid: '' }, { conversation, id, kind, body })
  })
}

/** A backend speaks in the name of a conversation's first side (the shop, where there is one), and of no device. */
export function backendFor(conversation: string): Identity {
  const side = conversationSides(conversation)?.[0]
  if (side === undefined) throw new Refusal('unknown_conversation')
  return { id: 'system', role: 'system', side, expiresAt: Number.MAX_SAFE_INTEGER }
}

/** A bot is the shop's, and has a name as an agent has; what it writes assigns nothing. */
function botFor(conversation: string, { id, name }: Static<typeof Bot>): Identity {
  const identity = backendFor(conversation)
  const shown = tidyName(name)
  if (!isShopSide(identity.side)) throw new Refusal('bad_request', 'a bot writes in conversations of a shop')
  if (!isId(id) || isShopSide(id)) throw new Refusal('bad_request', 'bot.id is not an id')
  if (shown === undefined) throw new Refusal('bad_request', 'bot.name is empty')
  return { ...identity, id, name: shown }
}

/** For backends: a conversation's history, and messages of the system, of a bot and of an agent. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { COMMANDS } from '../../protocol/commands.ts'
import { conversationSides, isId, isShopSide, QUEUE, shopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Body, ConversationId, Id, Kind, type Identity } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { tidyName } from '../../domain/untrusted-text.ts'
import { systemOf, type BackendAccess } from './backend-access.ts'
import { answers, API_KEY, strict } from './description.ts'
import type { RestOptions } from './rest-options.ts'

const { before, after, limit } = COMMANDS.history.input.properties
const OfConversation = Type.Object({ conversation: ConversationId })
const Range = strict({ before, after, limit })
const Writer = strict({ id: Id, name: Type.String({ minLength: 1, maxLength: 80 }) })
const NewMessage = strict({
  conversation: ConversationId,
  id: Type.Optional(Id),
  kind: Type.Optional(Kind),
  body: Body,
  bot: Type.Optional({ ...Writer, description: "Who is shown as the writer, on the side of the shop; the conversation is no agent's by that." }),
  agent: Type.Optional({
    ...Writer,
    description: "One of the shop's agents: as if written on the desk, so that a conversation that is nobody's is the agent's.",
  }),
})

const HISTORY = {
  operationId: 'listMessages',
  summary: 'A page of a conversation, ascending.',
  security: API_KEY,
  params: OfConversation,
  querystring: Range,
  response: answers(200, COMMANDS.history.answer),
}
const MESSAGES = {
  operationId: 'sendMessage',
  summary: 'Writes into a conversation; kind is system unless told, and text of a bot or an agent. The same id again changes nothing.',
  security: API_KEY,
  body: NewMessage,
  response: answers(200, COMMANDS.send.answer),
}

interface History {
  Params: Static<typeof OfConversation>
  Querystring: Static<typeof Range>
}
interface Written {
  Body: Static<typeof NewMessage>
}

export function registerMessages(scope: FastifyInstance, access: BackendAccess, { domain: { messages } }: RestOptions): void {
  scope.get<History>(
    '/conversations/:conversation/messages',
    { schema: HISTORY, ...access.needs('read') },
    access.reads(async ({ params, query }, key) => {
      access.conversation(key, params.conversation)
      return messages.history({ identity: backendFor(params.conversation), sid: '' }, { ...params, ...query })
    }),
  )
  scope.post<Written>(
    '/messages',
    { schema: MESSAGES, bodyLimit: LIMITS.packetBytes, ...access.needs('write') },
    access.changes(async ({ body: { conversation, ...written } }, { key, repeatId }) => {
      const [side] = access.conversation(key, conversation)
      const { id = repeatId ?? randomUUID(), bot, agent, body } = written
      if (bot !== undefined && agent !== undefined) throw new Refusal('bad_request', 'give bot or agent, not both')
      const identity = bot !== undefined ? writerOf('bot', side, bot) : agent !== undefined ? agentOf(side, agent) : systemOf(side)
      const kind = written.kind ?? (bot === undefined && agent === undefined ? 'system' : 'text')
      return messages.send({ identity, sid: '' }, { conversation, id, kind, body })
    }),
  )
}

/** A backend speaks in the name of a conversation's first side (the shop, where there is one). */
export function backendFor(conversation: string): Identity {
  const side = conversationSides(conversation)?.[0]
  if (side === undefined) throw new Refusal('unknown_conversation')
  return systemOf(side)
}

/** A bot is the shop's, and has a name as an agent has; what it writes assigns nothing. */
function writerOf(what: 'bot' | 'agent', side: string, { id, name }: Static<typeof Writer>): Identity {
  const shown = tidyName(name)
  if (!isShopSide(side)) throw new Refusal('bad_request', `a ${what} writes in conversations of a shop`)
  if (!isId(id) || isShopSide(id)) throw new Refusal('bad_request', `${what}.id is not an id`)
  if (shown === undefined) throw new Refusal('bad_request', `${what}.name is empty`)
  return { ...systemOf(side), id, name: shown }
}

function agentOf(side: string, agent: Static<typeof Writer>): Identity {
  const writer = writerOf('agent', side, agent)
  if (writer.id === QUEUE) throw new Refusal('bad_request', `no agent is called ${QUEUE}`)
  return { ...writer, role: 'agent', shop: side.slice(shopSide('').length) }
}

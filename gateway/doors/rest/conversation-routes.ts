/** For backends: lists of conversations, one of them, and what becomes of it. All of it goes through what the desk's commands use. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { conversationId } from '../../protocol/keys.ts'
import { COMMANDS } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Assignment, Body, ConversationId, ConversationRow, Id, Kind, Tag, TAG_COUNT } from '../../protocol/model.ts'
import { reaches, systemOf, type BackendAccess } from './backend-access.ts'
import { answers, API_KEY, Page, pageQuery, strict } from './description.ts'
import type { RestOptions } from './rest-options.ts'

const State = Type.Union([Type.Literal('waiting'), Type.Literal('open'), Type.Literal('closed'), Type.Literal('all')])
const OfConversation = Type.Object({ conversation: ConversationId })
const OfShop = Type.Object({ shop: Id })
const OfCustomer = Type.Object({ customer: Id })
const ShopQuery = strict({ ...pageQuery, state: Type.Optional(State) })
const CustomerQuery = strict(pageQuery)
const Conversations = Page('conversations', ConversationRow)
const Served = Type.Object({ service: Assignment })

const NewConversation = strict({
  shop: Id,
  customer: Id,
  message: Type.Optional({
    ...strict({ id: Type.Optional(Id), kind: Type.Optional(Kind), body: Body }),
    description: 'Written first, by the system. Needed where nobody has written yet.',
  }),
})
const ToAgent = strict({ agent: Type.Optional({ ...Id, description: 'One who is there. Absent: back to the queue, for another agent.' }) })
const TagChange = strict({
  add: Type.Optional(Type.Array(Tag, { maxItems: TAG_COUNT })),
  remove: Type.Optional(Type.Array(Tag, { maxItems: TAG_COUNT })),
})
const Nothing = strict({})
const { reason, until } = COMMANDS.block.input.properties
const Blocking = strict({ reason, until })

const bodyLimit = LIMITS.packetBytes
const OF_SHOP = {
  operationId: 'listShopConversations',
  summary: "A page of a shop's conversations: waiting and open ones longest first, all and closed ones by their last message.",
  security: API_KEY,
  params: OfShop,
  querystring: ShopQuery,
  response: answers(200, Conversations),
}
const OF_CUSTOMER = {
  operationId: 'listCustomerConversations',
  summary: "A page of a customer's conversations by their last message, newest first.",
  security: API_KEY,
  params: OfCustomer,
  querystring: CustomerQuery,
  response: answers(200, Conversations),
}
const ONE = {
  operationId: 'getConversation',
  summary: 'A conversation as its shop sees it: head, cursors, last message, assignment, tags.',
  security: API_KEY,
  params: OfConversation,
  response: answers(200, ConversationRow),
}
const OPEN = {
  operationId: 'openConversation',
  summary:
    'Begins a conversation, or opens a closed one: it goes to an agent or waits, as if its customer had written. One that is not closed stays as it is.',
  security: API_KEY,
  body: NewConversation,
  response: answers(200, ConversationRow),
}
const changing = (operationId: string, summary: string, body: ReturnType<typeof strict>) => ({
  operationId,
  summary,
  security: API_KEY,
  params: OfConversation,
  body,
  response: answers(200, Served),
})
const ASSIGN = changing('assignConversation', 'Gives a conversation to an agent who is there, or back to the queue, whoever has it.', ToAgent)
const CLOSE = changing('closeConversation', 'Closes a conversation, whoever has it.', Nothing)
const TAGS = changing('tagConversation', 'Adds and removes tags.', TagChange)
const BLOCK = changing('blockCustomer', 'Blocks the customer of a conversation in its shop.', Blocking)
const UNBLOCK = changing('unblockCustomer', 'Ends that block.', Nothing)

interface About<B = unknown> {
  Params: Static<typeof OfConversation>
  Body: B
}

export function registerConversations(scope: FastifyInstance, access: BackendAccess, options: RestOptions): void {
  registerLists(scope, access, options)
  const { messages, routing, conversationPages } = options.domain
  scope.get<About>(
    '/conversations/:conversation',
    { schema: ONE, ...access.needs('read') },
    access.reads(async ({ params: { conversation } }, key) => {
      access.conversation(key, conversation)
      return conversationPages.one(conversation)
    }),
  )
  scope.post<{ Body: Static<typeof NewConversation> }>(
    '/conversations',
    { schema: OPEN, bodyLimit, ...access.needs('write') },
    access.changes(async ({ body }, { key, repeatId }) => {
      const side = access.shop(key, body.shop)
      const conversation = conversationId(side, access.customer(body.customer))
      const { id = repeatId ?? randomUUID(), kind = 'system', body: written } = body.message ?? {}
      if (written !== undefined) await messages.send({ identity: systemOf(side), sid: '' }, { conversation, id, kind, body: written })
      await routing.open(access.caller(key, side), { conversation })
      return conversationPages.one(conversation)
    }),
  )
  registerCommands(scope, access, options)
}

function registerLists(scope: FastifyInstance, access: BackendAccess, { domain: { conversationPages } }: RestOptions): void {
  scope.get<{ Params: Static<typeof OfShop>; Querystring: Static<typeof ShopQuery> }>(
    '/shops/:shop/conversations',
    { schema: OF_SHOP, ...access.needs('read') },
    access.reads(async ({ params, query }, key) => {
      const { state = 'all', ...asked } = query
      return conversationPages.ofShop(access.shop(key, params.shop), { ...asked, state })
    }),
  )
  scope.get<{ Params: Static<typeof OfCustomer>; Querystring: Static<typeof CustomerQuery> }>(
    '/customers/:customer/conversations',
    { schema: OF_CUSTOMER, ...access.needs('read') },
    access.reads(async ({ params, query }, key) =>
      conversationPages.ofPerson(access.customer(params.customer), query, (sides) => reaches(key, sides)),
    ),
  )
}

function registerCommands(scope: FastifyInstance, access: BackendAccess, { domain }: RestOptions): void {
  const { blacklist, routing, tags } = domain
  scope.post<About<Static<typeof ToAgent> | null>>(
    '/conversations/:conversation/assign',
    { schema: ASSIGN, bodyLimit, ...access.needs('write') },
    access.changes(async ({ params: { conversation }, body }, { key }) => ({
      service: await routing.assign(access.served(key, conversation), { conversation, agent: body?.agent }),
    })),
  )
  scope.post<About>(
    '/conversations/:conversation/close',
    { schema: CLOSE, bodyLimit, ...access.needs('write') },
    access.changes(async ({ params: { conversation } }, { key }) => {
      const { service } = await routing.close(access.served(key, conversation), { conversation })
      return { service }
    }),
  )
  scope.post<About<Static<typeof TagChange> | null>>(
    '/conversations/:conversation/tags',
    { schema: TAGS, bodyLimit, ...access.needs('write') },
    access.changes(async ({ params: { conversation }, body }, { key }) => ({
      service: await tags.change(access.served(key, conversation), { conversation, add: body?.add ?? [], remove: body?.remove ?? [] }),
    })),
  )
  scope.post<About<Static<typeof Blocking>>>(
    '/conversations/:conversation/block',
    { schema: BLOCK, bodyLimit, ...access.needs('customers') },
    access.changes(async ({ params: { conversation }, body }, { key }) => {
      const { service } = await blacklist.block(access.served(key, conversation), { conversation, ...body })
      return { service }
    }),
  )
  scope.post<About>(
    '/conversations/:conversation/unblock',
    { schema: UNBLOCK, bodyLimit, ...access.needs('customers') },
    access.changes(async ({ params: { conversation } }, { key }) => {
      const { service } = await blacklist.unblock(access.served(key, conversation), { conversation })
      return { service }
    }),
  )
}

/** For backends: who a shop's customers are, whether one is there, and that a guest has turned out to be one of them. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { isShopSide, shopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { ConversationId, Guest, Id } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { reaches, type BackendAccess } from './backend-access.ts'
import { answers, API_KEY, Page, pageQuery, strict } from './description.ts'
import type { RestOptions } from './rest-options.ts'

const OfShop = Type.Object({ shop: Id })
const OfCustomer = Type.Object({ customer: Id })
const Query = strict(pageQuery)
const customerFields = {
  customer: Id,
  name: Type.Optional(Type.String({ description: 'As it was last written under.' })),
  guest: Type.Optional(Guest),
  at: Type.Number({ description: 'Time of the last message, ms since the epoch.' }),
}
const MergeBody = strict({ guest: Id })

const LIST = {
  operationId: 'listCustomers',
  summary: "A page of a shop's customers by their last message, newest first.",
  security: API_KEY,
  params: OfShop,
  querystring: Query,
  response: answers(200, Page('customers', Type.Object(customerFields))),
}
const ONE = {
  operationId: 'getCustomer',
  summary: 'A customer, and whether they are there now.',
  security: API_KEY,
  params: OfCustomer,
  response: answers(200, Type.Object({ ...customerFields, online: Type.Boolean() })),
}
const MERGE = {
  operationId: 'mergeGuest',
  summary: "Copies a guest's conversations with shops into the customer's. The same again copies what was written since.",
  security: API_KEY,
  params: OfCustomer,
  body: MergeBody,
  response: answers(
    200,
    Type.Object({ conversations: Type.Array(Type.Object({ conversation: ConversationId, copied: Type.Integer({ description: 'Messages.' }) })) }),
  ),
}

interface About<B = unknown> {
  Params: Static<typeof OfCustomer>
  Body: B
}

export function registerCustomers(scope: FastifyInstance, access: BackendAccess, { domain }: RestOptions): void {
  const { conversationPages, merges, presence } = domain
  scope.get<{ Params: Static<typeof OfShop>; Querystring: Static<typeof Query> }>(
    '/shops/:shop/customers',
    { schema: LIST, ...access.needs('read') },
    access.reads(async ({ params, query }, key) => conversationPages.customersOf(access.shop(key, params.shop), query)),
  )
  scope.get<About>(
    '/customers/:customer',
    { schema: ONE, ...access.needs('read') },
    access.reads(async ({ params }, key) => {
      const side = access.customer(params.customer)
      const found = await conversationPages.customer(side, (sides) => reaches(key, sides))
      if (found === undefined) throw new Refusal('unknown_conversation', 'there is none with this customer')
      return { ...found, online: (await presence.of(side)).online }
    }),
  )
  scope.post<About<Static<typeof MergeBody>>>(
    '/customers/:customer/merge',
    { schema: MERGE, bodyLimit: LIMITS.packetBytes, ...access.needs('customers') },
    access.changes(async ({ params, body: { guest } }, { key: { shops } }) => {
      const mayMerge = (side: string): boolean => isShopSide(side) && (shops === undefined || shops.has(side.slice(shopSide('').length)))
      return merges.merge({ guest, customer: access.customer(params.customer), mayMerge })
    }),
  )
}

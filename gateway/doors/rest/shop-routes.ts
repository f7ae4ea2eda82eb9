/** For backends: what a shop says about itself, its quick replies, whom it has blocked, and which of its agents are there. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { COMMANDS } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Id, Presence, QuickReply, ShopRecord } from '../../protocol/model.ts'
import { presenceFor } from '../../domain/presence/presence.ts'
import type { BackendAccess } from './backend-access.ts'
import { answers, API_KEY, strict } from './description.ts'
import type { RestOptions } from './rest-options.ts'

const OfShop = Type.Object({ shop: Id })
const OfReply = Type.Object({ shop: Id, id: Id })
const { folder, title, text } = QuickReply.properties
const NewReply = strict({ folder, title, text })
const Reply = Type.Object({ id: Id, folder, title, text })
const bodyLimit = LIMITS.packetBytes

/** A misspelt part would otherwise be deleted without a word. */
const Whole = { ...ShopRecord, additionalProperties: false }
const ABOUT = {
  operationId: 'putShop',
  summary: 'Stores what a shop says about itself in place of what it said before; an empty object deletes it.',
  security: API_KEY,
  params: OfShop,
  body: Whole,
  response: answers(200, Type.Object({ shop: ShopRecord }, { description: 'As it is stored.' })),
}
const AGENTS = {
  operationId: 'listAgents',
  summary: "Which of a shop's agents are there, with their status and how many open conversations each has.",
  security: API_KEY,
  params: OfShop,
  response: answers(200, Presence),
}
const BLOCKED = {
  operationId: 'listBlocked',
  summary: 'The customers whom a shop has blocked, latest first.',
  security: API_KEY,
  params: OfShop,
  response: answers(200, Type.Omit(COMMANDS.blocked.answer, ['ok'])),
}
const REPLIES = {
  operationId: 'listQuickReplies',
  summary: "A shop's own quick replies, in no order.",
  security: API_KEY,
  params: OfShop,
  response: answers(200, Type.Object({ quickReplies: Type.Array(Reply) })),
}
const PUT_REPLY = {
  operationId: 'putQuickReply',
  summary: 'Stores a quick reply of a shop.',
  security: API_KEY,
  params: OfReply,
  body: NewReply,
  response: answers(200, Type.Object({ quickReply: Reply })),
}
const DELETE_REPLY = {
  operationId: 'deleteQuickReply',
  summary: 'Deletes a quick reply of a shop; one that is not there, too.',
  security: API_KEY,
  params: OfReply,
  response: answers(200, Type.Object({})),
}

interface OfAShop<B = unknown> {
  Params: Static<typeof OfShop>
  Body: B
}
interface OfAReply<B = unknown> {
  Params: Static<typeof OfReply>
  Body: B
}

export function registerShops(scope: FastifyInstance, access: BackendAccess, options: RestOptions): void {
  const { blacklist, presence, routing, shopRecords } = options.domain
  scope.put<OfAShop<ShopRecord>>(
    '/shops/:shop',
    { schema: ABOUT, bodyLimit, ...access.needs('shops') },
    access.changes(async ({ params: { shop }, body }, { key }) => {
      access.shop(key, shop)
      return { shop: await shopRecords.put(shop, body) }
    }),
  )
  scope.get<OfAShop>(
    '/shops/:shop/agents',
    { schema: AGENTS, ...access.needs('read') },
    access.reads(async ({ params: { shop } }, key) => {
      const side = access.shop(key, shop)
      const caller = access.caller(key, side)
      const { [side]: agents } = await routing.withLoads(caller, { [side]: presenceFor(caller.identity, side, await presence.of(side)) })
      return agents!
    }),
  )
  scope.get<OfAShop>(
    '/shops/:shop/blocked',
    { schema: BLOCKED, ...access.needs('read') },
    access.reads(async ({ params: { shop } }, key) => {
      const { ok: _, ...blocked } = await blacklist.all(access.caller(key, access.shop(key, shop)))
      return blocked
    }),
  )
  registerQuickReplies(scope, access, options)
}

function registerQuickReplies(scope: FastifyInstance, access: BackendAccess, { domain: { quickReplies } }: RestOptions): void {
  scope.get<OfAShop>(
    '/shops/:shop/quick-replies',
    { schema: REPLIES, ...access.needs('read') },
    access.reads(async ({ params: { shop } }, key) => {
      const all = await quickReplies.all(access.caller(key, access.shop(key, shop)))
      return { quickReplies: all.quickReplies.flatMap(({ scope: of, ...reply }) => (of === 'shop' ? [reply] : [])) }
    }),
  )
  scope.put<OfAReply<Static<typeof NewReply>>>(
    '/shops/:shop/quick-replies/:id',
    { schema: PUT_REPLY, bodyLimit, ...access.needs('shops') },
    access.changes(async ({ params: { shop, id }, body }, { key }) => {
      await quickReplies.save(access.caller(key, access.shop(key, shop)), { quickReply: { ...body, id, scope: 'shop' } })
      return { quickReply: { id, ...body } }
    }),
  )
  scope.delete<OfAReply>(
    '/shops/:shop/quick-replies/:id',
    { schema: DELETE_REPLY, ...access.needs('shops') },
    access.changes(async ({ params: { shop, id } }, { key }) => {
      await quickReplies.delete(access.caller(key, access.shop(key, shop)), { scope: 'shop', id })
      return {}
    }),
  )
}

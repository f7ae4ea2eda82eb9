/** For backends, by API key: what a shop says about itself. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { isId, shopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Id, ShopRecord } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { requireApiKey } from './api-key.ts'
import { answers, API_KEY } from './description.ts'
import { notThere } from './http-refusal.ts'
import type { RestOptions } from './rest-options.ts'

const OfShop = Type.Object({ shop: Id })
/** A misspelt part would otherwise be deleted without a word. */
const Whole = { ...ShopRecord, additionalProperties: false }
const ABOUT = {
  summary: 'Stores what a shop says about itself in place of what it said before; an empty object deletes it.',
  security: API_KEY,
  params: OfShop,
  body: Whole,
  response: answers(200, Type.Object({ shop: ShopRecord }, { description: 'As it is stored.' })),
}

export function registerShops(scope: FastifyInstance, { apiKey, domain: { shops, shopRecords } }: RestOptions): void {
  const hooks = apiKey === undefined ? { onRequest: notThere } : { preValidation: async (request: FastifyRequest) => requireApiKey(request, apiKey) }
  scope.put<{ Params: Static<typeof OfShop>; Body: ShopRecord }>(
    '/shops/:shop',
    { schema: ABOUT, bodyLimit: LIMITS.packetBytes, ...hooks },
    async ({ params: { shop }, body }) => {
      const side = shopSide(shop)
      if (!isId(side)) throw new Refusal('bad_request', 'shop is not an id')
      shops.check({ to: side })
      return { shop: await shopRecords.put(shop, body) }
    },
  )
}

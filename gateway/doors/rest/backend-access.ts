/** What a route for backends asks of a request: an API key with a right, and that the key may reach what the request is about. */
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import type { Report } from '../../domain/facts.ts'
import { conversationSides, isId, isShopSide, shopSide } from '../../protocol/keys.ts'
import type { Identity } from '../../protocol/model.ts'
import type { Caller } from '../../domain/messaging/access.ts'
import type { Shops } from '../../domain/messaging/shops.ts'
import { Refusal } from '../../domain/refusal.ts'
import { bearerOf, type ApiKey, type ApiKeys, type Right } from '../admit/api-keys.ts'
import { notThere } from './http-refusal.ts'
import type { Idempotency } from './idempotency.ts'

export interface BackendAccessOptions {
  readonly apiKeys: ApiKeys
  readonly shops: Shops
  readonly idempotency: Idempotency
  readonly report: Report
}

/** Beside the request: whose it is, and an id that is the same whenever the request is repeated with its `Idempotency-Key`. */
export interface Asking {
  readonly key: ApiKey
  readonly repeatId: string | undefined
}

type Handler<T extends RouteGenericInterface> = (request: FastifyRequest<T>, asking: Asking) => Promise<object>

export class BackendAccess {
  readonly #options: BackendAccessOptions

  constructor(options: BackendAccessOptions) {
    this.#options = options
  }

  /** The hooks of a route: without any key it is not there, and with one that lacks the right it is refused. */
  needs(right: Right): { onRequest: typeof notThere } | { preValidation: (request: FastifyRequest) => Promise<void> } {
    if (this.#options.apiKeys.isEmpty) return { onRequest: notThere }
    return { preValidation: async (request) => void this.require(request, right) }
  }

  /** Throws `pass_required` or `forbidden`. */
  require(request: FastifyRequest, right: Right): ApiKey {
    if (bearerOf(request) === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API key>')
    const key = this.#options.apiKeys.of(request)
    if (key === undefined) throw new Refusal('forbidden', 'API key')
    if (!key.rights.has(right)) throw new Refusal('forbidden', `the API key "${key.name}" lacks the right ${right}`)
    return key
  }

  /** A route that changes nothing. */
  reads<T extends RouteGenericInterface>(handler: (request: FastifyRequest<T>, key: ApiKey) => Promise<object>) {
    return async (request: FastifyRequest<T>): Promise<object> => handler(request, this.#options.apiKeys.of(request)!)
  }

  /** A route that changes something: it is logged with the key's name, and repeated once only where the request says so. */
  changes<T extends RouteGenericInterface>(handler: Handler<T>) {
    return async (request: FastifyRequest<T>, reply: FastifyReply): Promise<object> => {
      const key = this.#options.apiKeys.of(request)!
      return this.#options.idempotency.once(key.name, { request, reply }, async (repeatId) => {
        const answer = await handler(request, { key, repeatId })
        const route = `${request.method} ${request.routeOptions.url ?? ''}`
        this.#options.report({ fact: 'backendChanged', key: key.name, request: request.id, route, about: idsIn(request) })
        return answer
      })
    }
  }

  /** The side of a shop. Throws for an id that is none, an unknown shop, and one that the key may not reach. */
  shop({ shops }: ApiKey, id: string): string {
    const side = shopSide(id)
    if (!isId(side) || isShopSide(id)) throw new Refusal('bad_request', 'shop is not an id')
    this.#options.shops.check({ to: side })
    if (shops !== undefined && !shops.has(id)) throw otherShops()
    return side
  }

  /** A customer's id. Throws for one that is none. */
  customer(id: string): string {
    if (!isId(id) || isShopSide(id)) throw new Refusal('bad_request', 'customer is not an id')
    return id
  }

  /** A customer's id, for what concerns their conversations with all shops. Throws also for a key that is limited to some. */
  wholeCustomer({ shops }: ApiKey, id: string): string {
    if (shops !== undefined) throw new Refusal('forbidden', 'this API key is limited to some shops, and the customer may have written to others')
    return this.customer(id)
  }

  /** The two sides of a conversation, the shop first where there is one. Throws as `shop` does, and `unknown_conversation`. */
  conversation(key: ApiKey, id: string): readonly [string, string] {
    const sides = conversationSides(id)
    if (sides === undefined) throw new Refusal('unknown_conversation')
    this.#options.shops.check({ conversation: id })
    if (!reaches(key, sides)) throw otherShops()
    return sides
  }

  /** As `conversation`, for what there is with shops only: the caller of its commands is the shop's system, under the key's name. */
  served(key: ApiKey, id: string): Caller {
    const [side] = this.conversation(key, id)
    if (!isShopSide(side)) throw new Refusal('bad_request', 'conversations between two persons have no agents')
    return this.caller(key, side)
  }

  caller({ name }: ApiKey, side: string): Caller {
    return { identity: { ...systemOf(side), name }, sid: '' }
  }
}

/** What a request is about, as far as an operator may read it: the ids in its address and body. */
function idsIn({ params, body }: Pick<FastifyRequest, 'params' | 'body'>): string[] {
  const { conversation, shop, customer, guest } = (body ?? {}) as Readonly<Record<string, unknown>>
  return [...Object.values(params ?? {}), conversation, shop, customer, guest].filter((id) => typeof id === 'string')
}

const otherShops = (): Refusal => new Refusal('forbidden', 'this API key is limited to other shops')

export const reaches = ({ shops }: ApiKey, [side]: readonly [string, string]): boolean =>
  shops === undefined || (isShopSide(side) && shops.has(side.slice(shopSide('').length)))

/** A backend speaks for a side, and from no device. */
export const systemOf = (side: string): Identity => ({ id: 'system', role: 'system', side, expiresAt: Number.MAX_SAFE_INTEGER })

/** Passes: minted for whoever has the API key or, in demo mode, the word; and for guests, who have nothing. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { guestId } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Id } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { Origins } from '../admit/origins.ts'
import type { ApiKey } from '../admit/api-keys.ts'
import type { BackendAccess } from './backend-access.ts'
import { answers, API_KEY } from './description.ts'
import { notThere } from './http-refusal.ts'
import type { RequestAllowance } from './request-allowance.ts'
import type { RestOptions } from './rest-options.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const GUEST_MS = 180 * DAY_MS
const OWN_HOST = new Origins('')

const Name = Type.String({ maxLength: 80 })

const PassRequest = Type.Object(
  {
    sub: Id,
    src: Type.Optional(Type.String({ maxLength: 32 })),
    role: Type.Union([Type.Literal('customer'), Type.Literal('agent')]),
    shop: Type.Optional(Id),
    name: Type.Optional(Name),
    avatar: Type.Optional(Type.String({ maxLength: 500 })),
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: YEAR_MS })),
  },
  { additionalProperties: false },
)
const Guest = Type.Object({ name: Type.Optional(Name) })
const Pass = Type.Object({ token: Type.String(), expiresAt: Type.Number({ description: 'ms since the epoch' }) })
const GuestPass = Type.Object({ ...Pass.properties, sub: Type.String() })

const PASSES = {
  operationId: 'createPass',
  summary: 'A pass for somebody.',
  security: [...API_KEY, {}],
  body: PassRequest,
  response: answers(200, Pass),
}
const GUESTS = {
  operationId: 'createGuest',
  summary: 'A new customer without a login.',
  security: [],
  body: Guest,
  response: answers(200, GuestPass),
}

interface PassOptions extends RestOptions {
  readonly allowance: RequestAllowance
}

export function registerPasses(scope: FastifyInstance, access: BackendAccess, options: PassOptions): void {
  const { allowance, apiKeys, demoWord, passes, proxies } = options
  const isOn = passes.canMint && (demoWord !== undefined || !apiKeys.isEmpty)
  const bodyLimit = LIMITS.packetBytes
  scope.post<{ Body: Static<typeof PassRequest> }>(
    '/passes',
    {
      schema: PASSES,
      bodyLimit,
      ...(isOn ? {} : { onRequest: notThere }),
      preValidation: async (request) => {
        if (demoWord?.isTried(request, proxies)) allowance.mayGuess(request)
        requireMinter(request, access, options)
      },
    },
    async (request) => {
      const { ttlMs = DAY_MS, ...claims } = request.body
      mustBeOfKey(apiKeys.of(request), claims)
      return passes.mint(claims, ttlMs)
    },
  )
  scope.post<{ Body: Static<typeof Guest> }>(
    '/guests',
    { schema: GUESTS, bodyLimit, preValidation: async () => requireGuests(options) },
    async (request) => mintGuest(request, request.body, options),
  )
}

/** The API key, or in demo mode the word. */
function requireMinter(request: FastifyRequest, access: BackendAccess, { apiKeys, demoWord, proxies }: RestOptions): void {
  if (demoWord?.isBrought(request, { proxies, ownHost: OWN_HOST })) return
  if (!apiKeys.isEmpty && request.headers.authorization !== undefined) return void access.require(request, 'passes')
  if (demoWord === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API_KEY>')
  const wasWrong = request.headers.authorization !== undefined
  throw new Refusal(wasWrong ? 'forbidden' : 'pass_required', 'demo passes need the word of the link that npm start has printed, or DEMO_WORD')
}

/** A key of some shops makes passes of their agents only: a customer's pass opens the customer's conversations with every shop. */
function mustBeOfKey(key: ApiKey | undefined, { role, shop }: Pick<Static<typeof PassRequest>, 'role' | 'shop'>): void {
  if (key?.shops === undefined || (role === 'agent' && shop !== undefined && key.shops.has(shop))) return
  throw new Refusal('forbidden', `the API key "${key.name}" makes passes of its shops' agents only`)
}

function requireGuests({ hasGuests, passes }: RestOptions): void {
  if (!hasGuests) throw new Refusal('pass_required', 'GUESTS is off here')
  if (!passes.canMint) throw new Refusal('pass_required', "this gateway has no IM_SECRET to sign a guest's pass with")
}

async function mintGuest({ raw }: FastifyRequest, { name }: Static<typeof Guest>, { passes, proxies, allowances }: RestOptions) {
  allowances.take('guest', { address: proxies.clientAddress(raw) })
  const sub = guestId(randomUUID())
  const pass = await passes.mint({ sub, role: 'customer', ...(name === undefined ? {} : { name }) }, GUEST_MS)
  return { ...pass, sub }
}

/** Passes: minted for whoever has the API key or, in demo mode, the word; and for guests, who have nothing. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { guestId } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { Id } from '../../protocol/model.ts'
import { Refusal } from '../../domain/refusal.ts'
import { Origins } from '../admit/origins.ts'
import { requireApiKey } from './api-key.ts'
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

const PASSES = { summary: 'A pass for somebody.', security: [...API_KEY, {}], body: PassRequest, response: answers(200, Pass) }
const GUESTS = { summary: 'A new customer without a login.', security: [], body: Guest, response: answers(200, GuestPass) }

export function registerPasses(scope: FastifyInstance, options: RestOptions, allowance: RequestAllowance): void {
  const { apiKey, demoWord, passes, proxies } = options
  const isOn = passes.canMint && (demoWord !== undefined || apiKey !== undefined)
  const bodyLimit = LIMITS.packetBytes
  scope.post<{ Body: Static<typeof PassRequest> }>(
    '/passes',
    {
      schema: PASSES,
      bodyLimit,
      ...(isOn ? {} : { onRequest: notThere }),
      preValidation: async (request) => {
        if (demoWord?.isTried(request, proxies)) allowance.mayGuess(request)
        requireMinter(request, options)
      },
    },
    async ({ body: { ttlMs = DAY_MS, ...claims } }) => passes.mint(claims, ttlMs),
  )
  scope.post<{ Body: Static<typeof Guest> }>(
    '/guests',
    { schema: GUESTS, bodyLimit, preValidation: async () => requireGuests(options) },
    async (request) => mintGuest(request, request.body, options),
  )
}

/** The API key, or in demo mode the word. */
function requireMinter(request: FastifyRequest, { apiKey, demoWord, proxies }: RestOptions): void {
  if (demoWord?.isBrought(request, { proxies, ownHost: OWN_HOST })) return
  if (apiKey !== undefined && request.headers.authorization !== undefined) return requireApiKey(request, apiKey)
  if (demoWord === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API_KEY>')
  const wasWrong = request.headers.authorization !== undefined
  throw new Refusal(wasWrong ? 'forbidden' : 'pass_required', 'demo passes need the word of the link that npm start has printed, or DEMO_WORD')
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

/**
 * The REST door under /v1: passes and guests, images, and for backends (by API key) history and system messages.
 * JSON in, JSON out; a "no" is `{error}` as on the sockets, with the matching status.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { conversationSides, guestId } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Identity } from '../../protocol/model.ts'
import type { Allowances } from '../../domain/allowances.ts'
import type { Report } from '../../domain/facts.ts'
import { Refusal } from '../../domain/refusal.ts'
import { Origins } from '../admit/origins.ts'
import type { DemoWord } from '../admit/demo-word.ts'
import type { Domain } from '../commands.ts'
import { checkInput } from '../validator.ts'
import { requireApiKey } from './api-key.ts'
import { asRefusal, refuse, sendRefusal } from './http-refusal.ts'
import { registerImages, type ImageRoutes } from './images.ts'
import { OPENAPI } from './openapi.ts'
import { RequestAllowance } from './request-allowance.ts'
import { checkGuest, checkPassRequest, checkSystemMessage } from './shapes.ts'

const DAY_MS = 86_400_000
const GUEST_MS = 180 * DAY_MS

export interface RestOptions extends ImageRoutes {
  readonly domain: Domain
  readonly apiKey: string | undefined
  /** No secret was set: whoever brings the word may mint. */
  readonly demoWord: DemoWord | undefined
  readonly hasGuests: boolean
  readonly allowances: Allowances
  readonly report: Report
}

export function registerRest(app: FastifyInstance, options: RestOptions): void {
  const allowance = new RequestAllowance(options)
  app.register(
    async (scope) => {
      scope.setErrorHandler((error, request, reply) => {
        const answer = error instanceof Refusal ? allowance.refused(request, error) : error
        return refuseHeard(answer, { request, reply, options })
      })
      scope.setNotFoundHandler(notThere)
      // or the pages at `/` would look for such a file
      scope.get('/', notThere)
      scope.get('/*', notThere)
      scope.addHook('onRequest', async (request, reply) => {
        allowPages(request, reply, options)
        allowance.arrived(request)
      })
      scope.options('/*', async (_request, reply) => reply.code(204).send())
      if (options.passes.canMint && (options.demoWord !== undefined || options.apiKey !== undefined)) {
        scope.post('/passes', { bodyLimit: LIMITS.packetBytes }, async (request) => mintPass(request, options, allowance))
      }
      scope.post('/guests', { bodyLimit: LIMITS.packetBytes }, async (request) => mintGuest(request, options))
      registerImages(scope, options)
      scope.get('/openapi.json', async () => OPENAPI)
      if (options.apiKey !== undefined) registerBackend(scope, options, options.apiKey)
    },
    { prefix: '/v1' },
  )
}

/** Without a query, which may hold what is nobody's business. */
const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!.slice(0, 64)

const notThere = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendRefusal(reply, new Refusal('unknown_command', `${request.method} ${pathOf(request)}`))

/**
 * Pages that may not connect may not write here either, nor read with a key; that they are refused they may read, and so may
 * any page what is public: pictures and the description.
 */
function allowPages({ headers, method, raw }: FastifyRequest, reply: FastifyReply, { origins, proxies }: RestOptions): void {
  reply.header('Cache-Control', 'no-store')
  if (headers.origin === undefined) return
  reply.headers({
    'Access-Control-Allow-Origin': headers.origin,
    Vary: 'Origin',
    'Access-Control-Allow-Headers': 'content-type, authorization',
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Max-Age': '600',
  })
  const isPublic = method === 'OPTIONS' || (method === 'GET' && headers.authorization === undefined)
  if (!isPublic && !origins.allow(proxies.arrival(raw))) throw new Refusal('origin_forbidden', headers.origin)
}

/** Like every no, and said to the operator too. */
function refuseHeard(error: unknown, { request, reply, options }: { request: FastifyRequest; reply: FastifyReply; options: RestOptions }) {
  const route = `${request.method} ${request.routeOptions.url ?? ''}`
  if (asRefusal(error) === undefined) options.report({ fact: 'bugFound', where: route, error })
  if (error instanceof Refusal) {
    const { origin, host, address } = options.proxies.arrival(request.raw)
    const { code, message } = error.wire
    options.report({ fact: 'requestRefused', route, code, message, origin, host, address })
  }
  return refuse(error, request, reply)
}

const OWN_HOST = new Origins('')

async function mintPass(request: FastifyRequest, options: RestOptions, allowance: RequestAllowance) {
  if (options.demoWord?.isTried(request, options.proxies)) allowance.mayGuess(request)
  requireMinter(request, options)
  const { passes } = options
  const input: unknown = request.body ?? {}
  checkPassRequest(input)
  const { ttlMs = DAY_MS, ...claims } = input
  return passes.mint(claims, ttlMs)
}

/** The API key, or in demo mode the word. */
function requireMinter(request: FastifyRequest, { apiKey, demoWord, proxies }: RestOptions): void {
  if (demoWord?.isBrought(request, { proxies, ownHost: OWN_HOST })) return
  if (apiKey !== undefined && request.headers.authorization !== undefined) return requireApiKey(request, apiKey)
  if (demoWord === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <API_KEY>')
  const wasWrong = request.headers.authorization !== undefined
  throw new Refusal(wasWrong ? 'forbidden' : 'pass_required', 'demo passes need the word of the link that npm start has printed, or DEMO_WORD')
}

async function mintGuest(request: FastifyRequest, { passes, proxies, hasGuests, allowances }: RestOptions) {
  if (!hasGuests) throw new Refusal('pass_required', 'GUESTS is off here')
  if (!passes.canMint) throw new Refusal('pass_required', "this gateway has no IM_SECRET to sign a guest's pass with")
  const input: unknown = request.body ?? {}
  checkGuest(input)
  allowances.take('guest', { address: proxies.clientAddress(request.raw) })
  const sub = guestId(randomUUID())
  const pass = await passes.mint({ sub, role: 'customer', ...(input.name === undefined ? {} : { name: input.name }) }, GUEST_MS)
  return { ...pass, sub }
}

function registerBackend(scope: FastifyInstance, { domain }: RestOptions, apiKey: string): void {
  scope.get<{ Params: { conversation: string }; Querystring: Record<string, string> }>('/conversations/:conversation/messages', async (request) => {
    requireApiKey(request, apiKey)
    const { conversation } = request.params
    const { before, after, limit } = request.query
    const input: unknown = { conversation, ...number('before', before), ...number('after', after), ...number('limit', limit) }
    checkInput('history', input)
    domain.shops.check({ conversation })
    return domain.messages.history({ identity: backendFor(conversation), sid: '' }, input)
  })
  scope.post('/messages', { bodyLimit: LIMITS.packetBytes }, async (request) => {
    requireApiKey(request, apiKey)
    const input: unknown = request.body
    checkSystemMessage(input)
    const { conversation, id = randomUUID(), kind = 'system', body } = input
    domain.shops.check({ conversation })
    return domain.messages.send({ identity: backendFor(conversation), sid: '' }, { conversation, id, kind, body })
  })
}

/** A backend speaks in the name of a conversation's first side (the shop, where there is one), and of no device. */
function backendFor(conversation: string): Identity {
  const side = conversationSides(conversation)?.[0]
  if (side === undefined) throw new Refusal('unknown_conversation')
  return { id: 'system', role: 'system', side, expiresAt: Number.MAX_SAFE_INTEGER }
}

const number = (name: string, text: string | undefined): Record<string, number> => (text === undefined ? {} : { [name]: Number(text) })

/**
 * Pictures: uploaded with a person's pass or a backend's API key, served to anybody who knows the address. They are bytes of strangers, so they are served with their
 * exact type, without scripts, and sandboxed.
 */
import type { IncomingMessage } from 'node:http'
import { finished, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredImage } from '../../backbone/images.ts'
import type { Images } from '../../domain/messaging/images.ts'
import { Refusal } from '../../domain/refusal.ts'
import { bearerOf, type ApiKeys } from '../admit/api-keys.ts'
import type { Origins } from '../admit/origins.ts'
import type { Passes } from '../admit/passes.ts'
import type { TrustedProxies } from '../admit/trusted-proxies.ts'
import type { ConcurrencyLimit } from '../admit/concurrency-limit.ts'
import { spenderOf, type Spender } from '../../domain/allowances.ts'
import { matchesEtag } from '../static-files.ts'
import { answers, API_KEY, BYTES, refused } from './description.ts'
import { sendRefusal } from './http-refusal.ts'
import { readPicture } from './picture-body.ts'

export interface ImageRoutes {
  readonly images: Images
  readonly passes: Passes
  readonly apiKeys: ApiKeys
  readonly origins: Origins
  readonly proxies: TrustedProxies
  /** The pictures being sent. */
  readonly answers: ConcurrencyLimit
}

/** `afterMs` while there is no room for another answer. */
const FULL_MS = 2000
const YEAR_SECONDS = 31_536_000

const OfImage = Type.Object({ id: Type.String() })
const ADD = {
  operationId: 'addImage',
  summary: 'Adds an image, to be sent as a message of kind image.',
  security: [{ pass: [] }, ...API_KEY],
  consumes: ['image/*'],
  body: BYTES,
  response: answers(201, Type.Object({ url: Type.String(), width: Type.Integer(), height: Type.Integer() })),
}
const SHOW = {
  operationId: 'getImage',
  summary: 'An image.',
  security: [],
  params: OfImage,
  response: { 200: { description: 'Its bytes.', content: { 'image/*': { schema: BYTES } } }, 404: refused('There is none.') },
}

/** The senders of uploads without a Content-Length. */
type Uncounted = WeakMap<FastifyRequest, Spender>

export function registerImages(door: FastifyInstance, options: ImageRoutes): void {
  const uncounted: Uncounted = new WeakMap()
  door.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // the declared type is ignored; the bytes decide
    scope.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => readPicture(payload))
    // refuses before up to four megabytes are read
    const onRequest = async (request: FastifyRequest): Promise<void> => admit(request, options, uncounted)
    // the domain looks at the bytes
    scope.post('/images', { schema: ADD, validatorCompiler: () => () => true, onRequest }, async (request, reply) => {
      const { body } = request
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const spender = uncounted.get(request)
      if (spender !== undefined) options.images.counted(spender, bytes.length)
      const { id, width, height } = await options.images.save(bytes)
      return reply.code(201).send({ url: `/v1/images/${id}`, width, height })
    })
    scope.get<{ Params: Static<typeof OfImage> }>('/images/:id', { schema: SHOW }, async ({ params, headers, raw }, reply) => {
      const etag = `"${encodeURIComponent(params.id)}"`
      const giveBack = options.answers.take(options.proxies.clientAddress(raw), 1)
      if (giveBack === undefined) throw new Refusal('rate_limited', 'too many pictures are under way', FULL_MS)
      finished(reply.raw, giveBack)
      return show(await options.images.get(params.id), reply, { etag, isCached: matchesEtag(headers, etag) })
    })
  })
}

async function admit(request: FastifyRequest, options: ImageRoutes, uncounted: Uncounted): Promise<void> {
  const { headers } = request
  const { images } = options
  const spender = await spenderIn(request, options)
  const length = headers['content-length']
  // a request without a body has neither header
  if (length === undefined && headers['transfer-encoding'] !== undefined) uncounted.set(request, spender)
  images.admit(spender, uncounted.has(request) ? undefined : Number(length ?? 0))
}

/** A backend's pictures count together with all others only. */
async function spenderIn(request: FastifyRequest, { apiKeys, passes, proxies }: ImageRoutes): Promise<Spender> {
  const token = bearerOf(request)
  if (token === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <pass>')
  const key = apiKeys.of(request)
  if (key === undefined) return spenderOf({ identity: await passes.verify(token), address: proxies.clientAddress(request.raw) })
  if (!key.rights.has('write')) throw new Refusal('forbidden', `the API key "${key.name}" lacks the right write`)
  return {}
}

/** `isCached`: the client has this image already; an image never changes under its address. */
function show(image: Awaited<ReturnType<Images['get']>>, reply: FastifyReply, { etag, isCached }: { etag: string; isCached: boolean }): FastifyReply {
  if (image === undefined) return sendRefusal(reply, new Refusal('unknown_command', 'there is no such image'))
  reply.header('ETag', etag)
  if (isCached) return reply.code(304).send()
  return reply
    .headers({
      'Content-Type': image.type,
      'Content-Security-Policy': "sandbox; default-src 'none'",
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': `public, max-age=${YEAR_SECONDS}, immutable`,
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Content-Length': image.bytesCount,
    })
    .send(pictureStream(image))
}

/** A client that does not read has one portion in its socket and one in the stream. */
const PORTION_BYTES = 32_768

/** Reads from the store as the client reads. Ends with an error if the store fails half-way, so that the client sees a broken answer. */
function pictureStream(picture: StoredImage): Readable {
  return Readable.from(portions(picture), { objectMode: false, highWaterMark: 1 })
}

async function* portions({ bytesCount, read }: StoredImage): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytesCount; from += PORTION_BYTES) yield await read(from, Math.min(from + PORTION_BYTES, bytesCount))
}

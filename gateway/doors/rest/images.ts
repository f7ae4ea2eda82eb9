/**
 * Pictures: added with a person's pass, shown to whoever knows the address. What is served is bytes of strangers, so it comes with
 * its exact type, may run nothing, and belongs to no page.
 */
import type { IncomingMessage } from 'node:http'
import { finished, Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import type { StoredImage } from '../../backbone/images.ts'
import type { Images } from '../../domain/messaging/images.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Origins } from '../admit/origins.ts'
import type { Passes } from '../admit/passes.ts'
import type { TrustedProxies } from '../admit/trusted-proxies.ts'
import type { UnderWay } from '../admit/under-way.ts'
import { spenderOf, type Spender } from '../../domain/allowances.ts'
import { isHeld } from '../static-files.ts'
import { answers, BYTES, refused } from './description.ts'
import { sendRefusal } from './http-refusal.ts'
import { readPicture } from './picture-body.ts'

export interface ImageRoutes {
  readonly images: Images
  readonly passes: Passes
  readonly origins: Origins
  readonly proxies: TrustedProxies
  /** Room for those that are being shown. */
  readonly answers: UnderWay
}

/** When to come again where there is no room for another answer. */
const FULL_MS = 2000
const YEAR_SECONDS = 31_536_000

const OfImage = Type.Object({ id: Type.String() })
const ADD = {
  summary: 'Adds an image, to be sent as a message of kind image.',
  security: [{ pass: [] }],
  consumes: ['image/*'],
  body: BYTES,
  response: answers(201, Type.Object({ url: Type.String(), width: Type.Integer(), height: Type.Integer() })),
}
const SHOW = {
  summary: 'An image.',
  security: [],
  params: OfImage,
  response: { 200: { description: 'Its bytes.', content: { 'image/*': { schema: BYTES } } }, 404: refused('There is none.') },
}

/** Who adds a picture without saying how large it is. */
type Uncounted = WeakMap<FastifyRequest, Spender>

export function registerImages(door: FastifyInstance, options: ImageRoutes): void {
  const uncounted: Uncounted = new WeakMap()
  door.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // its name for itself does not count, its bytes do
    scope.addContentTypeParser('*', (_request: FastifyRequest, payload: IncomingMessage) => readPicture(payload))
    // who may not is told before four megabytes are read
    const onRequest = async (request: FastifyRequest): Promise<void> => admit(request, options, uncounted)
    // the domain looks at the bytes
    scope.post('/images', { schema: ADD, validatorCompiler: () => () => true, onRequest }, async (request, reply) => {
      const { body } = request
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
      const spender = uncounted.get(request)
      if (spender !== undefined) options.images.counted(spender, bytes.length)
      const { id, width, height } = await options.images.keep(bytes)
      return reply.code(201).send({ url: `/v1/images/${id}`, width, height })
    })
    scope.get<{ Params: Static<typeof OfImage> }>('/images/:id', { schema: SHOW }, async ({ params, headers, raw }, reply) => {
      const etag = `"${encodeURIComponent(params.id)}"`
      const giveBack = options.answers.take(options.proxies.clientAddress(raw), 1)
      if (giveBack === undefined) throw new Refusal('rate_limited', 'too many pictures are under way', FULL_MS)
      finished(reply.raw, giveBack)
      return show(await options.images.get(params.id), reply, { etag, isHeld: isHeld(headers, etag) })
    })
  })
}

async function admit(request: FastifyRequest, { images, passes, proxies }: ImageRoutes, uncounted: Uncounted): Promise<void> {
  const { headers, raw } = request
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) throw new Refusal('pass_required', 'Authorization: Bearer <pass>')
  const identity = await passes.verify(token)
  const spender = spenderOf({ identity, address: proxies.clientAddress(raw) })
  const length = headers['content-length']
  // no body has neither
  if (length === undefined && headers['transfer-encoding'] !== undefined) uncounted.set(request, spender)
  images.admit(spender, uncounted.has(request) ? undefined : Number(length ?? 0))
}

/** `isHeld`: the asker has these very bytes; under its address an image never changes. */
function show(image: Awaited<ReturnType<Images['get']>>, reply: FastifyReply, { etag, isHeld }: { etag: string; isHeld: boolean }): FastifyReply {
  if (image === undefined) return sendRefusal(reply, new Refusal('unknown_command', 'there is no such image'))
  reply.header('ETag', etag)
  if (isHeld) return reply.code(304).send()
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

/** A reader holds one that it does not take and one that waits behind it. */
const PORTION_BYTES = 32_768

/** Reads from the store as its reader takes. Ends with an error where the store fails half-way, so that the answer is cut and not short. */
function pictureStream(picture: StoredImage): Readable {
  return Readable.from(portions(picture), { objectMode: false, highWaterMark: 1 })
}

async function* portions({ bytesCount, read }: StoredImage): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytesCount; from += PORTION_BYTES) yield await read(from, Math.min(from + PORTION_BYTES, bytesCount))
}

/**
 * The widget's bundles, at the root: `/im-chat.js` … A phone gets them compressed (a fifth of the bytes); each is compressed
 * once, when it is first asked for, and again when the file has changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { holds } from './etag.ts'

type Encoding = 'br' | 'gzip' | 'identity'

interface Bundle {
  readonly etag: string
  readonly bytes: Readonly<Record<Encoding, Buffer>>
}

const CACHE = 'public, max-age=300, stale-while-revalidate=86400'
/** A piece of a bundle is named by its content, and never changes. */
const PIECE = /-[a-z0-9]{8}\.js$/
/** For testers, with the demo's pages alone. */
const QA = /\.qa\.js$/
const PIECE_CACHE = 'public, max-age=31536000, immutable'

export function registerBundles(app: FastifyInstance, folder: string, { hasQa = true } = {}): void {
  if (!existsSync(folder)) return
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js') && (hasQa || !QA.test(name)))) {
    const read = rememberer(join(folder, file))
    app.get(`/${file}`, async (request, reply) => {
      const { etag, bytes } = await read()
      reply.headers({
        'Cache-Control': PIECE.test(file) ? PIECE_CACHE : CACHE, ETag: etag, Vary: 'Accept-Encoding',
        // a module script of another origin is fetched with CORS
        'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin',
      })
      if (holds(request.headers, etag)) return reply.code(304).send()
      const encoding = chooseEncoding(request.headers['accept-encoding'])
      if (encoding !== 'identity') reply.header('Content-Encoding', encoding)
      return reply.type('text/javascript; charset=utf-8').send(bytes[encoding])
    })
  }
}

/** Reads and compresses the file once for each time it has changed. */
function rememberer(path: string): () => Promise<Bundle> {
  let remembered: Promise<Bundle> | undefined
  let changedAt = -1
  return async () => {
    const { mtimeMs } = await stat(path)
    if (remembered === undefined || mtimeMs !== changedAt) {
      changedAt = mtimeMs
      remembered = compress(path)
    }
    return remembered
  }
}

async function compress(path: string): Promise<Bundle> {
  const identity = await readFile(path)
  const [br, gz] = await Promise.all([promisify(brotliCompress)(identity), promisify(gzip)(identity)])
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
  return { etag, bytes: { br, gzip: gz, identity } }
}

function chooseEncoding(accepted = ''): Encoding {
  const offers = accepted.split(',').map((offer) => offer.trim()).filter((offer) => !/;\s*q=0(\.0*)?$/.test(offer))
  const names = new Set(offers.map((offer) => offer.split(';')[0]))
  return names.has('br') ? 'br' : names.has('gzip') ? 'gzip' : 'identity'
}

/** Files a browser fetches: the demo's or the operator's pages, and what lies beside the widget's bundles. */
import send from '@fastify/send'
import { existsSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const PAGE_CACHE = 'no-cache'
const BUNDLE_CACHE = 'public, max-age=300, stale-while-revalidate=86400'

/** Folders that do not exist are no error: a gateway may serve sockets alone. Earlier folders win. */
export function registerPages(app: FastifyInstance, folders: readonly string[]): void {
  const roots = folders.filter((folder) => existsSync(folder))
  if (roots.length > 0) app.get('/*', (request, reply) => show(roots, request, reply))
}

async function show(roots: readonly string[], request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = request.url.split('?')[0]!
  for (const root of roots) {
    const options = { root, index: 'index.html', dotfiles: 'ignore', cacheControl: false } as const
    const { type, statusCode, headers, stream } = await send(request.raw, path, options)
    if (type !== 'file' && statusCode === 404) continue
    return reply.code(statusCode).headers({
      ...headers, 'Cache-Control': /\.(?:m?js|css|map|woff2|svg|png)$/.test(path) ? BUNDLE_CACHE : PAGE_CACHE,
      // a module script of another origin is fetched with CORS
      'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin',
    }).send(stream)
  }
  reply.callNotFound()
  return reply
}

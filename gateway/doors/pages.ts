/** Files a browser fetches: the demo's or the operator's pages, and the widget's bundles at the root. */
import fastifyStatic from '@fastify/static'
import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const PAGE_CACHE = 'no-cache'
const BUNDLE_CACHE = 'public, max-age=300, stale-while-revalidate=86400'

/** Folders that do not exist are no error: a gateway may serve sockets alone. Earlier folders win. */
export async function registerPages(app: FastifyInstance, folders: readonly string[]): Promise<void> {
  const root = folders.filter((folder) => existsSync(folder))
  if (root.length === 0) return
  await app.register(fastifyStatic, {
    root, prefix: '/', index: ['index.html'], preCompressed: true, cacheControl: false, etag: true, lastModified: true,
    setHeaders: (reply, path) => {
      reply.header('Cache-Control', /\.(?:m?js|css|map|woff2|svg|png)(?:\.br|\.gz)?$/.test(path) ? BUNDLE_CACHE : PAGE_CACHE)
      // a module script of another origin is fetched with CORS
      reply.header('Access-Control-Allow-Origin', '*')
      reply.header('Cross-Origin-Resource-Policy', 'cross-origin')
    },
  })
}

/** Serves files to browsers: the widget's scripts, and the operator's pages or the demo's. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** `hasQa`: whether `im-chat.qa.js`, the testers' script, is served too. */
export interface WidgetFilesOptions {
  readonly hasQa?: boolean
}

/** For names that stay the same over releases: after a deploy a browser may run the old file for at most this long. */
const ENTRY_CACHE = 'public, max-age=300'
/** A script named by its content, such as `rows.gpdj5hta.js`, never changes. A dot, because a hyphen may precede a word, as in `picture-composer.js`. */
const NAMED_BY_CONTENT = /\.[a-z0-9]{8}\.js(?:\.map)?$/
const NAMED_BY_CONTENT_CACHE = 'public, max-age=31536000, immutable'
const PAGE_CACHE = 'no-cache'
const COMPRESSED = /\.(?:br|gz)$/
/** Copying a folder may date a compressed file this much earlier than its original. */
const COPYING_MS = 2000
/** Pages of other origins load these scripts, with CORS. */
const CROSS_ORIGIN = [
  ['Access-Control-Allow-Origin', '*'],
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
] as const

/**
 * Serves the widget's folder at the root: `/im-chat.js`, `/modern/im-chat.js` … `npm run build` writes a brotli and a gzip copy of each file.
 * Files that a build adds while the gateway runs are served after a restart; files that it changes, at once.
 * ETags are hashes of the content, because installed packages give all their files the same date.
 */
export function registerWidgetFiles(app: FastifyInstance, folder: string, { hasQa = true }: WidgetFilesOptions = {}): void {
  if (!existsSync(folder)) return
  const tagOf = contentTags()
  app.register(async (scope) => {
    scope.addHook('onRequest', ignoreOldCopies)
    scope.addHook('onSend', answerNotModified)
    scope.register(fastifyStatic, {
      ...commonOptions(resolve(folder)),
      wildcard: false,
      preCompressed: true,
      acceptRanges: false,
      etag: false,
      lastModified: false,
      index: false,
      // `server/` is what Node imports
      globIgnore: ['server/**', '**/*.br', '**/*.gz', ...(hasQa ? [] : ['**/*.qa.js'])],
      setHeaders: (response, path, { mtimeMs }) => {
        const cache = NAMED_BY_CONTENT.test(path.replace(COMPRESSED, '')) ? NAMED_BY_CONTENT_CACHE : ENTRY_CACHE
        const headers = [...CROSS_ORIGIN, ['Cache-Control', cache], ['Vary', 'Accept-Encoding'], ['ETag', tagOf(path, mtimeMs)]] as const
        for (const [name, value] of headers) response.setHeader(name, value)
      },
    })

    async function ignoreOldCopies(request: FastifyRequest): Promise<void> {
      const file = join(folder, request.routeOptions.url ?? '')
      const [original, ...copies] = await Promise.all([file, `${file}.br`, `${file}.gz`].map(changedAt))
      if (copies.some((copy) => copy! + COPYING_MS < original!)) delete request.headers['accept-encoding']
    }
  })
}

/** Of several folders the first that has a file serves it. A missing folder is not an error: a gateway may serve sockets only. */
export function registerPages(app: FastifyInstance, folders: readonly string[]): void {
  const root = folders.filter((folder) => existsSync(folder)).map((folder) => resolve(folder))
  if (root.length === 0) return
  app.register(fastifyStatic, {
    ...commonOptions(root),
    redirect: true,
    dotfiles: 'ignore',
    setHeaders: (response, path) => {
      const cache = /\.(?:m?js|css|map|woff2|svg|png)$/.test(path) ? ENTRY_CACHE : PAGE_CACHE
      for (const [name, value] of [...CROSS_ORIGIN, ['Cache-Control', cache]] as const) response.setHeader(name, value)
    },
  })
}

const commonOptions = (root: string | string[]) => ({ root, cacheControl: false, decorateReply: false }) satisfies FastifyStaticOptions

/** Milliseconds since the epoch; Infinity for a file that does not exist. */
const changedAt = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).mtimeMs
  } catch {
    return Infinity
  }
}

/** Reads each file again only when it has changed. */
function contentTags(): (path: string, mtimeMs: number) => string {
  const known = new Map<string, { readonly mtimeMs: number; readonly tag: string }>()
  return (path, mtimeMs) => {
    const last = known.get(path)
    if (last?.mtimeMs === mtimeMs) return last.tag
    const tag = `"${createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22)}"`
    known.set(path, { mtimeMs, tag })
    return tag
  }
}

async function answerNotModified(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const etag = reply.getHeader('etag')
  if (typeof etag !== 'string' || !matchesEtag(request.headers, etag)) return payload
  if (payload !== null && typeof payload === 'object' && 'destroy' in payload) (payload as Readable).destroy()
  reply.code(304).removeHeader('content-length')
  return ''
}

/**
 * Whether the client already has this content: RFC 9110, 13.1.2. Accepts a list, and weak tags: a proxy that compresses an answer turns `"…"`
 * into `W/"…"`.
 */
export function matchesEtag(headers: IncomingHttpHeaders, etag: string): boolean {
  const asked = headers['if-none-match']?.trim()
  if (asked === undefined) return false
  const strong = etag.replace(/^W\//, '')
  const tags: readonly string[] = asked.match(/"[^"]*"/g) ?? []
  return asked === '*' || tags.includes(strong)
}

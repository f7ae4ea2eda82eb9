import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'

export interface ChatSite {
  readonly url: string
  close(): Promise<void>
}

/** Nothing inline but what carries no code, no eval, and no string may become a script. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
].join('; ')

const PAGE_STYLE = 'body{margin:0;font:16px sans-serif;background:linear-gradient(#fdf6ec,#cfe0ea);height:4000px}main{padding:40px}'

/** No tag yet: a click on `[data-im-open]` brings the chat. */
const LOADER_PAGE = '<!doctype html><title>Shop</title><button data-im-open data-to="shop:9">Ask</button><script src="/loader.js"></script>'

const VIEWPORT = 'width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content'

const page = (attributes: string, viewport: string): string => `<!doctype html><html lang="en"><meta charset="utf-8">
${viewport && `<meta name="viewport" content="${viewport}">`}
<link rel="stylesheet" href="/page.css"><title>Shop</title>
<main><h1>Sea salt kettle</h1><p>Quiet, heavy, lasts.</p><input id="search" aria-label="Search"></main>
<im-chat ${attributes}></im-chat><script src="/im-chat.js"></script><script src="/page.js"></script></html>`

/** The loader, and what it picks from. */
const SCRIPTS = readdirSync('dist/widget', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))

/**
 * The built widget on a long page under a strict CSP, with a Client in memory. `/?attributes` go onto the tag:
 * `/?open&mode=inline`, but for `viewport`, the content of the page's meta; empty: it has none.
 */
export async function chatSite(): Promise<ChatSite> {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/page-script.ts'],
    bundle: true,
    format: 'iife',
    write: false,
    target: 'es2017',
  })
  const files: Readonly<Record<string, readonly [string, string | Buffer]>> = {
    ...Object.fromEntries(SCRIPTS.map((name) => [`/${name}`, ['text/javascript', readFileSync(`dist/widget/${name}`)]])),
    '/by-loader.html': ['text/html', LOADER_PAGE],
    '/im-chat.js.map': ['application/json', '{}'],
    '/page.js': ['text/javascript', outputFiles[0]!.text],
    '/page.css': ['text/css', PAGE_STYLE],
    '/favicon.ico': ['image/x-icon', ''],
  }
  const server: Server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://x')
    const file = files[pathname]
    const viewport = searchParams.get('viewport') ?? VIEWPORT
    searchParams.delete('viewport')
    const attributes = [...searchParams].map(([name, value]) => `${name}="${value.replace(/"/g, '&quot;')}"`).join(' ')
    const [type, body] = file ?? ['text/html', page(attributes, viewport)]
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': CSP }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

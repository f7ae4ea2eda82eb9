/**
 * Opens an adopter's page in a browser, writes a message in its chat, and waits until the gateway has confirmed it and the page has heard of it. Resolves
 * with the size of all scripts that the page fetched for it, the framework's, too: bytes of brotli.
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { ChatView } from '../e2e/chat-view.ts'
import { openPage, PHONE } from '../kit/browser.ts'

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }
const CONFIRMED_MS = 30_000

/** `root`: the folder of the page. */
export async function openAndWrite(root: string, browser: Browser, gateway: string): Promise<number> {
  const site = serve(root)
  await once(site, 'listening')
  const { port } = site.address() as AddressInfo
  try {
    const { page, close } = await openPage(browser, 'about:blank', PHONE)
    const scripts = new Map<string, Promise<Buffer>>()
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body())
    })
    await page.goto(`http://127.0.0.1:${port}/?gateway=${encodeURIComponent(gateway)}`)
    const chat = new ChatView(page, 'im-chat')
    await chat.hook('launcher').tap()
    await chat.hook('offer').waitFor()
    await chat.writeWithEnter('Is the kettle in stock?')
    await page.locator('im-chat [data-test="message"][data-seq="1"]').waitFor({ timeout: CONFIRMED_MS })
    await page.waitForFunction(() => typeof (window as { heard?: unknown }).heard === 'string')
    const bodies = await Promise.all(scripts.values())
    await close()
    return bodies.reduce((sum, body) => sum + brotliCompressSync(body).length, 0)
  } finally {
    site.close()
  }
}

function serve(root: string): Server {
  return createServer(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(url.split('?')[0]!))
    const file = join(root, path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  }).listen(0, '127.0.0.1')
}

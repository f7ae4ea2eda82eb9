/**
 * Opens an adopter's page in a browser, writes a message in its chat, and waits until the gateway has confirmed it and the page has heard of it. Resolves
 * with the size of the scripts that the page fetched for it, of the framework, too: bytes of brotli.
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Browser } from 'playwright-core'
import { ChatView } from '../e2e/chat-view.ts'
import { openPage, PHONE } from '../kit/browser.ts'
import { brotliBytes } from '../size/brotli-bytes.mjs'

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }
const CONFIRMED_MS = 30_000

/** `root`: the folder of the page. */
export async function openAndWrite(root: string, browser: Browser, gateway: string): Promise<number> {
  const scripts = new Set<string>()
  const site = serve(root, (file) => file.endsWith('.js') && scripts.add(file))
  await once(site, 'listening')
  const { port } = site.address() as AddressInfo
  try {
    const { page, close } = await openPage(browser, `http://127.0.0.1:${port}/?gateway=${encodeURIComponent(gateway)}`, PHONE)
    const chat = new ChatView(page, 'im-chat')
    await chat.hook('launcher').tap()
    await chat.hook('offer').waitFor()
    await chat.writeWithEnter('Is the kettle in stock?')
    await page.locator('im-chat [data-test="message"][data-seq="1"]').waitFor({ timeout: CONFIRMED_MS })
    await page.waitForFunction(() => typeof (window as { heard?: unknown }).heard === 'string')
    await close()
    return [...scripts].reduce((sum, file) => sum + brotliBytes(file), 0)
  } finally {
    site.close()
  }
}

function serve(root: string, onFile: (file: string) => void): Server {
  return createServer(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(url.split('?')[0]!))
    const file = join(root, path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file)) return void response.writeHead(404).end()
    onFile(file)
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  }).listen(0, '127.0.0.1')
}

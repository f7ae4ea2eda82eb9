/** No no is silent: on each element, from each place, in a person's words and as an event. The words of other languages: refusal-words.test.ts. */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES, type Code } from '../../gateway/protocol/codes.ts'
import { DESKTOP, launchChromium } from '../kit/browser.ts'
import type { Seen } from './every-no-script.ts'

const PAGE = `<!doctype html><meta charset="utf-8"><title>Noes</title><style>im-inbox, im-desk { height: 600px }</style>
${['im-chat', 'im-inbox', 'im-desk', 'page'].map((name) => `<script src="/${name}.js"></script>`).join('')}`
const PERSONS: readonly Code[] = [
  'too_large',
  'hello_timeout',
  'text_empty',
  'text_too_long',
  'image_unsupported',
  'image_too_large',
  'image_gone',
  'blocked',
  'too_late',
  'conflict',
  'agent_unavailable',
  'too_many',
  'draining',
  'slow',
]

let server: Server
let browser: Browser
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/every-no-script.ts'],
    bundle: true,
    format: 'iife',
    write: false,
    target: 'es2020',
  })
  const built = readdirSync('dist/widget', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  server = createServer(({ url = '/' }, response) => {
    const name = url.slice(1)
    const body = name === 'page.js' ? outputFiles[0]!.text : built.includes(name) ? readFileSync(`dist/widget/${name}`) : PAGE
    response.writeHead(200, { 'content-type': name.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  server.closeAllConnections()
  server.close()
})

async function meetAll(page: Page, tag: 'im-chat' | 'im-inbox' | 'im-desk'): Promise<readonly Seen[]> {
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return page.evaluate((name) => window.everyNo(name), tag)
}

describe.each(['im-chat', 'im-inbox', 'im-desk'] as const)('%s', (tag) => {
  test('shows each refusal to the person, the page and its author', async () => {
    const page = await browser.newPage(DESKTOP)
    const warnings: string[] = []
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    const seen = await meetAll(page, tag)
    expect(seen).toHaveLength(Object.keys(CODES).length * (tag === 'im-chat' ? 5 : 6))
    for (const { code, codes, everything, isBusy, putOff, sentence, source } of seen) {
      const what = `${source} ${code}`
      if (source !== 'command') expect(sentence, what).toMatch(/^[A-Z].*\.$/)
      expect(putOff, what).toBe(
        source !== 'delay'
          ? ''
          : code === 'rate_limited'
            ? 'Too many messages at once. This one will be sent in a moment.'
            : 'The chat is busy. This message will be sent in a moment.',
      )
      // what the conversation and the list say came as noes to commands, which are told as such
      if (source !== 'conversation' && source !== 'list') expect(codes, what).toEqual([code])
      expect(everything, what).not.toContain(code.includes('_') ? code : '[')
      if (source !== 'command' && source !== 'delay' && source !== 'message') expect(isBusy, what).toBe(false)
      expect(everything, what).not.toContain('Loading')
      if (source === 'conversation' || source === 'line') expect(everything, what).not.toMatch(/Connected|Fetching/)
    }
    for (const code of Object.keys(CODES) as Code[]) {
      await expect.poll(() => warnings.filter((text) => text.includes(`[${code}]`)), { message: code }).toHaveLength(PERSONS.includes(code) ? 0 : 1)
    }
    await page.close()
  })
})

/** A page's own bundle of the packed package: what `exports` gives to bundlers is what a browser runs, and `sideEffects` keeps and drops the right files. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import type { Browser } from 'playwright-core'
import { rollup, type OutputChunk } from 'rollup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { unpackWidget } from '../kit/unpack-widget.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { ChatView } from './chat-view.ts'

let folder: string
let browser: Browser
let gateway: SpawnedGateway
let shop: Server
let html = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'im-bundled-'))
  unpackWidget(folder)
  browser = await launchChromium()
  shop = createServer(({ url }, response) => {
    const isScript = url!.endsWith('.js')
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' })
    response.end(isScript ? readFileSync(join(folder, 'site', url!)) : html)
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  gateway = await spawnGateway()
})

afterAll(async () => {
  await browser?.close()
  shop?.close()
  await gateway?.stop()
  rmSync(folder, { recursive: true })
})

const shopUrl = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}`

async function bundle(name: string, source: string): Promise<OutputChunk[]> {
  writeFileSync(join(folder, `${name}.js`), source)
  const warnings: string[] = []
  const built = await rollup({
    input: join(folder, `${name}.js`),
    plugins: [nodeResolve({ browser: true })],
    onwarn: ({ message }) => void warnings.push(message),
  })
  const { output } = await built.write({ dir: join(folder, 'site'), format: 'es' })
  await built.close()
  expect(warnings).toEqual([])
  return output.filter((file) => file.type === 'chunk')
}

test('a customer and an agent talk over a bundle of the elements', async () => {
  await bundle('elements', `import 'im-chat/im-chat'\nimport 'im-chat/im-desk'\n`)
  const page = (body: string) =>
    `<!doctype html><meta name="viewport" content="width=device-width">${body}<script type="module" src="/elements.js"></script>`
  html = page(`<im-chat gateway="${gateway.url}" to="shop:42" token="${await gateway.pass({ sub: 'ann' })}"></im-chat>`)
  const customer = await openPage(browser, shopUrl(), PHONE)
  html = page(
    `<im-desk style="height: 700px" gateway="${gateway.url}" token="${await gateway.pass({ sub: 'bea', role: 'agent', shop: '42' })}"></im-desk>`,
  )
  const agent = await openPage(browser, shopUrl(), DESKTOP)
  const [chat, desk] = [new ChatView(customer.page, 'im-chat'), new ChatView(agent.page, 'im-desk')]
  await chat.hook('launcher').tap()
  await chat.writeWithEnter('Is the kettle in stock?')
  await desk.hook('conversation').click()
  await expect.poll(() => desk.texts()).toContain('Is the kettle in stock?')
  await desk.writeWithEnter('Yes, it is.')
  await expect.poll(() => chat.texts()).toContain('Yes, it is.')
  await customer.close()
  await agent.close()
})

test('who imports the client alone gets no element, and who uses nothing of it gets nothing', async () => {
  const code = async (name: string, source: string) => (await bundle(name, source)).map((chunk) => chunk.code).join('')
  const client = await code('client', `import { createClient } from 'im-chat/client'\nwindow.client = createClient({ gateway: '/' })\n`)
  expect(client).toContain('WebSocket')
  expect(client).not.toContain('customElements')
  expect((await code('unused', `import { createClient } from 'im-chat/client'\nconsole.log('nothing')\n`)).length).toBeLessThan(200)
})

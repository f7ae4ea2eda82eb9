/** A customer who waits sees where in the queue, and no more than that: the line goes when an agent has the conversation. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

let gateway: SpawnedGateway
let browser: Browser
let opened: TestPage
let shopCount = 0
let shop: string
let agent: WireClient

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})
afterEach(() => opened.close())

async function arrive(claims: Parameters<SpawnedGateway['pass']>[0]): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass(claims) })
  return wireClient
}

/** A shop whose agent is there, but takes nobody by itself, and `count` customers who wait. */
async function busyShop(count: number): Promise<readonly WireClient[]> {
  shop = `q${++shopCount}`
  agent = await arrive({ sub: 'ann', role: 'agent', shop, name: 'Ann' })
  await agent.command('changeStatus', { status: 'busy' })
  const customers: WireClient[] = []
  for (let at = 0; at < count; at++) customers.push(await ask(`${shop}-c${at}`))
  return customers
}

async function ask(sub: string): Promise<WireClient> {
  const customer = await arrive({ sub })
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'Hello?' } })
  return customer
}

async function openChat({ sub = 'me', lang = 'en', tag = 'im-chat', ...options } = {}): Promise<void> {
  opened = await openPage(browser, 'about:blank', { bypassCSP: true, ...(tag === 'im-chat' ? PHONE : DESKTOP), ...options })
  const token = await gateway.pass({ sub: `${shop}-${sub}` })
  await opened.page.route(`${gateway.url}/queue.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Shop</title>
      <${tag} gateway="${gateway.url}" to="shop:${shop}" token="${token}" open></${tag}><script src="${gateway.url}/${tag}.js"></script>`,
    }),
  )
  await opened.page.goto(`${gateway.url}/queue.html`)
}

async function write(tag = 'im-chat'): Promise<void> {
  await hook(opened.page, 'composer', tag).fill('Is it in stock?')
  await hook(opened.page, 'send', tag).click()
}

const note = (text: string, tag = 'im-chat') => hook(opened.page, 'note', tag).getByText(text, { exact: true })

test('the third in line reads it after the first message, also after a reload, and no longer when an agent has taken it', async () => {
  await busyShop(2)
  await openChat()
  await write()
  await note('You are number 3 in line.').waitFor()
  await opened.page.reload()
  await note('You are number 3 in line.').waitFor()
  await agent.command('claim', { to: `${shop}-me` })
  await note('You are number 3 in line.').waitFor({ state: 'detached' })
})

test('the place follows the queue every 20 s, and the usual wait is said once it is known', async () => {
  const customers = await busyShop(4)
  await openChat()
  await opened.page.clock.install()
  await opened.page.reload()
  await write()
  await note('You are number 5 in line.').waitFor()
  for (const at of customers.keys()) await agent.command('claim', { to: `${shop}-c${at}` })
  // the gateway remembers for 10 s that nothing was usual
  await expect
    .poll(
      async () => {
        await opened.page.clock.runFor(20_100)
        return hook(opened.page, 'note').innerText()
      },
      { timeout: 20_000, interval: 1000 },
    )
    .toBe('You are next in line. Usual wait: about 1 minute.')
})

test.each([
  ['zh-CN', '您当前排在第 2 位。'],
  ['ar', 'رقمك في قائمة الانتظار هو 2.'],
])('it is said in the language of the page: %s', async (lang, text) => {
  await busyShop(1)
  await openChat({ lang })
  await write()
  await note(text).waitFor()
})

test('nothing is said to who has an agent at once', async () => {
  await busyShop(0)
  await agent.command('changeStatus', { status: 'online' })
  await openChat()
  await write()
  await opened.page.locator('im-chat [data-test=message][data-state=delivered], im-chat [data-test=message][data-state=sent]').first().waitFor()
  await expect.poll(async () => (await agent.command('queue', {})).conversations.map(({ service }) => service?.phase)).toEqual(['open'])
  expect(await hook(opened.page, 'note').count()).toBe(0)
})

test('<im-inbox> says it too', async () => {
  await busyShop(1)
  await openChat({ tag: 'im-inbox' })
  await write('im-inbox')
  await note('You are number 2 in line.', 'im-inbox').waitFor()
})

/** After a conversation with a shop was closed its customer is asked how it was; the agent sees the answer. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'
import { axeComplaints } from './axe.ts'

let gateway: SpawnedGateway
let browser: Browser
let shopCount = 0
let shop: string
let agent: WireClient
const opened: TestPage[] = []

beforeAll(async () => {
  gateway = await spawnGateway({ RATINGS: 'on' })
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})
afterEach(async () => {
  for (const page of opened.splice(0)) await page.close()
})

async function arrive(claims: Parameters<SpawnedGateway['pass']>[0]): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass(claims) })
  return wireClient
}

/** A customer has written and an agent has answered. */
async function begin(): Promise<void> {
  shop = `r${++shopCount}`
  agent = await arrive({ sub: 'ann', role: 'agent', shop, name: 'Ann' })
  const customer = await arrive({ sub: `${shop}-me` })
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'Hello?' } })
  await agent.command('send', { to: `${shop}-me`, id: 'r1', kind: 'text', body: { text: 'It is.' } })
  customer.close()
}

const close = () => agent.command('close', { to: `${shop}-me` })
const row = async () => (await agent.command('conversations', {})).conversations[0]!.service

async function openChat(tag = 'im-chat'): Promise<Page> {
  const one = await openPage(browser, 'about:blank', { bypassCSP: true, ...(tag === 'im-chat' ? PHONE : DESKTOP) })
  opened.push(one)
  const token = await gateway.pass({ sub: `${shop}-me` })
  await one.page.route(`${gateway.url}/shop.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Shop</title>
      <main><h1>Shop</h1><${tag} gateway="${gateway.url}" to="shop:${shop}" token="${token}" open></${tag}></main><script src="${gateway.url}/${tag}.js"></script>`,
    }),
  )
  await one.page.goto(`${gateway.url}/shop.html`)
  await hook(one.page, 'message', tag).getByText('It is.').waitFor()
  return one.page
}

describe.each(['im-chat', 'im-inbox'])('<%s>', (tag) => {
  test('asks when the conversation is closed, takes a star and a word, thanks, and asks no more', async () => {
    await begin()
    const page = await openChat(tag)
    expect(await hook(page, 'rating', tag).count()).toBe(0)
    await close()
    await hook(page, 'rating', tag).waitFor()
    expect(await axeComplaints(page)).toEqual([])
    await hook(page, 'rate-4', tag).check({ force: true })
    await hook(page, 'rating-words', tag).fill('Quick answer')
    expect(await axeComplaints(page)).toEqual([])
    await hook(page, 'rating-send', tag).click()
    await hook(page, 'rating', tag).getByText('Thank you').waitFor()
    await expect.poll(row).toMatchObject({ phase: 'closed', rating: { score: 4, text: 'Quick answer' } })
    await hook(page, 'rating', tag).waitFor({ state: 'detached' })
  })
})

test('by keys: arrows choose, Enter sends', async () => {
  await begin()
  const page = await openChat('im-inbox')
  await close()
  await hook(page, 'rate-1', 'im-inbox').focus()
  for (let n = 0; n < 2; n++) await page.keyboard.press('ArrowRight')
  await hook(page, 'rating-words', 'im-inbox').focus()
  await page.keyboard.press('Enter')
  await expect.poll(row).toMatchObject({ rating: { score: 3 } })
})

test('one that was closed while nobody was there is asked about on opening, in all windows until one has answered', async () => {
  await begin()
  await close()
  const [one, other] = [await openChat(), await openChat()]
  await hook(other, 'rating').waitFor()
  await hook(one, 'rate-5').check({ force: true })
  await hook(one, 'rating-send').click()
  await hook(one, 'rating').getByText('Thank you').waitFor()
  await hook(other, 'rating').waitFor({ state: 'detached' })
})

test('writing again takes the question away, and so does dismissing it', async () => {
  await begin()
  await close()
  const page = await openChat()
  await hook(page, 'rating').waitFor()
  await hook(page, 'composer').fill('One more thing')
  await hook(page, 'send').click()
  await hook(page, 'rating').waitFor({ state: 'detached' })
  await agent.command('send', { to: `${shop}-me`, id: 'r2', kind: 'text', body: { text: 'Yes?' } })
  await close()
  await hook(page, 'rating-dismiss').click()
  await hook(page, 'rating').waitFor({ state: 'detached' })
  expect(await row()).not.toHaveProperty('rating')
})

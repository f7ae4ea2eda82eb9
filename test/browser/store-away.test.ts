/** The store is away for a while and the connection stays: what a page could not learn it learns when the store is back. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedded } from '../../gateway/backbone/embedded/embedded.ts'
import { launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { HookedBackbone } from '../kit/hooked-backbone.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

let folder: string
let backbone: HookedBackbone
let gateway: StartedGateway
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: folder }))
  gateway = await startGateway({}, { backbone })
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await rm(folder, { recursive: true })
})

/** The refusals that this page has been told, as text. */
function refusals(page: Page): () => string {
  const all: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => /"unavailable"/.test(String(payload)) && all.push(String(payload))))
  return () => all.join('\n')
}

test('an agent sees the notes on a customer', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Hello', 'shop:a1')
  const bob = await person(gateway, { sub: 'bob', name: 'Bob', role: 'agent', shop: 'a1' })
  expect(await bob.ask('saveNote', { to: 'kim', id: 'n1', text: 'Likes her tea green' })).toMatchObject({ ok: true })
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'a1' })
  const told = refusals(ann.page)
  await ann.page.reload() // a frame is only heard of a connection that begins later
  await ann.page.locator('im-desk[connection="live"]').waitFor()
  backbone.isAway = true
  await ann.row('kim').click()
  await expect.poll(told).toContain('unavailable')
  backbone.isAway = false
  await ann.part('note').getByText('Likes her tea green').waitFor()
  for (const one of [kim, bob]) one.leave()
  await ann.close()
})

test('an agent reads that there is no report, and then the report', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'a3' })
  backbone.isAway = true
  await ann.part('show-report').click()
  await ann.part('report').getByText('The report could not be loaded.').waitFor()
  expect(await ann.part('report-conversations').count()).toBe(0)
  backbone.isAway = false
  await ann.part('report-conversations').waitFor()
  await ann.close()
})

test('a customer sees who is there', async () => {
  const ann = await person(gateway, { sub: 'ann', name: 'Ann', role: 'agent', shop: 'a2' })
  const { page, close } = await openPage(browser, 'about:blank', PHONE)
  await page.route(`${gateway.url}/shop.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><im-chat gateway="${gateway.url}" to="shop:a0" lang="en" open></im-chat><script src="${gateway.url}/im-chat.js"></script>`,
    }),
  )
  const told = refusals(page)
  await page.goto(`${gateway.url}/shop.html`)
  await expect.poll(() => page.locator('im-chat .status').textContent()).toBe('Offline')
  backbone.isAway = true
  await page.evaluate(() => document.querySelector('im-chat')!.setAttribute('to', 'shop:a2'))
  await expect.poll(told).toContain('unavailable')
  backbone.isAway = false
  await expect.poll(() => page.locator('im-chat .status').textContent(), { timeout: 20_000 }).toBe('Ann is online')
  ann.leave()
  await close()
})

/** Who is blocked learns it on opening, keeps what was begun, and is offered nothing that can only fail. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { person, type Person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

interface Shop {
  readonly ann: Person
  readonly kim: Person
  readonly conversation: string
}

async function shop(id: string): Promise<Shop> {
  const kim = await person(gateway, { sub: `kim-${id}`, name: 'Kim' })
  await kim.say('Hello', `shop:${id}`)
  const { conversation } = (await kim.ask('history', { to: `shop:${id}` })) as { conversation: string }
  return { ann: await person(gateway, { sub: 'ann', role: 'agent', shop: id, name: 'Ann' }), kim, conversation }
}

/** The chat of Kim, who has been here before or not, at a page that is made for it. */
async function chat(id: string, options: PageOptions): Promise<TestPage> {
  const opened = await openPage(browser, `${gateway.url}/phone.html`, options)
  const token = await gateway.pass({ sub: `kim-${id}`, name: 'Kim' })
  await opened.page.evaluate(
    ([to, pass]) => {
      const element = document.querySelector('im-chat')!
      element.to = to!
      element.token = pass!
    },
    [`shop:${id}`, token],
  )
  await hook(opened.page, 'message').filter({ hasText: 'Hello' }).waitFor()
  return opened
}

const isReadOnly = (page: Page): Promise<boolean> => hook(page, 'composer').evaluate((field) => (field as HTMLTextAreaElement).readOnly)

test.each([
  ['a phone', PHONE],
  ['a desktop', { ...DESKTOP, bypassCSP: true }],
] as const)('on %s it is said on opening, with the reason and the end; nothing can be written until it is lifted', async (device, options) => {
  const id = device === 'a phone' ? 'b1' : 'b2'
  const { ann, kim, conversation } = await shop(id)
  const until = Date.now() + 3_600_000
  expect(await ann.ask('block', { conversation, reason: 'Advertising', until })).toMatchObject({ ok: true })
  const { context, page, close } = await chat(id, { ...options, expected: /ERR_INTERNET_DISCONNECTED/ })
  await page.evaluate(() => (document.querySelector('im-chat')!.product = { title: 'Kettle' }))
  await expect.poll(() => hook(page, 'blocked').textContent()).toMatch(/^You can’t message this shop\. \(Advertising; until .+\)$/)
  expect(await isReadOnly(page)).toBe(true)
  expect(await hook(page, 'more').isVisible()).toBe(false)
  // neither a product that nobody takes
  expect(await hook(page, 'offer').count()).toBe(0)
  await hook(page, 'send').click({ force: true })
  await hook(page, 'composer').press('Enter')
  if (device === 'a desktop') expect(await axeComplaints(page)).toEqual([])
  if (process.env.DESK_SHOTS) await page.screenshot({ path: `${process.env.DESK_SHOTS}/blocked-${id}.png` })
  // the next welcome says the same
  await context.setOffline(true)
  await page.locator('im-chat:not([connection=live])').waitFor()
  await context.setOffline(false)
  await page.locator('im-chat[connection=live]').waitFor()
  expect(await isReadOnly(page)).toBe(true)
  expect(await ann.ask('unblock', { conversation })).toMatchObject({ ok: true })
  await expect.poll(() => isReadOnly(page)).toBe(false)
  expect(await hook(page, 'blocked').isVisible()).toBe(false)
  await hook(page, 'offer').waitFor()
  await hook(page, 'composer').fill('Thank you')
  await hook(page, 'composer').press('Enter')
  await page
    .locator('im-chat [data-test=message][data-state=sent], im-chat [data-test=message][data-state=delivered]')
    .filter({ hasText: 'Thank you' })
    .waitFor()
  for (const one of [ann, kim]) one.leave()
  await close()
})

test('a block while one writes keeps the text; what failed by it can be deleted, and sent again once it is over', async () => {
  const { ann, kim, conversation } = await shop('b3')
  const { page, close } = await chat('b3', PHONE)
  await hook(page, 'composer').fill('half a')
  expect(await ann.ask('block', { conversation, reason: 'A break' })).toMatchObject({ ok: true })
  await expect.poll(() => isReadOnly(page)).toBe(true)
  expect(await hook(page, 'composer').inputValue()).toBe('half a')
  await page.evaluate(() => void document.querySelector('im-chat')!.send('from the page'))
  const failed = hook(page, 'message').filter({ hasText: 'from the page' })
  await failed.locator('[data-test=discard]').waitFor()
  expect(await failed.locator('[data-test=retry]').count()).toBe(0)
  expect(await ann.ask('unblock', { conversation })).toMatchObject({ ok: true })
  await failed.locator('[data-test=retry]').tap()
  await failed.locator('[data-test=discard]').waitFor({ state: 'detached' })
  await hook(page, 'composer').press('Enter')
  await expect
    .poll(async () =>
      ((await kim.ask('history', { to: 'shop:b3' })) as { messages: { body: { text: string } }[] }).messages.map(({ body }) => body.text),
    )
    .toEqual(['Hello', 'from the page', 'half a'])
  for (const one of [ann, kim]) one.leave()
  await close()
})

test('a block with an end is over by itself', async () => {
  const { ann, kim, conversation } = await shop('b4')
  const until = Date.now() + 4000
  expect(await ann.ask('block', { conversation, reason: 'Calm down', until })).toMatchObject({ ok: true })
  const { page, close } = await chat('b4', PHONE)
  await expect.poll(() => isReadOnly(page)).toBe(true)
  await expect.poll(() => isReadOnly(page), { timeout: 15_000 }).toBe(false)
  for (const one of [ann, kim]) one.leave()
  await close()
})

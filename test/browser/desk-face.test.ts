/** The shop's name and face at the desk and in the inbox, and who is who there. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { PICTURES } from '../kit/pictures.ts'
import { axeComplaints } from './axe.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

const LOGO = 'https://shop.example/logo.png'
const NEVER = { timeZone: 'UTC', open: [] }

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ API_KEY: 'key' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

async function put(shop: string, record: object): Promise<void> {
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
  await fetch(`${gateway.url}/v1/shops/${shop}`, { method: 'PUT', headers, body: JSON.stringify(record) })
}

const shoot = (file: string): { path: string } | undefined => (process.env.SHOTS ? { path: `${process.env.SHOTS}/${file}.png` } : undefined)

test("the inbox calls a shop by its name, never by its id or its agent's name", async () => {
  await put('s1', { name: 'Kettle House', logo: LOGO, replyMinutes: 5, greeting: { en: 'Hello!' }, questions: { en: ['Where is it?'] } })
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 's1', name: 'Ann' })
  const bob = await person(gateway, { sub: 'bob', role: 'agent', shop: 's2', name: 'Bob' })
  await ann.say('On its way', 'kim')
  await bob.say('Hello', 'kim')
  const inbox = await openPage(browser, 'about:blank', { ...DESKTOP, bypassCSP: true })
  const { page } = inbox
  await page.route(LOGO, (route) => route.fulfill({ contentType: 'image/png', body: PICTURES.png }))
  await page.goto(`${gateway.url}/inbox.html?token=${await gateway.pass({ sub: 'kim', name: 'Kim' })}`)
  const row = (to: string) => page.locator(`im-inbox [role=option][data-to="${to}"]`)
  await row('shop:s1').waitFor()
  expect(await row('shop:s1').locator('.entry-name').textContent()).toBe('Kettle House')
  expect(await row('shop:s2').locator('.entry-name').textContent()).toBe('Shop s2')
  expect(await row('shop:s1').locator('.face img').getAttribute('src')).toBe(LOGO)
  await row('shop:s1').click()
  const head = page.locator('im-inbox .pane .who')
  await expect.poll(() => head.locator('.title').textContent()).toBe('Kettle House')
  await expect.poll(() => head.locator('.status').textContent()).toBe('Ann is online')
  await expect.poll(() => page.locator('im-inbox .name').allTextContents()).toEqual(['Ann'])
  await ann.say('And now it is there', 'kim')
  await row('shop:s1').getByText('And now it is there').waitFor()
  expect(await row('shop:s1').locator('.entry-name').textContent()).toBe('Kettle House')
  expect(await head.locator('.title').textContent()).toBe('Kettle House')
  await page.screenshot(shoot('inbox'))
  ann.leave()
  bob.leave()
  await inbox.close()
})

test('a shop that was not written to yet greets in the inbox, and one tap asks', async () => {
  await put('s3', { name: 'Teapots', greeting: { en: 'Hello!' }, questions: { en: ['Where is it?'] } })
  const token = await gateway.pass({ sub: 'ida', name: 'Ida' })
  const { page, close } = await openPage(browser, `${gateway.url}/inbox.html?token=${token}`, DESKTOP)
  await page.locator('im-inbox[connection="live"]').waitFor()
  await page.evaluate(() => (document.querySelector('im-inbox') as HTMLElement & { open(to: string): void }).open('shop:s3'))
  await expect.poll(() => hook(page, 'greeting', 'im-inbox').textContent()).toBe('Hello!')
  await hook(page, 'question', 'im-inbox').click()
  await expect.poll(() => hook(page, 'message', 'im-inbox').locator('.text').allTextContents()).toEqual(['Where is it?'])
  await close()
})

test('the desk says who is logged in, with name, picture and status; and how its shop is shown', async () => {
  await put('s4', { name: 'Kettle House', logo: LOGO, hours: NEVER })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('hi', 'shop:s4')
  const token = await gateway.pass({ sub: 'eve', role: 'agent', shop: 's4', name: 'Eve', avatar: 'https://shop.example/eve.png' })
  const desk = await openPage(browser, 'about:blank', { ...DESKTOP, bypassCSP: true })
  const { page } = desk
  await page.route('https://shop.example/*', (route) => route.fulfill({ contentType: 'image/png', body: PICTURES.png }))
  await page.goto(`${gateway.url}/desk.html?token=${token}`)
  const own = hook(page, 'own', 'im-desk')
  await own.waitFor()
  expect(await own.locator('.my-name').textContent()).toBe('Eve')
  expect(await own.locator('.face img').getAttribute('src')).toBe('https://shop.example/eve.png')
  await expect.poll(() => hook(page, 'status', 'im-desk').inputValue()).toBe('online')
  await own.locator('.status-switch svg').waitFor()
  await page.locator('im-desk [role=option][data-to=kim]').click()
  const shop = hook(page, 'own-shop', 'im-desk')
  await shop.waitFor()
  expect(await shop.textContent()).toMatch(/Kettle House\s*Closed/)
  await page.screenshot(shoot('desk'))
  expect(await axeComplaints(page)).toEqual([])
  kim.leave()
  await desk.close()
})

test('the list of the desk says who is there, and guests are told apart by letters', async () => {
  const guests = ['guest-7f3a0000-0000-4000-8000-000000000001', 'guest-b21c0000-0000-4000-8000-000000000002']
  const [one, two] = await Promise.all(guests.map((sub) => person(gateway, { sub })))
  await one!.say('hello', 'shop:s5')
  await two!.say('hi', 'shop:s5')
  const desk = await deskPage(browser, gateway, { agent: 'gil', shop: 's5' })
  const letters = (to: string): Promise<string | null> => desk.row(to).locator('.face').textContent()
  await desk.row(guests[0]!).waitFor()
  expect([await letters(guests[0]!), await letters(guests[1]!)]).toEqual(['7F', 'B2'])
  const there = (to: string): Promise<number> => desk.row(to).locator('[data-test=there]').count()
  await expect.poll(async () => [await there(guests[0]!), await there(guests[1]!)]).toEqual([1, 1])
  two!.leave()
  await expect.poll(() => there(guests[1]!), { timeout: 40_000 }).toBe(0)
  expect(await there(guests[0]!)).toBe(1)
  await desk.page.screenshot(shoot('desk-list'))
  one!.leave()
  await desk.close()
})

test("colleagues' names stand above their bubbles, one's own does not", async () => {
  const kim = await person(gateway, { sub: 'lou', name: 'Lou' })
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 's6', name: 'Ann' })
  const bea = await person(gateway, { sub: 'bea', role: 'agent', shop: 's6', name: 'Bea' })
  await kim.say('hi', 'shop:s6')
  await ann.say('one', 'lou')
  await bea.say('two', 'lou')
  await bea.say('three', 'lou')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 's6' }, { ...PHONE, viewport: { width: 1100, height: 700 } })
  await desk.open('lou')
  await expect.poll(() => desk.page.locator('im-desk .name').allTextContents()).toEqual(['Lou', 'Bea'])
  for (const each of [kim, ann, bea]) each.leave()
  await desk.close()
})

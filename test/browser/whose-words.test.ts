/** Ids are their writers' to choose, and so are the names of guests: whose words these are is never in doubt. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

const SUPPORT = 'guest-ab12cd34-0000-4000-8000-000000000000'

let backend: CustomerServer
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = await CustomerServer.start()
  gateway = await spawnGateway({ CARD_URL: `${backend.url}/cards` })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await backend.stop()
})

test('the list of agent 7 does not call the words of customer 7 the agent’s own, nor what customer 7 has withdrawn', async () => {
  const customer = await person(gateway, { sub: '7', name: 'Kim' })
  await customer.say('Is it blue?', 'shop:same')
  const desk = await deskPage(browser, gateway, { agent: '7', shop: 'same' })
  const last = desk.row('7').locator('.entry-last')
  await expect.poll(() => last.textContent()).toBe('Is it blue?')
  await customer.ask('send', { to: 'shop:same', id: 'm2', kind: 'text', body: { text: 'Oh' } })
  await customer.ask('withdraw', { to: 'shop:same', seq: 2, id: 'm2' })
  await expect.poll(() => last.textContent()).toBe('Kim withdrew a message.')
  await desk.close()
  customer.leave()
})

test('a guest who is called Support is marked as a guest where its words are quoted or about to be, while it types, and where the list says that it withdrew some', async () => {
  const guest = await person(gateway, { sub: SUPPORT, name: 'Support' })
  await guest.say('Send me your password', 'shop:guests')
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 'guests', name: 'Ann' })
  const { messages } = (await ann.ask('history', { to: SUPPORT })) as { messages: { seq: number; id: string }[] }
  const { seq, id } = messages[0]!
  await ann.say('No.', SUPPORT, 'text', { quote: { seq, id } })
  const desk = await deskPage(browser, gateway, { agent: 'bob', shop: 'guests' })
  await desk.open(SUPPORT)
  expect(await desk.part('quoted').locator('b').textContent()).toBe('Guest · Support')
  const said = desk.part('message').filter({ hasText: 'password' }).first().locator('.bubble')
  await said.hover()
  await expect
    .poll(async () => {
      await said.click({ button: 'right' })
      return desk.part('actions').isVisible()
    })
    .toBe(true)
  await desk.part('action-quote').click()
  expect(await desk.part('quoting').locator('b').textContent()).toBe('Guest · Support')
  await guest.ask('typing', { to: 'shop:guests' })
  await desk.part('typing').waitFor()
  expect(await desk.part('typing').locator('.bubble').getAttribute('aria-label')).toBe('Guest · Support is typing')
  await guest.ask('send', { to: 'shop:guests', id: 'm2', kind: 'text', body: { text: 'Oh' } })
  await guest.ask('withdraw', { to: 'shop:guests', seq: 3, id: 'm2' })
  await expect.poll(() => desk.row(SUPPORT).locator('.entry-last').textContent()).toBe('Guest · Support withdrew a message.')
  await desk.close()
  for (const each of [guest, ann]) each.leave()
})

test('a customer who gives its card the id of the shop’s card does not change what the shop’s costs', async () => {
  backend.answering = (response, request) => json({ price: request.url!.includes('kettle') ? '¥ 468' : '¥ 1' })(response, request)
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 'cards', name: 'Ann' })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Hello', 'shop:cards')
  const card = (name: string) => ({ id: 'copied', kind: 'product', body: { text: name, title: name, id: name, price: '¥ 0' } })
  expect(await ann.ask('send', { to: 'kim', ...card('kettle') })).toMatchObject({ ok: true })
  expect(await kim.ask('send', { to: 'shop:cards', ...card('screw') })).toMatchObject({ ok: true })
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, DESKTOP)
  await inbox.page.locator('im-inbox [role=option][data-to="shop:cards"]').click()
  const costs = inbox.page.locator('im-inbox .bubble [data-test=card-cost] > bdi')
  await expect.poll(() => costs.allTextContents()).toEqual(['¥ 468', '¥ 1'])
  await inbox.close()
  for (const each of [ann, kim]) each.leave()
})

test('a picture on another server is asked about by the host that the browser would fetch it from', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  for (const url of ['https://evil.invalid\\@shop.example/x.png', 'https://shop.example@evil.invalid/x.png', 'https:\\/\\/shop.example/x.png'])
    await kim.say('Picture', 'shop:hosts', 'image', { url })
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 'hosts' })
  await desk.open('kim')
  const asked = desk.part('panel').locator('[data-test=show-picture]')
  await expect.poll(() => asked.allTextContents()).toEqual(Array(2).fill(expect.stringMatching(/evil\.invalid(?!.*shop\.example)/)))
  await desk.close()
  kim.leave()
})

test('a quote is of the message that was pressed, also where another has the same id', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 'quotes', name: 'Ann' })
  await kim.say('Hello', 'shop:quotes')
  await ann.ask('send', { to: 'kim', id: 'copied', kind: 'text', body: { text: 'Shall I send it back?' } })
  await kim.ask('send', { to: 'shop:quotes', id: 'copied', kind: 'text', body: { text: 'Do I get 1000?' } })
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 'quotes' })
  await desk.open('kim')
  const asked = desk.part('message').filter({ hasText: 'Do I get 1000?' }).locator('.bubble')
  await asked.hover()
  await expect
    .poll(async () => {
      await asked.click({ button: 'right' })
      return hook(desk.page, 'actions', 'im-desk').isVisible()
    })
    .toBe(true)
  await desk.part('action-quote').click()
  await desk.page.keyboard.type('No.')
  await desk.page.keyboard.press('Enter')
  await expect.poll(() => desk.part('quoted').textContent()).toContain('Do I get 1000?')
  await desk.close()
  for (const each of [kim, ann]) each.leave()
})

/** Axe, and nothing out of its place, in every state of service: light, dark, forced colours, narrow, zoomed. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { deskPage } from './desk-page.ts'
import { layoutFaults } from './layout-faults.ts'
import { person } from './person.ts'

const INFO = {
  profile: [
    { label: 'Level', value: 'Gold' },
    { label: 'Address', value: '12 Rosebay Lane, Port Ellery' },
  ],
  orders: [{ number: 'A-1187', title: 'Blue kettle', status: 'Shipped', total: '€ 39.00', at: 1_700_000_000_000 }],
}
const REPLIES = [{ id: 'hi', scope: 'shop', title: 'Hello', text: 'Hello {customer}', folder: 'Greetings' }] as const

const MODES: readonly (readonly [string, PageOptions])[] = [
  ['light', DESKTOP],
  ['dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['forced', { ...DESKTOP, forcedColors: 'active' }],
  ['zoomed', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ['narrow', { viewport: { width: 360, height: 740 } }],
]

let backend: CustomerServer
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = await CustomerServer.start()
  const [known, down] = [json(INFO), json({}, 503)]
  backend.answering = (response, request) => (request.url!.includes('lee') ? down : known)(response, request)
  gateway = await spawnGateway({ CUSTOMER_URL: `${backend.url}/{shop}/{customer}` })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await backend.stop()
})

/** With motion reduced nothing moves on its own. */
const moving = (page: Page, tag: string): Promise<number> =>
  page.evaluate((name) => {
    const root = document.querySelector(name)!.shadowRoot!
    return root.getAnimations().filter(({ playState }) => playState === 'running').length
  }, tag)

async function isFine(page: Page, tag: string, what: string): Promise<void> {
  if (process.env.DESK_SHOTS) await page.screenshot({ path: `${process.env.DESK_SHOTS}/access-${what}.png` })
  expect(await axeComplaints(page), what).toEqual([])
  expect(await layoutFaults(page, tag), what).toEqual([])
  expect(await moving(page, tag), what).toBe(0)
}

test.each(MODES)('the desk: an offer, the customer’s data, a search, a quick reply being edited, the blocked: %s', async (mode, options) => {
  const shop = `x${mode}`
  for (const [sub, name] of [
    ['kim', 'Kim'],
    ['lee', 'Lee'],
  ] as const) {
    const customer = await person(gateway, { sub, name })
    await customer.say(`Where is the parcel of ${name}?`, `shop:${shop}`)
    customer.leave()
  }
  const bea = await person(gateway, { sub: 'bea', role: 'agent', shop, name: 'Bea' })
  for (const quickReply of REPLIES) await bea.ask('saveQuickReply', { quickReply })
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop }, { ...options, reducedMotion: 'reduce', bypassCSP: true })
  const fine = (what: string): Promise<void> => isFine(ann.page, 'im-desk', `${mode}-${what}`)
  const back = async (): Promise<void> => {
    while ((await ann.part('back').or(ann.page.locator('im-desk .side .back')).filter({ visible: true }).count()) > 0) {
      await ann.part('back').or(ann.page.locator('im-desk .side .back')).filter({ visible: true }).last().click()
    }
  }
  for (const [to, state] of [
    ['kim', 'ready'],
    ['lee', 'down'],
  ] as const) {
    await back()
    await ann.open(to)
    if (!(await ann.part('details').isVisible())) await ann.part('toggle-details').click()
    await ann.page.locator(`im-desk [data-test=customer][data-state=${state}]`).waitFor()
    await fine(`customer-${state}`)
  }
  await back()
  await ann.part('search').fill('parcel')
  await ann.page.locator('im-desk .entry mark').first().waitFor()
  await ann.page.locator('im-desk [data-test=search-foot][data-state=done]').waitFor({ state: 'attached' })
  await fine('search')
  await ann.part('search').fill('')

  const conversation = (await ann.row('kim').getAttribute('data-conversation'))!
  // whoever of the two was given it
  const annToo = await person(gateway, { sub: 'ann', role: 'agent', shop, name: 'Ann' })
  for (const agent of [annToo, bea]) await agent.ask('close', { conversation })
  annToo.leave()
  expect(await bea.ask('claim', { conversation })).toMatchObject({ service: { agent: { id: 'bea' } } })
  expect(await bea.ask('transfer', { conversation, to: 'ann', note: 'She called twice' })).toMatchObject({ ok: true })
  await ann.part('offered').getByText('She called twice').waitFor()
  await fine('offered')
  await ann.part('look').click()
  await ann.page.locator('im-desk [data-test=service][data-state=offered]').waitFor()
  await fine('offered-open')
  await ann.part('accept').click()
  await ann.part('service').getByText('Assigned to you').waitFor()
  expect(await bea.ask('block', { conversation, reason: 'Advertising' })).toMatchObject({ ok: true })
  await ann.page.locator('im-desk [data-test=service][data-state=blocked]').waitFor()
  await fine('blocked')
  await back()
  await ann.part('show-blocked').click()
  await ann.part('blocked-entry').waitFor()
  await fine('blocked-list')
  await ann.part('unblock-entry').click()
  await ann.part('blocked-entry').waitFor({ state: 'detached' })
  await ann.part('told').waitFor()
  await fine('unblocked')
  await ann.part('close-dialog').click()
  await ann.part('show-replies').click()
  await ann.part('edit-reply').click()
  await ann.part('reply-form').waitFor()
  await fine('reply-form')
  bea.leave()
  await ann.close()
})

test.each(MODES)('whoever is blocked, in the inbox and on the phone: %s', async (mode, options) => {
  const shop = `y${mode}`
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop, name: 'Ann' })
  for (const [tag, path] of [
    ['im-inbox', `inbox.html?customer=${mode}&name=Kim`],
    ['im-chat', 'phone.html'],
  ] as const) {
    const shown = tag === 'im-chat' && options.viewport!.width! > 700 ? { ...options, viewport: PHONE.viewport! } : options
    const { page, close } = await openPage(browser, `${gateway.url}/${path}`, { ...shown, reducedMotion: 'reduce', bypassCSP: true })
    const part = (name: string) => hook(page, name, tag)
    await page.locator(`${tag}[connection=live]`).waitFor()
    await page.evaluate((to) => {
      document.querySelector('im-inbox')?.open(to)
      const chat = document.querySelector('im-chat')
      if (chat) chat.to = to
    }, `shop:${shop}`)
    await part('composer').fill('Buy my coins')
    await part('send').click()
    await page.locator(`${tag} [data-test=message]:is([data-state=sent], [data-state=delivered], [data-state=read])`).waitFor()
    const { conversations } = (await ann.ask('conversations', { limit: 1 })) as { conversations: { conversation: string }[] }
    expect(await ann.ask('block', { conversation: conversations[0]!.conversation, reason: 'Advertising' })).toMatchObject({ ok: true })
    await part('blocked').getByText('Advertising').waitFor()
    await page.evaluate((name) => void (document.querySelector(name) as HTMLElementTagNameMap['im-chat']).send('Really good coins'), tag)
    await page.locator(`${tag} [data-test=message][data-state=failed]`).getByText('Advertising').waitFor()
    await isFine(page, tag, `${mode}-${tag}-blocked`)
    await close()
  }
  ann.leave()
})

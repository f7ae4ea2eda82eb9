/** An offer that nobody answers, and one in the middle of which connections are cut. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { openFaultProxy, type FaultProxy } from '../kit/fault-proxy.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person } from './person.ts'

/** What a browser says of a connection that is cut. */
const CUT = /WebSocket|net::ERR_/

let gateway: SpawnedGateway
let hasty: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  ;[gateway, hasty] = await Promise.all([spawnGateway(), spawnGateway({ TRANSFER_MS: '2500' })])
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await Promise.all([gateway.stop(), hasty.stop()])
})

const state = (desk: DeskPage, name: string): Promise<void> => desk.page.locator(`im-desk [data-test=service][data-state=${name}]`).waitFor()

async function offerTo(desk: DeskPage, colleague: string): Promise<void> {
  await desk.part('transfer').click()
  await desk.page.locator(`im-desk [data-test=colleague][data-id=${colleague}]`).click()
  await desk.part('transfer-it').click()
}

test('an offer that nobody answers expires, and both agents see it', async () => {
  const ann = await deskPage(browser, hasty, { agent: 'ann', shop: 'e1' })
  const kim = await person(hasty, { sub: 'kim', name: 'Kim' })
  await kim.say('Where is my parcel?', 'shop:e1')
  await ann.open('kim')
  await state(ann, 'open')
  const bea = await deskPage(browser, hasty, { agent: 'bea', shop: 'e1' })
  await offerTo(ann, 'bea')
  await bea.part('offered').waitFor()
  await state(ann, 'offered')
  await ann.part('told').getByText('Bea didn’t answer. The conversation with Kim is still assigned to you.').waitFor()
  await bea.part('told').getByText('You didn’t answer. The conversation with Kim is still assigned to Ann.').waitFor()
  await ann.shot('expired-offering')
  await bea.shot('expired-offered')
  await bea.part('offered').waitFor({ state: 'detached' })
  await ann.part('service').getByText('Assigned to you').waitFor()
  await offerTo(ann, 'bea')
  await ann.part('take-back').click()
  await bea.part('offered').waitFor({ state: 'detached' })
  await state(ann, 'open')
  expect(await ann.part('told').filter({ hasText: 'declined' }).count()).toBe(0)
  kim.leave()
  await ann.close()
  await bea.close()
})

async function through(proxy: FaultProxy, agent: string, shop: string): Promise<DeskPage> {
  return deskPage(browser, { ...gateway, url: proxy.url, port: proxy.port }, { agent, shop }, { ...DESKTOP, expected: CUT })
}

let attempts = 0

test("connections are cut during a transfer: the first agent's before the answer, the other's before the offer and before the acceptance", async () => {
  // a repeated attempt finds nothing of the one before
  const shop = `cut-${++attempts}`
  const [annLine, beaLine] = [await openFaultProxy(gateway.port), await openFaultProxy(gateway.port)]
  const ann = await through(annLine, 'ann', shop)
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, DESKTOP)
  const theirs = (name: string) => hook(inbox.page, name, 'im-inbox')
  const write = async (text: string): Promise<void> => {
    await theirs('composer').fill(text)
    await inbox.page.keyboard.press('Enter')
    await theirs('message').getByText(text, { exact: true }).waitFor()
  }
  await inbox.page.evaluate((to) => {
    document.querySelector('im-inbox')!.to = to
  }, `shop:${shop}`)
  await write('one')
  await ann.open('kim')
  await state(ann, 'open')
  const bea = await through(beaLine, 'bea', shop)
  await bea.open('kim')
  await bea.part('service').getByText('Assigned to Ann').waitFor()

  // the gateway hears of the offer, its answer is lost with the connection
  annLine.dropsReplies = true
  await offerTo(ann, 'bea')
  await bea.part('offered').waitFor()
  annLine.cut()
  annLine.dropsReplies = false
  await write('two')
  await ann.part('take-back').waitFor()
  await state(ann, 'offered')
  await ann.shot('cut-offering')
  await ann.part('transfer-dialog').waitFor({ state: 'detached' })
  await ann.part('take-back').click()
  await state(ann, 'open')
  await bea.part('offered').waitFor({ state: 'detached' })

  // the offer is made while the other connection is down
  beaLine.isRefusing = true
  beaLine.cut()
  await bea.page.locator('im-desk:not([connection="live"])').waitFor()
  await offerTo(ann, 'bea')
  await state(ann, 'offered')
  await write('three')
  beaLine.isRefusing = false
  await bea.part('offered').waitFor()
  await bea.part('countdown').first().waitFor()
  await bea.shot('cut-offered')

  // the yes arrives, its answer is lost with the connection
  beaLine.dropsReplies = true
  await bea.part('accept').click()
  await ann.part('service').getByText('Assigned to Bea').waitFor()
  beaLine.cut()
  beaLine.dropsReplies = false
  await bea.page.locator('im-desk[connection="live"]').waitFor()
  await bea.part('offered').waitFor({ state: 'detached' })
  await bea.part('service').getByText('Assigned to you').waitFor()

  await theirs('message').getByText('Bea joined the chat').waitFor()
  await write('four')
  await bea.part('composer').fill('five')
  await bea.page.keyboard.press('Enter')
  await theirs('message').getByText('five', { exact: true }).waitFor()
  const told = ['one', 'two', 'three', 'Bea joined the chat', 'four', 'five']
  for (const { page, tag } of [
    { ...ann, tag: 'im-desk' },
    { ...bea, tag: 'im-desk' },
    { ...inbox, tag: 'im-inbox' },
  ]) {
    await expect
      .poll(() =>
        page.locator(`${tag} [data-test=message]`).evaluateAll((all) => all.map((each) => (each.querySelector('.text') ?? each).textContent.trim())),
      )
      .toEqual(told)
  }
  expect(await inbox.page.evaluate(() => document.querySelector('im-inbox')!.to)).toBe(`shop:${shop}`)
  await inbox.page.locator('im-inbox h2.title').getByText(`Shop ${shop}`, { exact: true }).waitFor()
  if (process.env.DESK_SHOTS) await inbox.page.screenshot({ path: `${process.env.DESK_SHOTS}/cut-customer.png` })
  await bea.shot('cut-taken')
  await inbox.close()
  await ann.close()
  await bea.close()
  await Promise.all([annLine.close(), beaLine.close()])
})

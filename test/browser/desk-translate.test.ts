/** The customer's language, and translations that the page gives. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person } from './person.ts'

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

async function openMenu(desk: DeskPage, text: string): Promise<void> {
  const bubble = desk.part('message').filter({ hasText: text }).locator('.bubble')
  await bubble.hover()
  await expect
    .poll(async () => {
      await bubble.click({ button: 'right' })
      return desk.part('actions').isVisible()
    })
    .toBe(true)
}

test('the customer’s language stands beside the conversation; a translation of the page is shown as text, until it is closed', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Wo ist meine Bestellung?', 'shop:t1')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 't1' })
  await desk.open('kim')
  await desk.page.locator('im-desk .side').getByText('German').waitFor()
  await openMenu(desk, 'Bestellung')
  expect(await desk.part('action-translate').count()).toBe(0) // this page gives none
  await desk.page.keyboard.press('Escape')
  const asked = desk.page.evaluate(
    () =>
      new Promise((resolve) => {
        const element = document.querySelector('im-desk')!
        element.translates = true
        element.addEventListener('im-translate', ({ detail: { text, from, to, respond } }) => {
          resolve({ text, from, to })
          respond('Where is <b>my</b> order?')
        })
      }),
  )
  await openMenu(desk, 'Bestellung')
  await desk.part('action-translate').click()
  expect(await asked).toEqual({ text: 'Wo ist meine Bestellung?', from: 'de', to: 'en-GB' })
  await desk.part('translation').getByText('Where is <b>my</b> order?').waitFor()
  await desk.part('no-translation').click()
  await desk.part('translation').waitFor({ state: 'detached' })
  kim.leave()
  await desk.close()
})

test('a page that has no translation says so, and the agent reads it', async () => {
  const kim = await person(gateway, { sub: 'kim2', name: 'Kim' })
  await kim.say('Wo ist meine Bestellung?', 'shop:t2')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 't2' })
  await desk.open('kim2')
  await desk.page.evaluate(() => {
    const element = document.querySelector('im-desk')!
    element.translates = true
    element.addEventListener('im-translate', ({ detail: { respond } }) => respond(''))
  })
  await openMenu(desk, 'Bestellung')
  await desk.part('action-translate').click()
  await desk.part('said').getByText('There is no translation.').waitFor()
  kim.leave()
  await desk.close()
})

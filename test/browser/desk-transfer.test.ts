import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
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

test('a transfer with a note is declined, cancelled, accepted after a reload; to the queue by keyboard', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 't1' })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Where is my parcel?', 'shop:t1')
  await ann.open('kim')
  await ann.page.locator('im-desk [data-test=service][data-state=open]').waitFor()
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 't1' })
  const hand = async (): Promise<void> => {
    await ann.part('transfer').click()
    await ann.page.locator('im-desk [data-test=colleague][data-id=bea]').click()
    await ann.part('transfer-note').fill('Needs the warehouse')
    await ann.shot('transfer-dialog')
    await ann.part('transfer-it').click()
    await ann.part('transfer-dialog').waitFor({ state: 'detached' })
  }
  await hand()
  await bea.part('offered').getByText('Needs the warehouse').waitFor()
  expect(await bea.part('countdown').first().textContent()).toMatch(/^\d+ s$/)
  await bea.shot('offered')
  await bea.part('decline').click()
  await ann.part('told').getByText('Bea declined').waitFor()
  await hand()
  await bea.part('offered').waitFor()
  await ann.part('take-back').click()
  await bea.part('offered').waitFor({ state: 'detached' })
  await hand()
  await bea.page.reload()
  await bea.part('accept').click()
  await bea.page.locator('im-desk [data-test=panel][data-to=kim]').waitFor()
  await ann.part('told').getByText('Bea accepted').waitFor()
  await ann.part('service').getByText('Assigned to Bea').waitFor()
  await bea.page.keyboard.press('Alt+t')
  const dialog = bea.part('transfer-dialog')
  await dialog.waitFor()
  await dialog.locator('input[value=queue]').focus()
  await bea.page.keyboard.press('Space')
  await bea.page.keyboard.press('Enter')
  await bea.part('told').getByText('back in the queue').waitFor()
  kim.leave()
  await ann.close()
  await bea.close()
})

/** The operator's backend is slow, or down: the desk says so and goes on. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

const level = (value: string) => json({ profile: [{ label: 'Level', value }], orders: [] })

let backend: CustomerServer
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = await CustomerServer.start()
  gateway = await spawnGateway({ CUSTOMER_URL: `${backend.url}/{shop}/{customer}` })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await backend.stop()
})

test('while the backend is slow the panel says so and works on, and shows the answer when it comes', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Hello', 'shop:d1')
  backend.withhold(level('Gold'))
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'd1' })
  await ann.open('kim')
  await ann.page.locator('im-desk [data-test=customer][data-state=slow] progress').waitFor()
  await ann.shot('customer-slow')
  await ann.part('composer').fill('One moment')
  await ann.page.keyboard.press('Enter')
  await ann.part('message').getByText('One moment').waitFor()
  backend.release()
  await ann.part('customer').getByText('Gold').waitFor()
  await ann.page.locator('im-desk [data-test=customer][data-state=ready]').waitFor()
  expect(await ann.part('customer').locator('progress').count()).toBe(0)
  kim.leave()
  await ann.close()
})

test('a backend that is down is told of and asked again by hand', async () => {
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  await lee.say('Hello', 'shop:d2')
  backend.answering = json({}, 503)
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'd2' })
  await ann.open('lee')
  await ann.part('customer-down').getByText('does not answer').waitFor()
  await ann.shot('customer-down')
  backend.answering = level('Silver')
  // a dead backend is left alone for two seconds, whoever asks
  await expect.poll(async () => {
    const again = ann.part('customer-retry')
    if (await again.isVisible() && await again.isEnabled()) await again.click()
    return ann.part('customer').getByText('Silver').count()
  }, { timeout: 20_000, interval: 300 }).toBe(1)
  expect(await ann.part('customer-down').count()).toBe(0)
  lee.leave()
  await ann.close()
})

/** The operator's backend is slow, or down: the desk says so and goes on. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { spawnGateway, startGateway, type SpawnedGateway } from '../kit/gateway.ts'
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

test('a backend that is down is reported, and can be asked again', async () => {
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  await lee.say('Hello', 'shop:d2')
  backend.answering = json({}, 503)
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'd2' })
  await ann.open('lee')
  await ann.part('customer-down').getByText('isn’t responding').waitFor()
  await ann.shot('customer-down')
  backend.answering = level('Silver')
  // a dead backend is left alone for two seconds, whoever asks
  await expect
    .poll(
      async () => {
        const again = ann.part('customer-retry')
        if ((await again.isVisible()) && (await again.isEnabled())) await again.click()
        return ann.part('customer').getByText('Silver').count()
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe(1)
  expect(await ann.part('customer-down').count()).toBe(0)
  lee.leave()
  await ann.close()
})

test('the older answer of a backend that is down now stays, marked as old', async () => {
  let laterMs = 0
  const mortal = await CustomerServer.start()
  const patient = await startGateway({ CUSTOMER_URL: `${mortal.url}/{shop}/{customer}` }, { now: () => Date.now() + laterMs })
  mortal.answering = json({ profile: [{ label: 'Level', value: 'Gold' }], orders: [{ number: 'A-1187', title: 'Blue kettle' }] })
  for (const [sub, name] of [
    ['kim', 'Kim'],
    ['lee', 'Lee'],
  ] as const) {
    const customer = await person(patient, { sub, name })
    await customer.say('Hello', 'shop:d3')
    customer.leave()
  }
  const ann = await deskPage(browser, patient, { agent: 'ann', shop: 'd3' })
  await ann.open('kim')
  await ann.page.locator('im-desk [data-test=customer][data-state=ready]').getByText('Gold').waitFor()
  await mortal.stop()
  laterMs = 31_000 // an answer is fresh for 30 s
  await ann.open('lee')
  await ann.part('customer-down').getByText('The shop’s system isn’t responding.', { exact: true }).waitFor()
  expect(await ann.part('customer').getByText('Gold').count()).toBe(0)
  await ann.open('kim')
  await ann
    .part('customer-down')
    .getByText(/isn’t responding\. This information is from .*\d\d:\d\d/)
    .waitFor()
  await ann.part('customer').getByText('Gold').waitFor()
  await ann.page.locator('im-desk [data-test=order][data-number=A-1187]').waitFor()
  await ann.shot('customer-older')
  await ann.part('customer-retry').click()
  await ann.page.locator('im-desk [data-test=customer-retry]:not(:disabled)').waitFor()
  await ann.part('customer').getByText('Gold').waitFor()
  // what is old can still be sent
  await ann.part('send-order').click()
  await ann.part('message').getByText('A-1187').waitFor()
  await ann.close()
  await patient.stop()
})

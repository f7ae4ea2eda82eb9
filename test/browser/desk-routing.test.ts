import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ AGENT_LIMIT: '1', HANDOVER_MS: '500' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const shelf = (desk: DeskPage, name: string): Promise<void> => desk.page.locator(`im-desk [data-shelf=${name}]`).click()

/** The open conversation is listed even when it is closed. */
const has = (desk: DeskPage, to: string): Promise<void> =>
  desk.page.locator(`im-desk [role=option][data-to="${to}"]:not(:has([data-state=closed]))`).waitFor()

async function closeIt(desk: DeskPage, to: string): Promise<void> {
  await desk.open(to)
  await desk.page.locator('im-desk [data-test=service][data-state=open]').waitFor()
  await desk.part('close').click()
  await desk.page.locator('im-desk [data-test=service][data-state=closed]').waitFor()
}

async function arrive(sub: string): Promise<Person & { write(text: string): Promise<void> }> {
  const someone = await person(gateway, { sub, name: sub[0]!.toUpperCase() + sub.slice(1) })
  return { ...someone, write: (text) => someone.say(text, 'shop:r1') }
}

test('one conversation each, the third waits for room; a customer who comes back gets the same agent, or another one if that is gone', async () => {
  const [kim, lee, ana] = [await arrive('kim'), await arrive('lee'), await arrive('ana')]
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'r1' })
  await shelf(ann, 'mine')
  await kim.write('First')
  await has(ann, 'kim')
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 'r1' })
  await shelf(bea, 'mine')
  await lee.write('Second')
  await has(bea, 'lee')
  await ana.write('Third')
  await shelf(ann, 'waiting')
  const waiting = ann.row('ana').locator('[data-test=mark][data-state=waiting]')
  await waiting.getByText('Waiting', { exact: true }).waitFor()
  expect(await ann.part('conversation').count()).toBe(1)
  expect(await ann.page.locator('im-desk [data-shelf=waiting] .chip-count').textContent()).toBe('1')
  await ann.shot('routing-waiting')
  await ann.page.clock.setFixedTime(Date.now() + 5.5 * 60_000)
  await shelf(ann, 'mine')
  await shelf(ann, 'waiting')
  await waiting.getByText('5 minutes').waitFor()
  await shelf(ann, 'mine')
  await closeIt(ann, 'kim')
  await has(ann, 'ana')
  await closeIt(ann, 'ana')
  await closeIt(bea, 'lee')
  // both have room: whoever of the two would be chosen without having been known, one of these two shows it
  await lee.write('Me again')
  await has(bea, 'lee')
  await closeIt(bea, 'lee')
  await kim.write('Me too')
  await has(ann, 'kim')
  expect(await bea.row('kim').count()).toBe(0)
  await ann.part('status').selectOption('offline')
  await has(bea, 'kim')
  await ann.page.locator('im-desk [data-shelf=mine] .chip-count').waitFor({ state: 'detached' })
  await shelf(ann, 'all')
  await ann.row('kim').locator('[data-state=open]').getByText('Bea').waitFor()
  await ann.shot('routing-gone')
  for (const one of [kim, lee, ana]) one.leave()
  await ann.close()
  await bea.close()
})

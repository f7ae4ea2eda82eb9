import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'

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

test('without input the agent becomes away, and with the first key online again; a status chosen by hand stays', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'i1' })
  const shows = (word: string) => ann.page.locator(`im-desk .status-switch[data-status=${word}]`).waitFor()
  await shows('online')
  await ann.part('status').selectOption('busy')
  await ann.page.evaluate(() => {
    document.querySelector('im-desk')!.idleMinutes = 0.02
  })
  await ann.page.keyboard.press('Shift')
  await shows('away')
  await ann.page.evaluate(() => {
    document.querySelector('im-desk')!.idleMinutes = 10
  })
  await ann.page.keyboard.press('Shift')
  await shows('busy')
  await ann.part('status').selectOption('away')
  await ann.page.keyboard.press('Shift')
  expect(await ann.part('status').inputValue()).toBe('away')
  await ann.close()
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { person } from './person.ts'

let redis: RedisServer
let nodes: readonly [SpawnedGateway, SpawnedGateway]
let browser: Browser

beforeAll(async () => {
  redis = await startRedis()
  const environment = { REDIS_URL: redis.url }
  nodes = [await spawnGateway(environment), await spawnGateway(environment)]
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  for (const node of nodes) await node.stop()
  await redis.stop()
})

const address = (node: SpawnedGateway): string => `${node.url}/inbox.html?customer=kim&name=Kim`
const row = (page: Page, to: string) => page.locator(`im-inbox [role=option][data-to="${to}"]`)
const panel = (page: Page, to: string) => page.locator(`im-inbox [data-test=panel][data-to="${to}"]`)

test('three windows of one buyer at two nodes switch together, and read together', async () => {
  const ann = await person(nodes[0], { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
  const lee = await person(nodes[1], { sub: 'lee', name: 'Lee' })
  await ann.say('one', 'kim')
  await lee.say('two', 'kim')
  const opened = []
  for (const node of [nodes[0], nodes[1], nodes[1]]) opened.push(await openPage(browser, address(node), DESKTOP))
  const windows = opened.map(({ page }) => page)
  for (const page of windows) await page.locator('im-inbox[connection="live"]').waitFor()
  for (const [at, to] of [
    [0, 'shop:42'],
    [1, 'lee'],
    [2, 'shop:42'],
    [0, 'lee'],
  ] as const) {
    await row(windows[at]!, to).click()
    for (const page of windows) await panel(page, to).waitFor()
  }
  for (const page of windows) await page.locator('im-inbox [role=option][data-to="lee"][data-unread="0"]').waitFor()
  await lee.say('three', 'kim')
  for (const page of windows) await hook(page, 'message', 'im-inbox').getByText('three').waitFor()
  await row(windows[0]!, 'shop:42').click()
  for (const page of windows) await page.locator('im-inbox .who .status').getByText('Online').waitFor()
  expect(await windows[2]!.locator('im-inbox [role=option][aria-selected=true]').getAttribute('data-to')).toBe('shop:42')
  ann.leave()
  lee.leave()
  for (const page of opened) await page.close()
})

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
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

const openDesk = (agent: string): Promise<TestPage> => openPage(browser, `${gateway.url}/desk.html?shop=s1&agent=${agent}&name=${agent}`, DESKTOP)

test("a status is set in one window: the agent's other windows and the customer show it, and it survives a reload", async () => {
  const [one, other, colleague] = [await openDesk('ann'), await openDesk('ann'), await openDesk('bea')]
  const status = ({ page }: TestPage) => hook(page, 'status', 'im-desk')
  const shows = (desk: TestPage, word: string) => desk.page.locator(`im-desk .status-switch[data-status=${word}]`).waitFor()
  for (const desk of [one, other, colleague]) await shows(desk, 'online')
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  expect(await kim.ask('presence', { of: ['shop:s1'] })).toMatchObject({ ok: true, presence: { 'shop:s1': { online: true, status: 'online' } } })
  const heard = new Promise((resolve) => kim.socket.once('statusPush', resolve))
  await status(one).selectOption('busy')
  expect(await heard).toEqual({ participant: 'ann', shop: 's1', name: 'ann', status: 'busy' })
  await shows(other, 'busy')
  await shows(colleague, 'online')
  await other.page.reload()
  await shows(other, 'busy')
  expect(await status(other).inputValue()).toBe('busy')
  await status(other).focus()
  await other.page.keyboard.press('ArrowDown')
  await shows(one, 'away')
  kim.leave()
  for (const desk of [one, other, colleague]) await desk.close()
})

test('the head of a conversation says whether the customer is there', async () => {
  const desk = await openDesk('cat')
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  await lee.say('Hello?', 'shop:s1')
  await desk.page.locator('im-desk [data-to="lee"][role=option]').click()
  const head = desk.page.locator('im-desk .who .status')
  await head.getByText('lee · Online').waitFor()
  lee.leave()
  await head.getByText('lee · Offline').waitFor({ timeout: 40_000 })
  await desk.close()
})

test('in a narrow head, too, one reads how long the customer has been waiting', async () => {
  const desk = await openDesk('cat')
  const mo = await person(gateway, { sub: 'mo-with-an-id-of-a-shop-system-0123456789', name: 'Mo' })
  await mo.say('Hello?', 'shop:s1')
  await desk.page.clock.setFixedTime(Date.now() + 300_000)
  await desk.page.locator('im-desk [data-to^="mo-with"][role=option]').click()
  await expect.poll(() => desk.page.locator('im-desk .who .status').textContent()).toMatch(/^Waiting for /)
  mo.leave()
  await desk.close()
})

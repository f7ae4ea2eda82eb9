import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { person, type Person } from './person.ts'

const COUNT = 2000

let gateway: SpawnedGateway
let browser: Browser
let agent: Person

const idOf = (index: number): string => `c${String(index).padStart(4, '0')}`

beforeAll(async () => {
  // what is written first is written faster than people do
  gateway = await spawnGateway({ COMMANDS_PER_SECOND: '0' })
  browser = await launchChromium()
  agent = await person(gateway, { sub: 'bo', role: 'agent', shop: 'big', name: 'Bo' })
  for (let start = 0; start < COUNT; start += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, at) => agent.say(`Order 2024-${start + at} is packed`, idOf(start + at))))
  }
}, 120_000)

afterAll(async () => {
  agent.leave()
  await browser.close()
  await gateway.stop()
})

test('two thousand conversations: few nodes, all reachable, found by id and by text; typing works while many messages arrive', async () => {
  const desk = await openPage(browser, `${gateway.url}/desk.html?shop=big&agent=ann&name=Ann`, DESKTOP)
  const part = (name: string) => hook(desk.page, name, 'im-desk')
  const list = part('conversations')
  await part('conversation').first().waitFor()
  await list.focus()
  // pages of the list come in between, so End is pressed until the last row is reached and the list stands at its end
  await expect
    .poll(
      async () => {
        await desk.page.keyboard.press('End')
        const at = await desk.page.locator('im-desk [role=option][data-active]').getAttribute('aria-posinset')
        const below = await list.evaluate((node) => node.scrollHeight - node.clientHeight - node.scrollTop)
        return `${at}, ${below < 1 ? 'at the end' : `${below} px above it`}`
      },
      { timeout: 30_000 },
    )
    .toBe(`${COUNT}, at the end`)
  expect(await part('conversation').last().getAttribute('aria-posinset')).toBe(String(COUNT))
  expect(await part('conversation').count()).toBeLessThan(60)
  await part('search').fill('c1234')
  await expect.poll(() => part('conversation').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-to')))).toEqual(['c1234'])
  await part('search').fill('2024-77 packed')
  await expect.poll(() => part('conversation').first().getAttribute('data-to')).toMatch(/^c0?77/)
  await part('search').fill('zebra')
  await desk.page.locator('im-desk [data-test=search-foot][data-state=asking]').waitFor()
  await desk.page
    .locator('im-desk [data-test=search-foot][data-state=partly]')
    .getByText('Older conversations were not searched.', { exact: true })
    .waitFor()
  expect(await part('conversation').count()).toBe(0)
  await part('search').fill('')
  await part('search-foot').waitFor({ state: 'detached' })
  await part('conversation').first().click()
  await part('message').first().waitFor()
  await part('composer').focus()
  const customers = await Promise.all(Array.from({ length: 5 }, (_, at) => person(gateway, { sub: idOf(100 + at), name: `Kim ${at}` })))
  const text = 'typed while a hundred messages arrived'
  const flood = Promise.all(
    customers.map(async (customer) => {
      for (let at = 0; at < 20; at++) await customer.say(`question ${at}`, 'shop:big')
    }),
  )
  await desk.page.keyboard.type(text, { delay: 5 })
  await flood
  expect(await part('composer').inputValue()).toBe(text)
  for (let at = 0; at < 5; at++) await desk.page.locator(`im-desk [data-to="${idOf(100 + at)}"][data-unread="20"]`).waitFor()
  expect(await desk.page.title()).toMatch(/^\(5\) /)
  for (const customer of customers) customer.leave()
  await desk.close()
})

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

const LONG_COUNT = 10_000
const ROW_COUNT = 2000
/** Told apart from the garbage a round leaves: a tenth and two megabytes, the work of a few hundred messages kept. */
const GROWTH = 1.1
const GROWTH_BYTES = 2_000_000
/** One message more in the open conversation is some 25 of them. */
const GROWTH_NODES = 150

let gateway: SpawnedGateway
let browser: Browser
let bo: Person

const idOf = (index: number): string => `c${String(index).padStart(4, '0')}`

/** Written by Bo as fast as they are taken, a hundred on their way. */
async function write(count: number, text: (at: number) => string, to: (at: number) => string): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - start) }, (_, at) => bo.say(text(start + at), to(start + at))))
  }
}

beforeAll(async () => {
  gateway = await spawnGateway({ COMMANDS_PER_SECOND: '0' })
  browser = await launchChromium()
  bo = await person(gateway, { sub: 'bo', role: 'agent', shop: 'big', name: 'Bo' })
}, 120_000)

afterAll(async () => {
  bo.leave()
  await browser.close()
  await gateway.stop()
})

/** From the click on a row until the frame after the one in which its last message lies within the timeline. */
const openingMs = (desk: DeskPage, to: string, last: string): Promise<number> =>
  desk.row(to).evaluate((row, text) => {
    const root = row.getRootNode() as ShadowRoot
    const isThere = (): boolean => {
      const message = [...root.querySelectorAll('[data-test=message]')].at(-1)
      const list = root.querySelector('.timeline')
      if (!message?.textContent?.includes(text) || !list) return false
      return message.getBoundingClientRect().top < list.getBoundingClientRect().bottom
    }
    const start = performance.now()
    row.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))
    return new Promise<number>((resolve) => {
      const look = (): void =>
        void requestAnimationFrame(() => {
          if (isThere()) requestAnimationFrame(() => resolve(performance.now() - start))
          else look()
        })
      look()
    })
  }, last)

const topMessage = (desk: DeskPage): Promise<{ readonly id: string; readonly top: number }> =>
  desk
    .part('message')
    .first()
    .evaluate((node) => {
      const list = node.closest('.timeline')!.getBoundingClientRect()
      const rows = [...(node.getRootNode() as ShadowRoot).querySelectorAll<HTMLElement>('.timeline [data-id]')]
      const row = rows.find((each) => each.getBoundingClientRect().bottom > list.top)!
      return { id: row.dataset.id!, top: row.getBoundingClientRect().top }
    })

test('a conversation of 10,000 messages opens with one page of history, few nodes; paging back keeps the place', async () => {
  await write(
    LONG_COUNT,
    (at) => `message ${at + 1} of many`,
    () => 'long',
  )
  await bo.say('a short one', 'short')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 'big' })
  const asked: string[] = []
  desk.cdp.on('Network.webSocketFrameSent', ({ response }) => {
    if (response.payloadData.includes('"history"')) asked.push(response.payloadData)
  })
  await desk.cdp.send('Network.enable')
  await desk.page.reload()
  await desk.open('short')
  const before = asked.length
  const tookMs = await openingMs(desk, 'long', `message ${LONG_COUNT} of many`)
  console.log(`10,000 messages: opened in ${tookMs.toFixed(0)} ms`)
  expect(asked.length - before).toBe(1)
  expect(await desk.part('message').count()).toBeLessThanOrEqual(60)

  const seqOf = async (): Promise<number> => Number(/message (\d+) of/.exec(await desk.part('message').first().innerText())?.[1])
  const list = desk.page.locator('im-desk .timeline')
  for (let page = 0; page < 5; page++) {
    const oldest = await seqOf()
    await list.evaluate((node) => void (node.scrollTop = 450))
    const { id, top } = await topMessage(desk)
    await expect.poll(seqOf, { timeout: 10_000 }).toBeLessThan(oldest)
    const row = desk.page.locator(`im-desk .timeline [data-id="${id}"]`)
    await expect.poll(async () => Math.abs((await row.evaluate((node) => node.getBoundingClientRect().top)) - top)).toBeLessThan(2)
    expect(await desk.part('message').count()).toBeLessThanOrEqual(300)
  }
  expect(await seqOf()).toBeLessThan(LONG_COUNT - 5 * 40)
  await desk.close()
})

test('an hour of messages in short: the heap and the nodes of a desk of 2,000 conversations stay as they were', async () => {
  const customers = await Promise.all(Array.from({ length: 10 }, (_, at) => person(gateway, { sub: `kim${at}`, name: `Kim ${at}` })))
  await write(ROW_COUNT, (at) => `Order 2024-${at} is packed`, idOf)
  await bo.say('the newest', idOf(ROW_COUNT - 1))
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: 'big' })
  await desk.open(idOf(ROW_COUNT - 1))
  const measure = async (): Promise<{ readonly heap: number; readonly nodes: number }> => {
    for (let time = 0; time < 2; time++) await desk.cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await desk.cdp.send('Runtime.getHeapUsage')
    const { nodes } = await desk.cdp.send('Memory.getDOMCounters')
    return { heap: usedSize, nodes }
  }
  const round = async (name: string): Promise<{ readonly heap: number; readonly nodes: number }> => {
    const questions = customers.map(async (customer) => {
      for (let at = 0; at < 20; at++) await customer.say(`${name} question ${at}`, 'shop:big')
    })
    await write(ROW_COUNT, (at) => `${name} message ${at}`, idOf)
    await Promise.all(questions)
    await bo.say(`${name} message, the last`, idOf(ROW_COUNT - 1))
    await desk.page.locator(`im-desk [role=option][data-to="${idOf(ROW_COUNT - 1)}"]`, { hasText: `${name} message, the last` }).waitFor()
    return measure()
  }
  const rounds = [await round('first'), await round('second'), await round('third')] as const
  console.log('memory', rounds.map(({ heap, nodes }) => `${(heap / 1e6).toFixed(1)} MB ${nodes} nodes`).join(', '))
  const [, second, third] = rounds
  expect(third.heap).toBeLessThan(second.heap * GROWTH + GROWTH_BYTES)
  expect(third.nodes).toBeLessThan(second.nodes + GROWTH_NODES)
  for (const customer of customers) customer.leave()
  await desk.close()
}, 120_000)

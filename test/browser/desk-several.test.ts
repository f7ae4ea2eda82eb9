/** Many conversations at once: closing those that are idle, taking those that wait, transferring; with undo, and with a word on what was refused. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ AGENT_LIMIT: '3' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** A desk with three conversations of its own and two that wait. */
async function busyDesk(shop: string): Promise<{ desk: DeskPage; phases: () => Promise<Record<string, string>>; leave: () => void }> {
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop }, { ...DESKTOP, bypassCSP: true })
  // a colleague who is given nothing
  const system = await person(gateway, { sub: 'eve', role: 'agent', shop, name: 'Eve' })
  await system.ask('changeStatus', { status: 'busy' })
  const customers: Person[] = []
  for (const name of ['kim', 'lee', 'mo', 'nat', 'ole']) {
    const customer = await person(gateway, { sub: `${shop}-${name}`, name })
    await customer.say('Hello', `shop:${shop}`)
    customers.push(customer)
  }
  await desk.part('show-several').click()
  await expect.poll(() => desk.part('several-entry').count()).toBe(5)
  const phases = async (): Promise<Record<string, string>> => {
    const { conversations } = (await system.ask('conversations', {})) as {
      conversations: { to: string; service: { phase: string; agent?: { id: string } } }[]
    }
    return Object.fromEntries(
      conversations.map(({ to, service }) => [
        to.slice(shop.length + 1),
        `${service.phase} ${service.phase === 'open' ? service.agent?.id : ''}`.trim(),
      ]),
    )
  }
  return { desk, phases, leave: () => [...customers, system].forEach((one) => one.leave()) }
}

const entry = (desk: DeskPage, to: string) => desk.page.locator(`im-desk [data-test=several-entry][data-to="${to}"] input`)

test('closes what is chosen, and undoes it; takes those that wait', async () => {
  const { desk, phases, leave } = await busyDesk('v1')
  expect(await axeComplaints(desk.page)).toEqual([])
  for (const name of ['kim', 'lee']) await entry(desk, `v1-${name}`).check()
  expect(await desk.part('several-close').textContent()).toBe('Close 2')
  await desk.part('several-close').click()
  await desk.part('told').getByText('2 conversations are closed.').waitFor()
  expect(await desk.part('several-dialog').count()).toBe(0)
  // those that waited were given to the agent, who has room again
  await expect.poll(phases).toEqual({ kim: 'closed', lee: 'closed', mo: 'open ann', nat: 'open ann', ole: 'open ann' })
  await desk.part('undo').click()
  await expect.poll(phases).toEqual({ kim: 'open ann', lee: 'open ann', mo: 'open ann', nat: 'open ann', ole: 'open ann' })
  leave()
  await desk.close()
})

test('transfers all to the queue, and takes them back', async () => {
  const { desk, phases, leave } = await busyDesk('v2')
  await desk.part('several-all').check()
  await desk.part('several-to').selectOption('queue')
  await desk.part('several-transfer').click()
  await desk.part('told').getByText('3 conversations are back in the queue.').waitFor()
  await desk.part('show-several').click()
  await desk.part('several-all').check()
  await desk.part('several-take').click()
  await desk
    .part('told')
    .getByText(/conversations? (is|are) assigned to you\./)
    .waitFor()
  await expect.poll(phases).toEqual({ kim: 'open ann', lee: 'open ann', mo: 'open ann', nat: 'open ann', ole: 'open ann' })
  leave()
  await desk.close()
})

test('gives back what it has taken, and takes back what it has offered', async () => {
  const { desk, phases, leave } = await busyDesk('v4')
  const before = await phases()
  await desk.part('several-all').check()
  await desk.part('several-take').click()
  await desk.part('told').getByText('2 conversations are assigned to you.').waitFor()
  await desk.part('undo').click()
  await desk.part('told').getByText('2 conversations are back in the queue.').waitFor()
  expect(await phases()).toEqual(before)

  const eva = await person(gateway, { sub: 'eva', role: 'agent', shop: 'v4', name: 'Eva' })
  await eva.ask('changeStatus', { status: 'busy' })
  await desk.part('show-several').click()
  await desk.part('several-all').check()
  await desk.part('several-to').locator('[value=eva]').waitFor({ state: 'attached' })
  await desk.part('several-to').selectOption('eva')
  await desk.part('several-transfer').click()
  await desk.part('told').getByText('3 conversations are offered to Eva.').waitFor()
  const offers = async (): Promise<number> => {
    const { conversations } = (await eva.ask('conversations', {})) as { conversations: { service: { transfer?: object } }[] }
    return conversations.filter(({ service }) => service.transfer).length
  }
  expect(await offers()).toBe(3)
  await desk.part('undo').click()
  await desk.part('told').getByText('3 transfers are cancelled.').waitFor()
  expect([await offers(), await phases()]).toEqual([0, before])
  eva.leave()
  leave()
  await desk.close()
})

test('chooses those that were answered and are silent; says where there is nothing', async () => {
  const { desk, leave } = await busyDesk('v3')
  await desk.page.locator('im-desk [data-test=several-idle][data-span=hour]').click()
  expect(await desk.part('several-close').isDisabled()).toBe(true)
  await desk.part('several-all').check()
  await desk.part('several-close').click()
  await desk.part('told').getByText('5 conversations are closed.').waitFor()
  await desk.part('show-several').click()
  await desk.part('several-dialog').getByText('You have no open conversations').waitFor()
  expect(await axeComplaints(desk.page)).toEqual([])
  leave()
  await desk.close()
})

/** What an agent keeps in sight: the open conversation, drafts, a colleague's answer; and what closes the details. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

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

/** Conversations of these customers with the shop; the last of them writes on. */
async function customers(shop: string, names: readonly string[]): Promise<Person> {
  let last: Person | undefined
  for (const name of names) {
    last?.leave()
    last = await person(gateway, { sub: name.toLowerCase(), name })
    await last.say(`Hello from ${name}`, `shop:${shop}`)
  }
  return last!
}

const panelOf = ({ page }: DeskPage, to: string) => page.locator(`im-desk [data-test=panel][data-to="${to}"]`)

test('a window in the middle of a word is not switched by another window; one where nothing is written is', async () => {
  const lea = await customers('w1', ['Kim', 'Mia', 'Lea'])
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'w1' })
  const elsewhere = await person(gateway, { sub: 'ann', role: 'agent', shop: 'w1' })
  await ann.open('kim')
  await ann.page.keyboard.type('The parcel is')
  await elsewhere.ask('changeUser', { toid: 'lea' })
  // pushes come in order: by the time this is listed, the change has been heard
  await lea.say('Still there?', 'shop:w1')
  await ann.row('lea').getByText('Still there?').waitFor()
  expect(await panelOf(ann, 'kim').count()).toBe(1)
  await ann.page.keyboard.type(' on its way')
  await ann.page.keyboard.press('Enter')
  await ann.part('message').getByText('The parcel is on its way').waitFor()
  await elsewhere.ask('changeUser', { toid: 'mia' })
  await panelOf(ann, 'mia').waitFor()
  for (const one of [lea, elsewhere]) one.leave()
  await ann.close()
})

test('a desk begins with one’s own conversations, or with all where one has none', async () => {
  const kim = await customers('w0', ['Kim'])
  const chosen = async (agent: string): Promise<string | null> => {
    const desk = await openPage(browser, `${gateway.url}/desk.html?shop=w0&agent=${agent}&name=${agent}`, DESKTOP)
    await desk.page.locator('im-desk [role=option]').first().waitFor()
    const shelf = await desk.page.locator('im-desk [data-shelf][aria-pressed=true]').getAttribute('data-shelf')
    await desk.close()
    return shelf
  }
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: 'w0' })
  const { conversations } = (await ann.ask('conversations', { limit: 1 })) as { conversations: { conversation: string }[] }
  await ann.ask('claim', { conversation: conversations[0]!.conversation })
  expect(await chosen('bea')).toBe('all')
  expect(await chosen('ann')).toBe('mine')
  for (const one of [ann, kim]) one.leave()
})

test('the open conversation stays in the list: whatever the shelf, and at the edge when the list is scrolled; a draft is marked in its row', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `Kim${at}`)
  const last = await customers('w2', names)
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'w2' }, { ...DESKTOP, bypassCSP: true })
  await ann.open('kim29')
  await ann.page.keyboard.type('I will ask')
  const rows = ann.part('conversations')
  const inSight = (to: string) =>
    expect.poll(async () => {
      const [list, row] = [await rows.boundingBox(), await ann.row(to).boundingBox()]
      return list !== null && row !== null && row.y >= list.y - 1 && row.y + row.height <= list.y + list.height + 1
    })
  await rows.evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await ann.row('kim0').waitFor()
  await inSight('kim29').toBe(true)
  await ann.row('kim0').click()
  await panelOf(ann, 'kim0').waitFor()
  await rows.evaluate((list) => list.scrollTo(0, 0))
  await ann.row('kim29').locator('[data-test=draft]').waitFor()
  expect(await ann.row('kim29').textContent()).toContain('Draft: I will ask')
  await inSight('kim0').toBe(true)
  expect(await axeComplaints(ann.page)).toEqual([])
  await ann.page.reload()
  await ann.part('conversation').first().waitFor()
  await rows.evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await ann.row('kim29').locator('[data-test=draft]').waitFor()
  await ann.open('kim29')
  await ann.part('close').click()
  await ann.page.locator('im-desk [data-test=service][data-state=closed]').waitFor()
  await ann.page.locator('im-desk [data-shelf=mine]').click()
  await inSight('kim29').toBe(true)
  expect(await rows.locator('[role=option]').first().getAttribute('data-to')).toBe('kim29')
  last.leave()
  await ann.close()
}, 120_000)

test('a colleague who is there is asked, answers by key, and only who declined is said to have; one who left is taken over from', async () => {
  const kim = await customers('w3', ['Kim'])
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'w3' }, { ...DESKTOP, bypassCSP: true })
  await ann.open('kim')
  await ann.page.locator('im-desk [data-test=service][data-state=open]').waitFor()
  const bea = await deskPage(browser, gateway, { agent: 'bea', shop: 'w3' })
  await bea.open('kim')
  await bea.part('ask').waitFor()
  expect(await bea.part('claim').count()).toBe(0)
  await bea.part('ask').click()
  await ann.part('offered').getByText('Bea asks to take over the conversation with Kim').waitFor()
  await ann.shot('asked')
  expect(await axeComplaints(ann.page)).toEqual([])
  await bea.part('take-back').click()
  await ann.part('offered').waitFor({ state: 'detached' })
  await bea.page.locator('im-desk [data-test=ask]:not(:disabled)').waitFor()
  await bea.page.keyboard.press('Alt+c')
  await ann.part('offered').waitFor()
  expect(await bea.part('told').count()).toBe(0)
  await ann.page.keyboard.press('Alt+x')
  await bea.part('told').getByText('Ann declined. The conversation with Kim is still assigned to Ann.').waitFor()
  await bea.part('ask').click()
  await ann.part('offered').waitFor()
  await ann.page.keyboard.press('Alt+y')
  await bea.part('told').getByText('Ann agreed').waitFor()
  await bea.part('service').getByText('Assigned to you').waitFor()
  await ann.part('ask').waitFor()
  await bea.close()
  await ann.part('claim').getByText('Take over').click()
  await ann.part('service').getByText('Assigned to you').waitFor()
  kim.leave()
  await ann.close()
}, 120_000)

test('details close by Escape and, where they lie over the conversation, by a press beside them', async () => {
  const kim = await customers('w4', ['Kim'])
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'w4' }, { ...DESKTOP, viewport: { width: 900, height: 700 } })
  await ann.open('kim')
  const details = ann.part('details')
  for (const close of [
    () => ann.page.keyboard.press('Escape'),
    () => ann.page.mouse.click(400, 300),
    () => ann.part('toggle-details').dispatchEvent('click'),
  ]) {
    await ann.part('toggle-details').click()
    await details.waitFor()
    await close()
    await details.waitFor({ state: 'detached' })
  }
  await ann.page.setViewportSize({ width: 1440, height: 800 })
  await details.waitFor()
  await ann.part('composer').focus()
  await ann.page.keyboard.press('Escape')
  expect(await details.count()).toBe(1)
  await ann.part('copy-id').focus()
  await ann.page.keyboard.press('Escape')
  await details.waitFor({ state: 'detached' })
  kim.leave()
  await ann.close()
})

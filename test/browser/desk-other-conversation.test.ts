/** The open conversation changes, as when the agent's other window opens another, while something about it is being written. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
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

/** A desk with the conversations of kim and lea, kim's open; `ask` is of the agent's other window. */
async function desk(shop: string): Promise<DeskPage & { ask: Person['ask']; openElsewhere(to: string): Promise<void> }> {
  for (const [sub, name] of [
    ['kim', 'Kim'],
    ['lea', 'Lea'],
  ] as const) {
    const customer = await person(gateway, { sub, name })
    await customer.say('Hello', `shop:${shop}`)
    customer.leave()
  }
  const opened = await deskPage(browser, gateway, { agent: 'ann', shop }, { ...DESKTOP, expected: /ERR_INTERNET_DISCONNECTED/ })
  await opened.open('kim')
  const { ask, leave } = await person(gateway, { sub: 'ann', role: 'agent', shop })
  return {
    ...opened,
    ask,
    async openElsewhere(to) {
      await ask('changeUser', { toid: to })
      await opened.page.locator(`im-desk [data-test=panel][data-to="${to}"]`).waitFor()
    },
    async close() {
      leave()
      await opened.close()
    },
  }
}

test('who is blocked is whom the dialog was opened for', async () => {
  const { close, openElsewhere, page, part, row } = await desk('o1')
  await part('open-block').click()
  await part('reason').fill('Abuse')
  await openElsewhere('lea')
  expect(await part('block-dialog').textContent()).toContain('Kim')
  await part('block-it').click()
  await part('block-dialog').waitFor({ state: 'detached' })
  await row('kim').locator('[data-state=blocked]').waitFor()
  expect(await row('lea').locator('[data-state=blocked]').count()).toBe(0)
  await page.locator('im-desk [data-test=panel][data-to="lea"]').waitFor()
  await close()
})

test('an answer that took a while leaves the dialog alone that was opened meanwhile', async () => {
  const { close, context, page, part, row } = await desk('o6')
  await part('open-block').click()
  await part('reason').fill('Abuse')
  await context.setOffline(true)
  await part('block-it').click()
  await page.keyboard.press('Escape')
  await part('show-replies').click()
  await context.setOffline(false)
  await row('kim').locator('[data-state=blocked]').waitFor()
  await page.waitForTimeout(300)
  expect(await part('replies-dialog').isVisible()).toBe(true)
  await close()
})

test('what is transferred is the conversation that the dialog was opened for', async () => {
  const { ask, close, openElsewhere, part } = await desk('o2')
  const { conversations } = (await ask('queue', {})) as { conversations: { conversation: string; to: string }[] }
  for (const { conversation } of conversations) await ask('claim', { conversation })
  await part('transfer').click()
  await openElsewhere('lea')
  expect(await part('transfer-dialog').textContent()).toContain('Kim')
  await part('transfer-dialog').locator('[value=queue]').check()
  await part('transfer-it').click()
  await part('told').getByText('Kim').waitFor()
  await close()
})

test('a colleague who was chosen stays chosen while the order of the colleagues changes', async () => {
  const { ask, close, page, part } = await desk('o7')
  const colleagues = await Promise.all(['bea', 'cid'].map((sub) => person(gateway, { sub, role: 'agent', shop: 'o7' })))
  const { conversations } = (await ask('queue', {})) as { conversations: { conversation: string; to: string }[] }
  for (const { conversation, to } of conversations) if (to === 'kim') await ask('claim', { conversation })
  await part('transfer').click()
  await part('colleague').nth(1).waitFor()
  const ids = (): Promise<(string | undefined)[]> => part('colleague').evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.id))
  const [first, second] = await ids()
  await part('colleague').nth(1).click()
  await colleagues[first === 'bea' ? 0 : 1]!.ask('changeStatus', { status: 'busy' })
  await expect.poll(ids).toEqual([second, first])
  expect(await page.locator('im-desk [name=to]:checked').getAttribute('value')).toBe(second)
  for (const { leave } of colleagues) leave()
  await close()
})

test('a double click on Unblock unblocks one', async () => {
  const { ask, close, page, part } = await desk('o8')
  for (let count = 0; count < 20; count++) {
    const customer = await person(gateway, { sub: `c${count}` })
    await customer.say('Hello', 'shop:o8')
    customer.leave()
  }
  const { conversations } = (await ask('queue', {})) as { conversations: { conversation: string }[] }
  for (const { conversation } of conversations) await ask('block', { conversation, reason: 'Abuse' })
  await part('show-blocked').click()
  await part('blocked-entry').nth(1).waitFor()
  await part('unblock-entry').first().dblclick()
  await page.waitForTimeout(500)
  expect(((await ask('blocked', {})) as { blocked: unknown[] }).blocked).toHaveLength(21)
  await close()
})

test('a picture that the agent asked for is not shown on the card of another customer', async () => {
  const { close, open, page, part } = await desk('o9')
  await page.route('**/pictures/*', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' }),
  )
  for (const sub of ['lea', 'kim']) {
    const customer = await person(gateway, { sub })
    await customer.say(sub, 'shop:o9', 'product', { title: `For ${sub}`, image: `${gateway.url}/pictures/${sub}.svg` })
    customer.leave()
  }
  const details = part('details')
  await open('lea')
  await details.getByText('For lea').waitFor()
  await open('kim')
  await details.getByText('For kim').waitFor()
  await details.locator('[data-test=show-picture]').click()
  await details.locator('img[src$="kim.svg"]').waitFor()
  await open('lea')
  await details.getByText('For lea').waitFor()
  expect(await details.locator('img[src]').count()).toBe(0)
  expect(await details.locator('[data-test=show-picture]').isVisible()).toBe(true)
  await close()
})

test('a note that is being written waits with its conversation; saved there, it leaves the other one’s alone', async () => {
  const { close, open, openElsewhere, page, part } = await desk('o3')
  await page.keyboard.press('Alt+n')
  await part('note-field').fill('about Kim')
  await part('note-field').blur()
  await openElsewhere('lea')
  expect(await part('note-field').count()).toBe(0)
  await page.keyboard.press('Alt+n')
  expect(await part('note-field').inputValue()).toBe('')
  await part('note-field').fill('about Lea')
  await open('kim')
  expect(await part('note-field').inputValue()).toBe('about Kim')
  await part('save-note').click()
  await part('note').getByText('about Kim').waitFor()
  await open('lea')
  expect(await part('note-field').inputValue()).toBe('about Lea')
  expect(await part('note').count()).toBe(0)
  await close()
})

test('a deleted note comes back where it was', async () => {
  const { close, open, openElsewhere, page, part } = await desk('o4')
  await page.keyboard.press('Alt+n')
  await part('note-field').fill('about Kim')
  await part('save-note').click()
  await part('delete-note').click()
  await part('undo').waitFor()
  await openElsewhere('lea')
  await part('undo').click()
  await open('kim')
  await part('note').getByText('about Kim').waitFor()
  await open('lea')
  expect(await part('note').count()).toBe(0)
  await close()
})

test('Enter twice saves a note once', async () => {
  const { close, page, part } = await desk('o5')
  await page.keyboard.press('Alt+n')
  await part('note-field').fill('once')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await part('note').waitFor()
  await page.waitForTimeout(300)
  expect(await part('note').count()).toBe(1)
  await close()
})

/** Withdrawing with both sides at their pages: an agent at the desk, a customer in the inbox. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { deskPage } from './desk-page.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ LOG_LEVEL: 'info' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const bubble = (page: Page, tag: string, text: string): Locator => hook(page, 'message', tag).filter({ hasText: text }).locator('.bubble')

/** The script of the menu comes with the first pointer over the messages. */
async function rightClick(page: Page, tag: string, text: string): Promise<void> {
  await bubble(page, tag, text).hover()
  await expect
    .poll(async () => {
      await bubble(page, tag, text).click({ button: 'right' })
      return hook(page, 'actions', tag).isVisible()
    })
    .toBe(true)
}

test('an agent withdraws an answer at the desk: the customer sees that, the list no longer shows the words, and the log says who did it', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('What does it cost?', 'shop:a1')
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'a1' })
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, DESKTOP)
  await inbox.page.locator('im-inbox [role=option][data-to="shop:a1"]').click()
  await ann.open('kim')
  await ann.part('composer').fill('Four hundred euro')
  await ann.page.keyboard.press('Enter')
  await bubble(inbox.page, 'im-inbox', 'Four hundred euro').waitFor()

  await rightClick(ann.page, 'im-desk', 'What does it cost?')
  expect(await ann.part('action-withdraw').count()).toBe(0)
  await ann.page.keyboard.press('Escape')
  await rightClick(ann.page, 'im-desk', 'Four hundred euro')
  expect(await axeComplaints(ann.page)).toEqual([])
  await ann.shot('withdraw-menu')
  await ann.part('action-withdraw').click()

  await bubble(ann.page, 'im-desk', 'You withdrew a message.').waitFor()
  await bubble(inbox.page, 'im-inbox', 'withdrew a message.').waitFor()
  for (const { page, tag } of [
    { page: ann.page, tag: 'im-desk' },
    { page: inbox.page, tag: 'im-inbox' },
  ]) {
    await expect.poll(() => page.evaluate((name) => document.querySelector(name)!.shadowRoot!.textContent, tag)).not.toContain('Four hundred')
  }
  expect((await kim.ask('history', { to: 'shop:a1' })) as object).not.toMatchObject({
    messages: expect.arrayContaining([{ kind: 'text', from: 'ann' }]),
  })
  await expect.poll(() => gateway.output()).toMatch(/"by":"ann"[^\n]*withdr|withdr[^\n]*"by":"ann"/)
  kim.leave()
  await inbox.close()
  await ann.close()
})

test('a customer withdraws in the inbox, and the desk keeps no copy, not in the list and not as a quote', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'a2' })
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=lea&name=Lea`, DESKTOP)
  const lea = await person(gateway, { sub: 'lea', name: 'Lea' })
  await lea.say('my card is 4111', 'shop:a2')
  await inbox.page.locator('im-inbox [role=option][data-to="shop:a2"]').click()
  await ann.open('lea')
  await rightClick(ann.page, 'im-desk', 'my card is 4111')
  await ann.part('action-quote').click()
  await ann.part('composer').fill('Please never send that')
  await ann.page.keyboard.press('Enter')
  await bubble(inbox.page, 'im-inbox', 'Please never send that').waitFor()

  await hook(inbox.page, 'message', 'im-inbox').first().hover()
  await expect
    .poll(async () => {
      await hook(inbox.page, 'message', 'im-inbox').first().locator('.bubble').click({ button: 'right' })
      return hook(inbox.page, 'actions', 'im-inbox').isVisible()
    })
    .toBe(true)
  await hook(inbox.page, 'action-withdraw', 'im-inbox').click()
  await bubble(ann.page, 'im-desk', 'withdrew a message.').first().waitFor()
  for (const { page, tag } of [
    { page: ann.page, tag: 'im-desk' },
    { page: inbox.page, tag: 'im-inbox' },
  ]) {
    await expect.poll(() => page.evaluate((name) => document.querySelector(name)!.shadowRoot!.textContent, tag)).not.toContain('4111')
    expect(await bubble(page, tag, 'Please never send that').count()).toBe(1)
  }
  lea.leave()
  await inbox.close()
  await ann.close()
})

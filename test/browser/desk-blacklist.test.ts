import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
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

test('a customer is blocked with a reason, sees it, cannot write, is in the list, and is unblocked', async () => {
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, DESKTOP)
  const theirs = (name: string) => hook(inbox.page, name, 'im-inbox')
  await inbox.page.evaluate(() => {
    document.querySelector('im-inbox')!.to = 'shop:b1'
  })
  await theirs('composer').fill('Buy my coins')
  await inbox.page.keyboard.press('Enter')
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'b1' })
  await ann.open('kim')
  await ann.part('composer').focus()
  await ann.page.keyboard.press('Alt+b')
  expect(await ann.part('reason').evaluate((field) => field.matches(':focus'))).toBe(true)
  await ann.part('reason').fill('Advertising')
  await ann.part('block-dialog').getByText('7 days').click()
  await ann.shot('block-dialog')
  await ann.part('block-it').click()
  await ann.part('service').getByText('Advertising').waitFor()
  expect(await ann.part('composer').evaluate((field) => field.matches(':focus'))).toBe(true)
  await theirs('blocked').getByText('Advertising').waitFor()
  expect(await theirs('composer').evaluate((field) => (field as HTMLTextAreaElement).readOnly)).toBe(true)
  await inbox.page.evaluate(() => void document.querySelector('im-inbox')!.send('Really good coins'))
  await inbox.page.locator('im-inbox [data-test=message][data-state=failed]').waitFor()
  await inbox.page.reload()
  await inbox.page.evaluate(() => {
    document.querySelector('im-inbox')!.to = 'shop:b1'
  })
  await theirs('blocked').getByText('Advertising').waitFor()
  if (process.env.DESK_SHOTS) await inbox.page.screenshot({ path: `${process.env.DESK_SHOTS}/blocked-inbox.png` })
  await ann.part('show-blocked').click()
  const entry = ann.part('blocked-entry')
  await entry.getByText('Advertising').waitFor()
  await ann.shot('blocked-dialog')
  await ann.part('unblock-entry').click()
  await entry.waitFor({ state: 'detached' })
  await ann.part('close-dialog').click()
  await theirs('blocked').waitFor({ state: 'hidden' })
  await inbox.page.locator('im-inbox [data-test=retry]').click()
  await ann.part('message').getByText('Really good coins').waitFor()
  await inbox.close()
  await ann.close()
})

test('on a phone a blocked customer reads under the unsent message why, and until when', async () => {
  const phone = await openPage(browser, `${gateway.url}/phone.html`)
  await hook(phone.page, 'composer').fill('Buy my coins')
  await hook(phone.page, 'send').tap()
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: '42' })
  await ann.part('message').or(ann.part('conversation')).first().waitFor()
  await ann.part('conversation').filter({ hasText: 'Buy my coins' }).click()
  await ann.part('service').waitFor()
  await ann.page.keyboard.press('Alt+b')
  await ann.part('reason').fill('Advertising')
  await ann.part('block-dialog').getByText('7 days').click()
  await ann.part('block-it').click()
  await ann.part('service').getByText('Advertising').waitFor()
  await hook(phone.page, 'blocked').getByText('Advertising').waitFor()
  await phone.page.evaluate(() => void document.querySelector('im-chat')!.send('Really good coins'))
  const failed = phone.page.locator('im-chat [data-test=message][data-state=failed]')
  await failed.getByText(/^You can’t message this shop\. \(Advertising; until [^TZ]*20\d\d[^TZ]*\)$/).waitFor()
  if (process.env.DESK_SHOTS) await phone.page.screenshot({ path: `${process.env.DESK_SHOTS}/blocked-phone.png` })
  await phone.close()
  await ann.close()
})

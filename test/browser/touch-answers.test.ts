/** What is pressed shows it while it is pressed: under a finger there is no pointer that would. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
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

/** Names of what looks the same pressed as it looks under the pointer. Nothing is clicked: the pointer leaves before it is released. */
async function silent(page: Page, tag: string): Promise<string[]> {
  const found: string[] = []
  for (const one of await page.locator(`${tag} :is(button, [role=option]):visible:not(:disabled)`).all()) {
    const look = (): Promise<string> =>
      one.evaluate((node) => {
        const { opacity, backgroundColor, backgroundImage } = getComputedStyle(node)
        return [opacity, backgroundColor, backgroundImage].join()
      })
    await one.hover()
    const before = await look()
    await page.mouse.down()
    const pressed = await look()
    await page.mouse.move(0, 0)
    await page.mouse.up()
    if (pressed === before) found.push(await one.evaluate((node) => `${node.className} ${node.getAttribute('data-test')} ${node.textContent}`.trim()))
  }
  return found
}

test('the launcher, and everything in the open chat', async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/product.html`, PHONE)
  await hook(page, 'launcher').waitFor()
  expect(await silent(page, 'im-chat')).toEqual([])
  await page.evaluate(() => document.querySelector('im-chat')!.show())
  await hook(page, 'offer').waitFor()
  await settled(page)
  expect(await silent(page, 'im-chat')).toEqual([])
  await close()
})

test('everything on the desk, its list too', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Hello?', 'shop:1')
  const desk = await deskPage(browser, gateway, { agent: 'ann', shop: '1' }, { ...DESKTOP, viewport: { width: 1440, height: 1000 } })
  await desk.open('kim')
  expect(await silent(desk.page, 'im-desk')).toEqual([])
  kim.leave()
  await desk.close()
})

import type { Browser, Locator } from 'playwright-core'
import { DESKTOP, hook, openPage, type PageOptions, type TestPage } from '../kit/browser.ts'
import type { Gateway } from '../kit/gateway.ts'

export interface DeskPage extends TestPage {
  part(name: string): Locator
  row(to: string): Locator
  /** Opens a conversation and waits for its messages. */
  open(to: string): Promise<void>
  shot(name: string): Promise<void>
}

/** A desk of one agent in a real page; with `DESK_SHOTS` set, `shot` leaves a picture in that folder. */
export async function deskPage(
  browser: Browser,
  gateway: Gateway,
  who: { agent: string; shop: string },
  options: PageOptions = DESKTOP,
): Promise<DeskPage> {
  const name = who.agent[0]!.toUpperCase() + who.agent.slice(1)
  const opened = await openPage(browser, `${gateway.url}/desk.html?shop=${who.shop}&agent=${who.agent}&name=${name}`, options)
  const { page } = opened
  const part = (hooked: string): Locator => hook(page, hooked, 'im-desk')
  const row = (to: string): Locator => page.locator(`im-desk [role=option][data-to="${to}"]`)
  await page.locator('im-desk[connection="live"]').waitFor()
  // a desk begins with one's own; the lowest windows have no room for shelves
  const all = page.locator('im-desk [data-shelf=all]')
  if (await all.isVisible()) await all.click()
  return {
    ...opened,
    part,
    row,
    async open(to) {
      await row(to).click()
      await page.locator(`im-desk [data-test=panel][data-to="${to}"]`).waitFor()
      await part('message').first().waitFor()
    },
    async shot(file) {
      if (process.env.DESK_SHOTS) await page.screenshot({ path: `${process.env.DESK_SHOTS}/${file}.png` })
    },
  }
}

/** The fields of the three elements under a finger: large enough that iOS does not zoom in, and in reach in the lowest windows. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hook, launchChromium, openPage, type PageOptions } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

const TABLET: PageOptions = { viewport: { width: 1180, height: 820 }, isMobile: true, hasTouch: true }

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway({ RATINGS: 'on' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** Every field that the sources have, by its hook for testers; a radio and a file are no fields to write in. */
function fieldsInSources(): string[] {
  const names: string[] = []
  for (const file of readdirSync('widget', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    for (const [tag, name] of readFileSync(`widget/${file}`, 'utf8').matchAll(/<(?:input|textarea|select)\b[^>]*?data-test="([\w-]+)"/g)) {
      if (!/type="(radio|file)"/.test(tag)) names.push(name!)
    }
  }
  return [...new Set(names)].sort()
}

/** Px of the fields that are rendered, by their hooks. */
const sizes = (page: Page, tag: string): Promise<Record<string, number>> =>
  page.evaluate((name) => {
    const found: Record<string, number> = {}
    for (const field of document.querySelector(name)!.shadowRoot!.querySelectorAll<HTMLElement>('input, textarea, select')) {
      if (field.matches('[type=radio], [type=file]') || field.getClientRects().length === 0) continue
      found[field.dataset.test ?? field.outerHTML] = parseFloat(getComputedStyle(field).fontSize)
    }
    return found
  }, tag)

async function openKim(desk: DeskPage): Promise<void> {
  await desk.open('kim')
  const claim = desk.part('claim')
  if (await claim.isVisible()) await claim.click()
  await desk.part('transfer').waitFor()
}

test('no field of the three elements is below 16 px under a finger', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('hello', 'shop:f1')
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'f1' }, TABLET)
  const seen: Record<string, number> = {}
  const look = async (page: Page, tag: string): Promise<void> => void Object.assign(seen, await sizes(page, tag))
  await openKim(ann)
  await look(ann.page, 'im-desk')
  await ann.part('composer').focus()
  await ann.page.keyboard.press('Alt+n')
  await ann.part('note-field').waitFor()
  await look(ann.page, 'im-desk')
  for (const [key, first] of [
    ['Alt+b', 'reason'],
    ['Alt+t', 'transfer-note'],
  ] as const) {
    await ann.part('composer').focus()
    await ann.page.keyboard.press(key)
    await ann.part(first).waitFor()
    await look(ann.page, 'im-desk')
    await ann.page.keyboard.press('Escape')
    await ann.part(first).waitFor({ state: 'detached' })
  }
  await ann.part('show-several').click()
  await ann.part('several-all').check()
  await ann.part('several-to').waitFor()
  await look(ann.page, 'im-desk')
  await ann.page.keyboard.press('Escape')
  await ann.part('several-to').waitFor({ state: 'detached' })
  await ann.part('show-replies').click()
  await ann.part('search-replies').waitFor()
  await look(ann.page, 'im-desk')
  await ann.part('new-reply').click()
  await ann.part('reply-title').waitFor()
  await look(ann.page, 'im-desk')
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, TABLET)
  await inbox.page.locator('im-inbox [role=option]').first().click()
  await hook(inbox.page, 'composer', 'im-inbox').waitFor()
  await look(inbox.page, 'im-inbox')
  await ann.part('close-dialog').click()
  await ann.part('search-replies').waitFor({ state: 'detached' })
  await ann.part('composer').fill('Goodbye')
  await ann.part('send').click()
  await ann.part('message').getByText('Goodbye').waitFor()
  await ann.part('close').click()
  await hook(inbox.page, 'rate-3', 'im-inbox').check({ force: true })
  await hook(inbox.page, 'rating-words', 'im-inbox').waitFor()
  await look(inbox.page, 'im-inbox')
  const phone = await openPage(browser, `${gateway.url}/phone.html`, TABLET)
  await hook(phone.page, 'composer').waitFor()
  await look(phone.page, 'im-chat')
  expect(Object.keys(seen).sort()).toEqual(fieldsInSources())
  expect(Object.entries(seen).filter(([, px]) => px < 16)).toEqual([])
  kim.leave()
  for (const each of [ann, inbox, phone]) await each.close()
}, 60_000)

describe('in the lowest windows the composer is in view, with the end of the last message', () => {
  const WINDOWS = [
    [320, 256],
    [844, 180],
  ] as const

  const inView = (page: Page, tag: string): Promise<unknown> =>
    page.evaluate((name) => {
      const root = document.querySelector(name)!.shadowRoot!
      const box = (selector: string): DOMRect => root.querySelector(selector)!.getBoundingClientRect()
      const [form, field, send, list] = [box('form.composer'), box('textarea[data-test=composer]'), box('[data-test=send]'), box('.timeline')]
      const messages = root.querySelectorAll('[data-test="message"]')
      const last = messages[messages.length - 1]!.getBoundingClientRect()
      return {
        pageScrolls: document.documentElement.scrollHeight > innerHeight,
        composer: form.bottom <= innerHeight + 1 && form.top >= 0,
        field: field.height >= 40 && field.width >= 40,
        send: send.right <= innerWidth && send.bottom <= innerHeight,
        message: last.bottom <= list.bottom + 1 && list.bottom - Math.max(last.top, list.top) >= 20 && list.bottom <= form.top + 1,
      }
    }, tag)
  const ALL = { pageScrolls: false, composer: true, field: true, send: true, message: true }

  /** A conversation that has all that may stand above its composer. */
  async function talk(shop: string): Promise<Person> {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    for (let count = 0; count < 12; count++) await kim.say(`message ${count}`, `shop:${shop}`)
    return kim
  }

  test.each(WINDOWS)('%d × %d: the desk', async (width, height) => {
    const shop = `w${width}`
    const kim = await talk(shop)
    const ann = await deskPage(browser, gateway, { agent: 'ann', shop }, { ...TABLET, viewport: { width, height } })
    await ann.open('kim')
    await expect.poll(() => inView(ann.page, 'im-desk')).toEqual(ALL)
    await ann.part('composer').fill('line\n'.repeat(20))
    await expect.poll(() => inView(ann.page, 'im-desk')).toEqual(ALL)
    await ann.shot(`low-desk-${width}`)
    kim.leave()
    await ann.close()
  })

  test.each(WINDOWS)('%d × %d: the inbox', async (width, height) => {
    const kim = await talk(`i${width}`)
    const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, { ...TABLET, viewport: { width, height } })
    await inbox.page.locator(`im-inbox [role=option][data-to="shop:i${width}"]`).click()
    await hook(inbox.page, 'message', 'im-inbox').first().waitFor()
    await expect.poll(() => inView(inbox.page, 'im-inbox')).toEqual(ALL)
    if (process.env.DESK_SHOTS) await inbox.page.screenshot({ path: `${process.env.DESK_SHOTS}/low-inbox-${width}.png` })
    kim.leave()
    await inbox.close()
  })

  test.each(WINDOWS)('%d × %d: the chat with a product on offer', async (width, height) => {
    const phone = await openPage(browser, `${gateway.url}/phone.html`, { ...TABLET, viewport: { width, height } })
    await hook(phone.page, 'composer').waitFor()
    await phone.page.evaluate(() => {
      const chat = document.querySelector('im-chat')!
      chat.product = { title: 'Kettle', price: '40 €' }
      chat.send('hello')
    })
    await hook(phone.page, 'message').first().waitFor()
    await expect.poll(() => inView(phone.page, 'im-chat')).toEqual(ALL)
    if (process.env.DESK_SHOTS) await phone.page.screenshot({ path: `${process.env.DESK_SHOTS}/low-chat-${width}.png` })
    await phone.close()
  })
})

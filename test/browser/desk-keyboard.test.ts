/** Whatever a desk can do, by keys alone: no pointer touches the page. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person } from './person.ts'

const TAB_COUNT = 60

let backend: CustomerServer
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = await CustomerServer.start()
  backend.answering = json({ orders: [{ number: 'A-1187', title: 'Blue kettle' }] })
  gateway = await spawnGateway({ CUSTOMER_URL: `${backend.url}/{shop}/{customer}` })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await backend.stop()
})

/** What has the focus, by its stable name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const active = document.querySelector('im-desk')!.shadowRoot!.activeElement
    return active?.getAttribute('data-test') ?? active?.getAttribute('name') ?? active?.tagName ?? 'nothing'
  })

/** Tab by Tab, as somebody without a mouse goes there. */
async function tabTo({ page }: DeskPage, name: string): Promise<void> {
  for (let count = 0; count < TAB_COUNT && (await focused(page)) !== name; count++) await page.keyboard.press('Tab')
  expect(await focused(page)).toBe(name)
}

async function press(desk: DeskPage, name: string): Promise<void> {
  await desk.part(name).first().waitFor()
  await tabTo(desk, name)
  await desk.page.keyboard.press('Enter')
}

const state = (desk: DeskPage, name: string): Promise<void> =>
  desk.page.locator(`im-desk [data-test=service][data-state=${name}]:not(:has(:disabled))`).waitFor()

const pointers = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as { pointers: number }).pointers)

async function deskOf(agent: string): Promise<DeskPage> {
  const desk = await deskPage(browser, gateway, { agent, shop: 'k1' })
  await desk.page.evaluate(() => {
    const counted = window as unknown as { pointers: number }
    counted.pointers = 0
    for (const type of ['pointerdown', 'mousedown', 'touchstart']) addEventListener(type, () => counted.pointers++, true)
  })
  return desk
}

async function offerTo(desk: DeskPage, note: string): Promise<void> {
  await desk.page.keyboard.press('Alt+t')
  await desk.part('transfer-dialog').waitFor()
  await tabTo(desk, 'to')
  await desk.page.keyboard.press('Space')
  await desk.page.keyboard.press('Tab')
  await desk.page.keyboard.type(note)
  await press(desk, 'transfer-it')
  await desk.part('transfer-dialog').waitFor({ state: 'detached' })
}

test('claim, close, reopen, note, card, quick reply, transfer, decline, accept, block, unblock: by keys alone', async () => {
  const ann = await deskOf('ann')
  const { keyboard } = ann.page
  await keyboard.press('Alt+a')
  await keyboard.press('ArrowDown')
  await ann.page.locator('im-desk .status-switch[data-status=busy]').waitFor()
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Where is my parcel?', 'shop:k1')
  await ann.row('kim').waitFor()
  await tabTo(ann, 'conversations')
  await keyboard.press('Home')
  await keyboard.press('Enter')
  await state(ann, 'waiting')
  await keyboard.press('Alt+c')
  await state(ann, 'open')
  await keyboard.press('Alt+w')
  await state(ann, 'closed')
  await press(ann, 'undo')
  await state(ann, 'open')
  await press(ann, 'close')
  await state(ann, 'closed')
  await press(ann, 'claim')
  await state(ann, 'open')
  await expect.poll(() => focused(ann.page)).toBe('composer')

  await keyboard.press('Alt+n')
  await keyboard.type('Called twice')
  await keyboard.press('Enter')
  await ann.part('note').getByText('Called twice').waitFor()
  await expect.poll(() => focused(ann.page)).toBe('composer')
  await press(ann, 'edit-note')
  await keyboard.press('End')
  await keyboard.type(' today')
  await keyboard.press('Enter')
  await ann.part('note').getByText('Called twice today').waitFor()
  await press(ann, 'delete-note')
  await ann.part('note').waitFor({ state: 'detached' })
  await expect.poll(() => focused(ann.page)).toBe('composer')
  await press(ann, 'undo')
  await ann.part('note').waitFor()
  await expect.poll(() => focused(ann.page)).toBe('composer')

  expect(await ann.part('emoji').getAttribute('title')).toBe('Emoji (Alt+E)')
  await keyboard.press('Alt+e')
  await expect.poll(() => focused(ann.page)).toBe('one-emoji')
  await keyboard.press('Enter')
  await expect.poll(() => ann.part('composer').inputValue()).toBe('😀')
  await expect.poll(() => focused(ann.page)).toBe('composer')
  await keyboard.press('Backspace')

  await press(ann, 'send-order')
  await ann.part('message').getByText('A-1187').waitFor()
  await press(ann, 'show-replies')
  await press(ann, 'new-reply')
  await tabTo(ann, 'reply-title')
  await keyboard.type('Hello')
  await tabTo(ann, 'reply-text')
  await keyboard.type('Hello {customer}')
  await press(ann, 'save-reply')
  await ann.part('managed-reply').getByText('Hello {customer}').waitFor()
  await expect.poll(() => focused(ann.page)).toBe('search-replies')
  await press(ann, 'edit-reply')
  await tabTo(ann, 'reply-text')
  await keyboard.press('Control+End')
  await keyboard.type(', good day')
  await press(ann, 'save-reply')
  await ann.part('managed-reply').getByText('good day').waitFor()
  await keyboard.press('Escape')
  await ann.part('replies-dialog').waitFor({ state: 'detached' })
  await expect.poll(() => focused(ann.page)).toBe('show-replies')
  await keyboard.press('Alt+m')
  await keyboard.type('/hel')
  await keyboard.press('Enter')
  expect(await ann.part('composer').inputValue()).toBe('Hello Kim, good day')
  await keyboard.press('Enter')
  await ann.part('message').getByText('Hello Kim, good day').waitFor()

  const bea = await deskOf('bea')
  await offerTo(ann, 'Needs the warehouse')
  await expect.poll(() => focused(ann.page)).toBe('composer')
  await bea.part('offered').getByText('Needs the warehouse').waitFor()
  await press(bea, 'decline')
  await ann.part('told').getByText('Bea declined').waitFor()
  await expect.poll(() => focused(bea.page)).toBe('conversations')
  await offerTo(ann, 'Please')
  await press(ann, 'take-back')
  await state(ann, 'open')
  await expect.poll(() => focused(ann.page)).toBe('composer')
  await offerTo(ann, 'Really')
  await press(bea, 'accept')
  await bea.page.locator('im-desk [data-test=panel][data-to=kim]').waitFor()
  await state(bea, 'open')
  await expect.poll(() => focused(bea.page)).toBe('composer')

  await bea.page.keyboard.press('Alt+b')
  await bea.part('block-dialog').waitFor()
  expect(await focused(bea.page)).toBe('reason')
  await bea.page.keyboard.type('Advertising')
  await bea.page.keyboard.press('Tab')
  await bea.page.keyboard.press('ArrowDown')
  await press(bea, 'block-it')
  await state(bea, 'blocked')
  await expect.poll(() => focused(bea.page)).toBe('composer')
  await bea
    .part('service')
    .getByText(/until .*Advertising/)
    .waitFor()
  await press(bea, 'unblock')
  await state(bea, 'open')
  await expect.poll(() => focused(bea.page)).toBe('composer')
  await press(bea, 'undo')
  await state(bea, 'blocked')
  await press(bea, 'show-blocked')
  await press(bea, 'unblock-entry')
  await bea.part('blocked-entry').waitFor({ state: 'detached' })
  await expect.poll(() => focused(bea.page)).toBe('close-dialog')
  await bea.page.keyboard.press('Escape')
  await bea.part('blocked-dialog').waitFor({ state: 'detached' })
  await state(bea, 'open')
  for (const { page } of [ann, bea]) expect(await pointers(page)).toBe(0)
  kim.leave()
  await ann.close()
  await bea.close()
}, 120_000)

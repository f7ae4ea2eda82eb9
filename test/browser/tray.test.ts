/** What the composer's buttons open: things to send, emoji, and what Enter does. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled, type PageOptions, type TestPage } from '../kit/browser.ts'
import { axeComplaints } from './axe.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

afterEach(() => opened.close())

const ORDERS = [
  { number: 'A-7', title: 'Kettle', status: 'Sent', total: '€ 59', url: '/orders/7', secret: 'x' },
  { number: 'A-6', image: 'javascript:alert(1)' },
]

async function open(query = 'open', options: PageOptions = PHONE): Promise<void> {
  opened = await openPage(browser, `${site.url}/?lang=en&${query}`, options)
  await hook(opened.page, 'composer').waitFor()
  await hook(opened.page, 'file').waitFor({ state: 'attached' })
}

const part = (name: string) => hook(opened.page, name)
const offer = (): Promise<void> =>
  opened.page.evaluate((orders) => void Object.assign(chat, { orders, product: { title: 'Sea salt kettle', price: '€ 59' } }), ORDERS)
const text = (): Promise<string> => part('composer').inputValue()
const focused = (): Promise<string | undefined> => opened.page.evaluate(() => (chat.shadowRoot!.activeElement as HTMLElement | null)?.dataset.test)
const sent = (): Promise<(readonly [string, Record<string, unknown>])[]> =>
  opened.page.evaluate(() => memory.chat.timeline.value.messages.map(({ body, kind }) => [kind, body as Record<string, unknown>] as const))

describe('the menu of +', () => {
  test('a finger opens and uses it, and the field keeps the focus, so the keyboard stays', async () => {
    await open()
    await offer()
    await part('composer').tap()
    await part('more').tap()
    await part('tray').waitFor()
    expect(await focused()).toBe('composer')
    expect(await part('tray').locator('button').allInnerTexts()).toEqual([
      'Image',
      'Take a photo',
      'Send product\nSea salt kettle',
      'Order A-7\nKettle · Sent · € 59',
      'Order A-6',
    ])
    await part('tray').locator('button').nth(3).tap()
    await part('tray').waitFor({ state: 'detached' })
    expect(await focused()).toBe('composer')
    const [kind, body] = (await sent())[0]!
    expect(kind).toBe('order')
    expect(body).toMatchObject({
      number: 'A-7',
      title: 'Kettle',
      status: 'Sent',
      total: '€ 59',
      url: `${site.url}/orders/7`,
      text: 'Order A-7 · Kettle · Sent · € 59',
    })
    expect(body.secret).toBeUndefined()
    await part('more').tap()
    await part('tray').locator('button').nth(4).tap()
    await expect.poll(async () => (await sent()).length).toBe(2)
    expect((await sent())[1]![1].image).toBeUndefined()
  })

  test('pictures, and on phones the camera', async () => {
    await open()
    await part('more').tap()
    const [chooser] = await Promise.all([opened.page.waitForEvent('filechooser'), part('camera').tap()])
    expect(await part('file').getAttribute('capture')).toBe('environment')
    await chooser.setFiles([])
    await part('more').tap()
    await Promise.all([opened.page.waitForEvent('filechooser'), part('picture').tap()])
    expect(await part('file').getAttribute('capture')).toBeNull()
  })

  test('where there is nothing but pictures, + opens their window at once', async () => {
    await open('mode=inline', DESKTOP)
    await Promise.all([opened.page.waitForEvent('filechooser'), part('more').click()])
    expect(await part('tray').count()).toBe(0)
  })

  test('keys open it, move in it and leave it; Escape closes it and not the chat', async () => {
    await open('open', DESKTOP)
    await offer()
    await part('more').focus()
    await opened.page.keyboard.press('Enter')
    await expect.poll(focused).toBe('picture')
    await opened.page.keyboard.press('ArrowDown')
    await opened.page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('send-order 1')
    await opened.page.keyboard.press('Escape')
    await part('tray').waitFor({ state: 'detached' })
    expect(await focused()).toBe('more')
    await part('panel').waitFor()
    await opened.page.keyboard.press('Enter')
    await opened.page.keyboard.press('End')
    await opened.page.keyboard.press('Enter')
    await expect.poll(async () => (await sent()).length).toBe(1)
  })

  test('a press elsewhere closes it; a second press of + as well', async () => {
    await open()
    await offer()
    for (const elsewhere of ['timeline', 'more']) {
      await part('more').tap()
      await part('tray').waitFor()
      await part(elsewhere).tap({ position: { x: 20, y: 20 } })
      await part('tray').waitFor({ state: 'detached' })
    }
  })

  test('what is no list of orders is not taken', async () => {
    await open()
    const taken = await opened.page.evaluate(() => {
      const seen: unknown[] = []
      for (const orders of ['[{"number":"1"}]', '[{}]', [null], 'x', [{ number: 5 }], null]) {
        Object.assign(chat, { orders })
        seen.push(chat.orders)
      }
      return seen
    })
    expect(taken).toEqual([[{ number: '1' }], [{ number: '1' }], [{ number: '1' }], [{ number: '1' }], [{ number: '1' }], undefined])
  })
})

describe('emoji', () => {
  const pick = (emoji: string) => part('tray').locator('button', { hasText: emoji }).first()

  test('phones have their own', async () => {
    await open()
    expect(await part('emoji').isVisible()).toBe(false)
  })

  test('is put at the caret, can be undone, and is the first next time', async () => {
    await open('open', DESKTOP)
    await part('composer').fill('ab')
    await opened.page.keyboard.press('ArrowLeft')
    await part('emoji').click()
    await pick('👍').click()
    await pick('🎁').click()
    expect(await text()).toBe('a👍🎁b')
    expect(await focused()).toBe('composer')
    await expect.poll(() => opened.page.evaluate(() => memory.chat.draft.value)).toBe('a👍🎁b')
    await opened.page.keyboard.press('Control+z')
    expect(await text()).not.toContain('🎁')
    await opened.page.keyboard.press('Escape')
    await part('tray').waitFor({ state: 'detached' })
    await part('emoji').click()
    expect((await part('tray').locator('button').allInnerTexts()).slice(0, 3)).toEqual(['🎁', '👍', '😀'])
  })

  test('by keys: arrows follow the rows, and Enter picks and sends nothing', async () => {
    await open('open', DESKTOP)
    await part('emoji').focus()
    await opened.page.keyboard.press('Enter')
    await expect.poll(focused).toBe('one-emoji')
    await opened.page.keyboard.press('ArrowRight')
    await opened.page.keyboard.press('ArrowDown')
    const wanted = await opened.page.evaluate(() => {
      const all = [...chat.shadowRoot!.querySelectorAll<HTMLElement>('.emojis button')]
      const second = all.find((each) => each.offsetTop > all[0]!.offsetTop)!
      return all[all.indexOf(second) + 1]!.innerText
    })
    await opened.page.keyboard.press('Enter')
    await part('tray').waitFor({ state: 'detached' })
    expect([await text(), await focused(), await sent()]).toEqual([wanted, 'composer', []])
  })

  test('an input method’s word stays, and the limit holds', async () => {
    await open('open', DESKTOP)
    await part('composer').focus()
    await opened.cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
    await part('emoji').click()
    await pick('👍').click()
    expect(await text()).toBe('ni👍')
    await opened.page.evaluate(() => void (memory.chat.limits = { ...memory.chat.limits, textLength: 4 }))
    await pick('👍').click()
    await expect.poll(() => part('limit').innerText()).toBe('2 characters too many')
  })

  test('what another script of the page left in the storage is not shown', async () => {
    await open('open', DESKTOP)
    await opened.page.evaluate(() => localStorage.setItem('im-chat:emoji', `<b>x</b> 🎁 ${'😀 '.repeat(100_000)}`))
    await part('emoji').click()
    await part('tray').waitFor()
    expect((await part('tray').locator('button').allInnerTexts()).slice(0, 3)).toEqual(['🎁', '😀', '😀'])
  })
})

test('a long press of Send chooses what Enter does, and sends nothing', async () => {
  await open()
  await part('composer').fill('hi')
  await settled(opened.page)
  const box = (await part('send').boundingBox())!
  const point = { x: box.x + 20, y: box.y + 20 }
  await opened.cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await part('tray').waitFor()
  await opened.cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  expect([await text(), await sent()]).toEqual(['hi', []])
  expect(await part('enter-send').getAttribute('aria-checked')).toBe('true')
  await part('enter-newline').tap()
  await expect.poll(() => part('composer').getAttribute('enterkeyhint')).toBe('enter')
  await part('send').tap()
  await expect.poll(async () => (await sent()).length).toBe(1)
})

test.each([195, 240, 320])('%i px wide: the field has 120 px, and everything that it needs is in the panel', async (width) => {
  await open('open', { ...PHONE, viewport: { width, height: 420 } })
  const places = () =>
    opened.page.evaluate(() => {
      const box = (selector: string): DOMRect => chat.shadowRoot!.querySelector(selector)!.getBoundingClientRect()
      return { field: box('.field').width, more: box('.more').width, send: box('.send').width, right: box('.send').right - box('.panel').right }
    })
  const empty = await places()
  expect(empty.field).toBeGreaterThanOrEqual(120)
  expect(empty.more).toBe(44)
  await part('composer').fill('hello')
  await expect.poll(async () => (await places()).send).toBe(44)
  const written = await places()
  expect(written.field).toBeGreaterThanOrEqual(120)
  expect(written.right).toBeLessThanOrEqual(0)
})

test.each([
  ['en', 'a desktop', DESKTOP],
  ['ar', 'a desktop', DESKTOP],
  ['en', 'a phone with the keyboard up', { ...PHONE, viewport: { width: 568, height: 230 } }],
] as const)('%s on %s: what opens lies inside the panel, moves nothing, and has no fault of access', async (lang, _, options) => {
  opened = await openPage(browser, `${site.url}/?lang=${lang}&open`, { ...options, bypassCSP: true, reducedMotion: 'reduce' })
  await part('file').waitFor({ state: 'attached' })
  await offer()
  const top = (): Promise<number> => opened.page.evaluate(() => chat.shadowRoot!.querySelector('.field')!.getBoundingClientRect().top)
  const before = await top()
  for (const name of options === DESKTOP ? ['more', 'emoji'] : ['more']) {
    await part(name).click()
    await part('tray').waitFor()
    const isInside = await opened.page.evaluate(() => {
      const [sheet, panel] = ['.sheet', '.panel'].map((each) => chat.shadowRoot!.querySelector(each)!.getBoundingClientRect())
      return sheet!.top >= panel!.top && sheet!.left >= panel!.left && sheet!.right <= panel!.right && sheet!.height >= 90
    })
    expect([isInside, await top()]).toEqual([true, before])
    expect(await axeComplaints(opened.page)).toEqual([])
    await opened.page.keyboard.press('Escape')
    await part('tray').waitFor({ state: 'detached' })
  }
})

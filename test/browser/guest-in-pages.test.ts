/** The chat on pages whose libraries and layouts were not made for it. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

const open = (path = '/', options: PageOptions = DESKTOP): Promise<TestPage> => openPage(browser, site.url + path, options)
const unread = (page: Page): Promise<number> => page.evaluate(() => memory.chat.unread.value)

/** A message that comes now; it is unread until it is seen. */
const receive = (page: Page): Promise<void> => page.evaluate(() => void memory.say('are you there?'))

describe('what nobody can see is not read', () => {
  /** How a page hides an inline chat, and shows it again. */
  const hidings: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['a drawer beside the window', { transform: 'translateX(110vw)' }],
    ['a tab that is not chosen', { display: 'none' }],
    ['visibility: hidden', { visibility: 'hidden' }],
    ['opacity: 0', { opacity: '0' }],
    ['an accordion that is shut', { height: '0', overflow: 'hidden' }],
    ['content-visibility: hidden', { contentVisibility: 'hidden' }],
    ['a place further down the page', { marginTop: '3000px' }],
  ]

  test.each(hidings)('%s', async (_name, style) => {
    const { page, close } = await open('/?mode=inline')
    await page.evaluate((hidden) => {
      const drawer = document.createElement('section')
      document.body.prepend(drawer)
      drawer.style.height = '400px'
      Object.assign(drawer.style, hidden)
      chat.style.height = '400px'
      drawer.append(chat)
    }, style)
    await receive(page)
    await page.waitForTimeout(700)
    expect(await unread(page)).toBe(1)
    await page.evaluate(() => (document.querySelector('section')!.style.cssText = 'height: 400px'))
    await expect.poll(() => unread(page)).toBe(0)
    await close()
  })
})

test("a dialog's focus trap leaves the field its focus, and the text goes into the field", async () => {
  const { page, close } = await open('/?open')
  await page.evaluate(() => {
    const search = document.querySelector<HTMLInputElement>('#search')!
    // as Bootstrap 5 and jQuery UI do it
    document.addEventListener('focusin', ({ target }) => {
      if (target !== document && !document.querySelector('main')!.contains(target as Node)) search.focus()
    })
    search.focus()
  })
  await hook(page, 'composer').click()
  await page.keyboard.type('hello')
  expect(await hook(page, 'composer').inputValue()).toBe('hello')
  expect(await page.locator('#search').inputValue()).toBe('')
  await close()
})

test.each([
  ['open', true],
  ['open=false', false],
  ['open=true', true],
])('<im-chat %s>', async (attribute, isOpen) => {
  const { page, close } = await open(`/?${attribute}`)
  await hook(page, isOpen ? 'composer' : 'launcher').waitFor()
  expect(await page.evaluate(() => [chat.open, chat.hasAttribute('open')])).toEqual([isOpen, isOpen])
  await close()
})

test('open as a text, as a framework sets it, means what it says', async () => {
  const { page, close } = await open()
  const opens = await page.evaluate(() =>
    ['false', 'true', '', 0, 1, null, undefined].map((value) => {
      chat.open = value as never
      return chat.open
    }),
  )
  expect(opens).toEqual([false, true, false, false, true, false, false])
  await close()
})

test('in print there is the page without launcher and panel; an inline chat is part of the page', async () => {
  const { page, close } = await open('/?open')
  await hook(page, 'panel').waitFor()
  await page.emulateMedia({ media: 'print' })
  await expect.poll(() => hook(page, 'panel').isVisible()).toBe(false)
  expect(await hook(page, 'launcher').isVisible()).toBe(false)
  await page.emulateMedia({ media: 'screen' })
  await expect.poll(() => hook(page, 'panel').isVisible()).toBe(true)
  await close()
})

test('the launchers of two shops do not cover each other, and a remaining one is in the corner', async () => {
  const { page, close } = await open('/', PHONE)
  await page.evaluate(() => {
    const second = document.createElement('im-chat')
    second.id = 'second'
    second.to = 'shop:7'
    second.client = window.memoryClient()
    document.body.append(second)
  })
  const boxes = async () =>
    Promise.all(['im-chat:not(#second)', '#second'].map((chat) => page.locator(chat).locator('[data-test=launcher]').boundingBox()))
  await expect.poll(async () => (await boxes()).every((box) => box !== null)).toBe(true)
  const [first, second] = await boxes()
  expect(second!.y + second!.height).toBeLessThanOrEqual(first!.y)
  const corner = first!.y
  await page.evaluate(() => chat.remove())
  await expect.poll(async () => (await page.locator('#second').locator('[data-test=launcher]').boundingBox())?.y).toBe(corner)
  await close()
})

test('a copy of several messages is their text, without times, days and names', async () => {
  const { page, context, close } = await open('/?open')
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await hook(page, 'composer').waitFor()
  await page.evaluate(() => {
    memory.say('first words')
    memory.say('second words', { name: 'Ana' })
    memory.chat.send('my own words')
  })
  await hook(page, 'message').nth(2).waitFor()
  await page.evaluate(() => {
    const timeline = chat.shadowRoot!.querySelector('.timeline')!
    getSelection()!.selectAllChildren(timeline)
    document.execCommand('copy')
  })
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied.split(/\s*\n\s*/).filter((line) => line.trim() !== '')).toEqual(['first words', 'second words', 'my own words'])
  await close()
})

test("a page's translator does not translate counts and states, which go on changing; it may translate messages", async () => {
  const { page, close } = await open('/')
  await hook(page, 'launcher').waitFor()
  await page.evaluate(() => {
    memory.say('bonjour')
  })
  await hook(page, 'unread').waitFor()
  await page.evaluate(() => {
    chat.setVisible(false)
    chat.show()
  })
  await hook(page, 'message').waitFor()
  // as browsers translate a page: text nodes are replaced, but below translate="no"
  const translate = (): Promise<number> =>
    page.evaluate(() => {
      let count = 0
      const walk = (node: Node, isOn: boolean): void => {
        if (node instanceof Text) {
          if (!isOn || !node.data.trim()) return
          const font = document.createElement('font')
          font.textContent = `«${node.data}»`
          node.replaceWith(font)
          count++
          return
        }
        const own = node instanceof Element ? node.getAttribute('translate') : null
        const isOnHere = own === null ? isOn : own !== 'no'
        for (const child of [...((node as Element).shadowRoot ?? node).childNodes]) walk(child, isOnHere)
      }
      walk(document.body, true)
      return count
    })
  expect(await translate()).toBeGreaterThan(0)
  expect(await page.locator('im-chat .text').first().innerText()).toContain('«bonjour»')
  await page.evaluate(() => {
    chat.hide()
    memory.chat.unread.set(7)
  })
  await expect.poll(() => hook(page, 'unread').innerText()).toBe('7')
  await close()
})

test('in forced colours the field has a border, and a ring when it has the focus', async () => {
  const { page, close } = await open('/?open')
  await page.emulateMedia({ forcedColors: 'active' })
  const field = page.locator('im-chat .field')
  await hook(page, 'composer').waitFor()
  const setOutline = (value: string): Promise<void> =>
    field.evaluate((element, outline) => void ((element as HTMLElement).style.outline = outline), value)
  for (const act of ['blur', 'focus'] as const) {
    await hook(page, 'composer').evaluate((element, name) => (element as HTMLElement)[name](), act)
    const withOutline = await field.screenshot({ caret: 'hide' })
    await setOutline('none')
    expect((await field.screenshot({ caret: 'hide' })).equals(withOutline), act).toBe(false)
    await setOutline('')
  }
  await close()
})

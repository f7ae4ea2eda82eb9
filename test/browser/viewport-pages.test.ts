/**
 * The composer's place on pages that were not made for it: at a scale of their own, zoomed by CSS, inside elements that keep what is fixed, in frames.
 * The keyboard covers 40 % of the window; the visual viewport that tells of it is faked (fake-viewport.ts).
 */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'
import { phoneChat, type PhoneChat, type PhoneChatOptions } from './phone-chat.ts'

let site: ChatSite
let browser: Browser
let chats: PhoneChat[] = []

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

afterEach(async () => {
  const opened = chats
  chats = []
  for (const each of opened) await each.close()
})

async function open(query: string, options: PhoneChatOptions = {}): Promise<PhoneChat> {
  const opened = await phoneChat(browser, `${site.url}/${query}`, options)
  chats.push(opened)
  return opened
}

/** The keyboard comes, pans, and goes, over the whole window. */
async function expectKeyboardIsFollowed(phone: PhoneChat): Promise<void> {
  const height = await phone.page.evaluate(() => Math.round(visualViewport!.height))
  const shown = Math.round(height * 0.6)
  await phone.expectBand(0, height)
  await phone.focus()
  await phone.fake({ height: shown })
  await phone.expectBand(0, shown)
  await phone.fake({ height: shown, offsetTop: 60 })
  await phone.expectBand(60, shown + 60)
  await phone.blur()
  await phone.fake({ height, offsetTop: 0 })
  await phone.expectBand(0, height)
}

/** An inline chat over all of the window. */
const fillWindow = (): void => {
  Object.assign(chat.style, { position: 'fixed', top: '0', right: '0', bottom: '0', left: '0', minHeight: '0' })
  document.querySelector('main')!.remove()
}

describe('a page at a scale of its own', () => {
  const VIEWPORTS = [
    ['no viewport meta', '', 0.39],
    ['initial-scale=0.5', 'initial-scale=0.5', 0.5],
    ['initial-scale=1.5', 'initial-scale=1.5', 1.5],
  ] as const

  test.each(VIEWPORTS)('%s: the panel', async (_name, viewport, scale) => {
    const phone = await open(`?viewport=${viewport}`, { pageY: 700 })
    expect(await phone.page.evaluate(() => visualViewport!.scale)).toBeCloseTo(scale, 1)
    await expectKeyboardIsFollowed(phone)
  })

  test.each(VIEWPORTS)('%s: an inline chat', async (_name, viewport) => {
    await expectKeyboardIsFollowed(await open(`?mode=inline&viewport=${viewport}`, { prepare: fillWindow }))
  })

  test.each(VIEWPORTS.slice(0, 2))('%s: the panel is as large as on any page, so that no engine zooms in on its field', async (_name, viewport) => {
    const phone = await open(`?viewport=${viewport}`)
    await expect
      .poll(() =>
        phone.page.evaluate(() => {
          const send = chat.shadowRoot!.querySelector('.send')!.getBoundingClientRect()
          return Math.round(send.width * visualViewport!.scale)
        }),
      )
      .toBe(44)
  })

  test('an app counts in px of the screen', async () => {
    const phone = await open('?viewport=initial-scale=0.5')
    // nothing listens without an app around
    await phone.page.evaluate(() => void Object.assign(window, { ImChatHost: { postMessage: () => undefined } }))
    await phone.page.evaluate(() => chat.requestUpdate())
    await phone.page.waitForFunction(() => 'imChatBridge' in window)
    const [height] = await phone.page.evaluate(() => [Math.round(visualViewport!.height)])
    await phone.focus()
    await phone.page.evaluate(() => void dispatchEvent(Object.assign(new Event('keyboardDidShow'), { keyboardHeight: 336 })))
    await phone.expectBand(0, height! - 672)
  })
})

test('a page that is wider than the screen: Send is on the screen', async () => {
  const phone = await open('', { prepare: () => void (document.querySelector('main')!.style.width = '480px') })
  expect(await phone.page.evaluate(() => chat.shadowRoot!.querySelector('.probe')!.getBoundingClientRect().width)).toBeGreaterThan(480)
  await expectKeyboardIsFollowed(phone)
})

describe('CSS zoom', () => {
  const ZOOMS = ['html', 'body'].flatMap((tag) => [0.85, 1.25, 2].map((zoom) => [tag, zoom] as const))

  const zoomed = async (query: string, [tag, zoom]: readonly [string, number], options: PhoneChatOptions): Promise<PhoneChat> => {
    const phone = await open(query, options)
    await phone.page.evaluate(([name, value]) => void (document.querySelector<HTMLElement>(name)!.style.zoom = String(value)), [tag, zoom] as const)
    await phone.page.evaluate((y) => {
      scrollTo(0, y)
      dispatchEvent(new Event('resize'))
    }, phone.pageY)
    return phone
  }

  test.each(ZOOMS)('%s { zoom: %d }: the panel', async (tag, zoom) => {
    await expectKeyboardIsFollowed(await zoomed('', [tag, zoom], {}))
  })

  test.each(ZOOMS)('%s { zoom: %d }: an inline chat', async (tag, zoom) => {
    await expectKeyboardIsFollowed(await zoomed('?mode=inline', [tag, zoom], { prepare: fillWindow }))
  })

  test('a zoom below 1 does not make the field smaller than iOS wants it', async () => {
    const phone = await zoomed('', ['body', 0.8], {})
    await expect
      .poll(() => phone.page.evaluate(() => parseFloat(getComputedStyle(chat.shadowRoot!.querySelector('textarea')!).fontSize) * 0.8))
      .toBeCloseTo(16, 1)
  })

  test('a reader in the history keeps the line when older messages come', async () => {
    const phone = await zoomed('', ['html', 1.25], {})
    await phone.expectBand(0, 844)
    const top = (): Promise<number> =>
      phone.page.evaluate(() => {
        const list = chat.shadowRoot!.querySelector('.timeline')!
        const rows = [...chat.shadowRoot!.querySelectorAll('[data-test="message"]')]
        const found = rows.find((each) => each.getAttribute('data-id') === list.getAttribute('data-kept'))!
        return Math.round(found.getBoundingClientRect().top - list.getBoundingClientRect().top)
      })
    await phone.page.evaluate(async () => {
      const list = chat.shadowRoot!.querySelector('.timeline')!
      list.scrollTop -= 700
      await new Promise((done) => setTimeout(done, 200))
      const edge = list.getBoundingClientRect().top
      const kept = [...chat.shadowRoot!.querySelectorAll('[data-test="message"]')].find((each) => each.getBoundingClientRect().bottom > edge)!
      list.setAttribute('data-kept', kept.getAttribute('data-id')!)
    })
    const before = await top()
    await phone.page.evaluate(async () => {
      const { timeline } = memory.chat
      const older = timeline.value.messages.slice(0, 9).map((each, index) => ({ ...each, id: `older${index}`, seq: each.seq - 9 }))
      timeline.set({ ...timeline.value, messages: [...older, ...timeline.value.messages] })
      await chat.updateComplete
    })
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1)
  })
})

describe('inside an element that keeps what is fixed', () => {
  const STYLES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['transform', { transform: 'translateZ(0)' }],
    ['filter', { filter: 'drop-shadow(0 0 1px #000)' }],
    ['will-change', { willChange: 'transform' }],
    ['contain', { contain: 'paint' }],
    ['perspective', { perspective: '100px' }],
  ]
  /** Around the chat; without a height, as such elements often are. */
  const wrap = (phone: PhoneChat, style: Readonly<Record<string, string>>): Promise<void> =>
    phone.page.evaluate((given) => {
      const holder = document.createElement('div')
      holder.id = 'app'
      Object.assign(holder.style, given)
      document.body.append(holder)
      chat.hide()
      holder.append(chat)
    }, style)
  const show = (phone: PhoneChat): Promise<void> => phone.page.evaluate(() => chat.show())

  test.each(STYLES)('%s', async (_name, style) => {
    const phone = await open('', { pageY: 700 })
    await wrap(phone, style)
    await show(phone)
    await expectKeyboardIsFollowed(phone)
  })

  test('it stays in the top layer when the page moves the element, and leaves it with the element around it', async () => {
    const phone = await open('', { pageY: 700 })
    await wrap(phone, { transform: 'translateZ(0)' })
    await show(phone)
    await phone.expectBand(0, 844)
    await phone.page.evaluate(() => document.querySelector('#app')!.prepend(chat))
    await phone.expectBand(0, 844)
    await phone.page.evaluate(() => document.body.append(chat))
    await phone.expectBand(0, 844)
    expect(await phone.page.evaluate(() => chat.shadowRoot!.querySelector(':popover-open'))).toBe(null)
  })

  test('closed, it is gone from the top layer; opened again, the focus is in it', async () => {
    const phone = await open('', { pageY: 700 })
    await wrap(phone, { filter: 'blur(0)' })
    await show(phone)
    await phone.page.evaluate(() => chat.hide())
    await expect.poll(() => hook(phone.page, 'panel').isVisible()).toBe(false)
    expect(await phone.page.evaluate(() => chat.shadowRoot!.querySelector(':popover-open'))).toBe(null)
    await show(phone)
    await phone.expectBand(0, 844)
    expect(await phone.page.evaluate(() => chat.shadowRoot!.activeElement?.className)).toBe('panel')
  })

  test('where there is no popover, the author of the page is told, once', async () => {
    const phone = await open('', { pageY: 700 })
    const told: string[] = []
    phone.page.on('console', (message) => message.type() === 'warning' && told.push(message.text()))
    await phone.page.evaluate(() => Reflect.deleteProperty(HTMLElement.prototype, 'showPopover'))
    await wrap(phone, { willChange: 'transform' })
    for (let round = 0; round < 2; round++) {
      await show(phone)
      await phone.page.waitForTimeout(100)
      await phone.page.evaluate(() => chat.hide())
      await phone.page.waitForTimeout(100)
    }
    expect(told).toEqual([expect.stringMatching(/^<im-chat>: `will-change` of <div id="app"> .* at the end of <body>\.$/)])
  })
})

describe('a frame, with the snippet of docs/webview.md', () => {
  const snippet = /## A frame\n[^]*?```js\n([^]*?)```/.exec(readFileSync('docs/webview.md', 'utf8'))![1]!

  async function openFramed(): Promise<{ readonly page: Page; readonly close: () => Promise<void> }> {
    const opened = await openPage(browser, 'about:blank', PHONE)
    const { page } = opened
    const parent = `<!doctype html><meta name="viewport" content="width=device-width,initial-scale=1"><style>body{margin:0;height:3000px}
      iframe{position:fixed;top:0;left:0;width:100%;height:100%;border:0}</style><iframe src="/?mode=inline"></iframe>
      <script>const frame = document.querySelector('iframe')
      ${snippet.replace('https://chat.example', site.url)}
      const values = { height: 844, offsetTop: 0 }
      for (const name in values) Object.defineProperty(visualViewport, name, { get: () => values[name] })
      window.keyboard = (next, ...events) => { Object.assign(values, next); for (const type of events) visualViewport.dispatchEvent(new Event(type)) }
      </script>`
    await page.route(`${site.url}/parent.html`, (route) => route.fulfill({ contentType: 'text/html', body: parent }))
    await page.goto(`${site.url}/parent.html`)
    await page.frames()[1]!.waitForFunction(() => 'chat' in window)
    await page.frames()[1]!.evaluate(() => {
      Object.assign(chat.style, { position: 'fixed', top: '0', right: '0', bottom: '0', left: '0' })
      memory.fill(40)
    })
    await page.frames()[1]!.waitForFunction(() => 'imChatBridge' in window && chat.shadowRoot!.querySelector('textarea') !== null)
    await page.frames()[1]!.evaluate(() => chat.shadowRoot!.querySelector('textarea')!.focus({ preventScroll: true }))
    return { page, close: opened.close }
  }
  const keyboard = (page: Page, values: object, ...events: string[]): Promise<void> =>
    page.evaluate(([next, all]) => (window as unknown as { keyboard(...each: unknown[]): void }).keyboard(next, ...all), [values, events] as const)
  const band = (page: Page): Promise<readonly number[]> =>
    page.frames()[1]!.evaluate(() => {
      const box = (selector: string): DOMRect => chat.shadowRoot!.querySelector(selector)!.getBoundingClientRect()
      return [Math.round(box('.panel').top), Math.round(box('form').bottom)]
    })

  test.each([
    ['only resize tells', ['resize']],
    ['only scroll tells, as on iOS', ['scroll']],
    ['nothing tells', []],
  ])('%s', async (_name, events) => {
    const { page, close } = await openFramed()
    await expect.poll(() => band(page)).toEqual([0, 844])
    await keyboard(page, { height: 508 }, ...events)
    await expect.poll(() => band(page)).toEqual([0, 508])
    await keyboard(page, { height: 508, offsetTop: 120 }, ...events)
    await expect.poll(() => band(page)).toEqual([120, 628])
    await keyboard(page, { height: 844, offsetTop: 0 }, ...events)
    await expect.poll(() => band(page)).toEqual([0, 844])
    await close()
  })
})

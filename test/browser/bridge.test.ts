/** The app around the page, played by a binding of the browser: what it hears and what comes of what it says. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TO_PAGE, type Answer } from '../../widget/bridge/contract.ts'
import { hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

interface Heard {
  readonly type: string
  readonly [field: string]: unknown
}

interface App extends TestPage {
  readonly heard: Heard[]
  /** By a call, as `evaluateJavascript` makes it. */
  say(message: unknown): Promise<Answer>
}

type AppKind = 'android' | 'listener' | 'ios' | 'replying' | 'native' | 'flutter'

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

/** Runs in the page before anything else: the object that an app of this kind adds. */
function addHost(kind: AppKind): void {
  const { toApp } = window as unknown as { toApp(json: string): void }
  const postMessage = (json: string): void => toApp(json)
  const listener = Object.assign(new EventTarget(), { postMessage })
  Object.assign(
    window,
    {
      android: { ImChatHost: { postMessage } },
      listener: { ImChatHost: listener },
      native: { ReactNativeWebView: { postMessage } },
      ios: { webkit: { messageHandlers: { imChat: { postMessage } } } },
      replying: {
        webkit: { messageHandlers: { imChat: { postMessage: (json: string) => (postMessage(json), Promise.reject(new Error('no reply'))) } } },
      },
      flutter: { flutter_inappwebview: { callHandler: async (name: string, json: string) => void (name === 'imChat' && postMessage(json)) } },
    }[kind],
  )
}

async function openApp(kind: AppKind, path = '/', options: PageOptions = PHONE): Promise<App> {
  const opened = await openPage(browser, 'about:blank', options)
  const heard: Heard[] = []
  await opened.page.exposeBinding('toApp', (_source, json: string) => {
    const { source, ...message } = JSON.parse(json) as Heard & { readonly source: unknown }
    expect(source).toBe('im-chat')
    heard.push(message as Heard)
  })
  await opened.page.addInitScript(addHost, kind)
  await opened.page.goto(site.url + path)
  await expect.poll(() => heard.map(({ type }) => type)).toContain('ready')
  const say = (message: unknown): Promise<Answer> =>
    opened.page.evaluate((each) => {
      const { imChatBridge } = window as unknown as { imChatBridge: { receive(message: unknown): Answer } }
      return imChatBridge.receive(each)
    }, message)
  return { ...opened, heard, say }
}

const types = ({ heard }: App): string[] => heard.map(({ type }) => type)
/** The other side writes, and it counts as unread. */
const say = (page: Page, text: string): Promise<void> => page.evaluate((each) => void memory.say(each), text)
const bottom = (page: Page): Promise<number> =>
  page.evaluate(() => Math.round(chat.shadowRoot!.querySelector('form')!.getBoundingClientRect().bottom))
const padding = (page: Page, side: 'Top' | 'Bottom', selector: string): Promise<string> =>
  page.evaluate(([edge, found]) => getComputedStyle(chat.shadowRoot!.querySelector(found!)!)[`padding${edge as 'Top' | 'Bottom'}`], [side, selector])

describe.each(['android', 'listener', 'ios', 'replying', 'native', 'flutter'] as const)('an app that is found as %s', (kind) => {
  test('hears that the page is ready, of unread messages, and of the panel', async () => {
    const app = await openApp(kind)
    expect(app.heard[0]).toEqual({ type: 'ready', version: 1, understands: Object.keys(TO_PAGE) })
    await say(app.page, 'hello')
    await expect.poll(() => app.heard.at(-1)).toEqual({ type: 'unread', count: 1 })
    await hook(app.page, 'launcher').tap()
    await expect.poll(() => app.heard.slice(2)).toEqual([{ type: 'opened' }, { type: 'unread', count: 0 }])
    await hook(app.page, 'close').tap()
    await expect.poll(() => app.heard.at(-1)).toEqual({ type: 'closed' })
    await app.close()
  })
})

test('without an app no bridge is fetched, and nothing is on the page', async () => {
  const opened = await openPage(browser, 'about:blank', PHONE)
  const fetched: string[] = []
  opened.page.on('request', (request) => void fetched.push(new URL(request.url()).pathname))
  await opened.page.goto(site.url)
  await hook(opened.page, 'launcher').tap()
  await hook(opened.page, 'composer').fill('hello')
  expect(fetched.filter((path) => path.includes('bridge'))).toEqual([])
  expect(fetched).toContain('/im-chat.js')
  expect(await opened.page.evaluate(() => 'imChatBridge' in window)).toBe(false)
  await opened.close()
})

describe('the back button', () => {
  test("closes the panel once, and is the app's otherwise", async () => {
    const app = await openApp('android', '/?open')
    expect(await app.say('{"type":"back"}')).toEqual({ ok: true, consumed: true })
    await hook(app.page, 'panel').waitFor({ state: 'hidden' })
    expect(await app.say({ type: 'back' })).toEqual({ ok: true, consumed: false })
    expect(types(app).filter((type) => type === 'closed')).toEqual(['closed'])
    await app.close()
  })

  test("is the app's where the chat is the page", async () => {
    const app = await openApp('android', '/?mode=inline&open')
    expect(await app.say({ type: 'back' })).toEqual({ ok: true, consumed: false })
    await app.close()
  })

  test('is answered by a message to an app that cannot see returned values', async () => {
    const app = await openApp('listener', '/?open')
    await app.page.evaluate(() => {
      const { ImChatHost } = window as unknown as { ImChatHost: EventTarget }
      ImChatHost.dispatchEvent(new MessageEvent('message', { data: '{"type":"back","id":"b1"}' }))
      ImChatHost.dispatchEvent(new MessageEvent('message', { data: '{"type":"nonsense","id":"b2"}' }))
    })
    await expect.poll(() => app.heard.filter(({ type }) => type === 'answer')).toEqual([{ type: 'answer', id: 'b1', ok: true, consumed: true }])
    await app.close()
  })
})

test("what the app covers lifts the composer, which stays clear of the window's bars", async () => {
  const app = await openApp('ios', '/?open')
  await hook(app.page, 'composer').focus()
  expect(await app.say({ type: 'safeArea', top: 47, bottom: 34 })).toEqual({ ok: true })
  await expect.poll(() => bottom(app.page)).toBe(844)
  expect(await padding(app.page, 'Bottom', '.composer')).toBe('42px')
  expect(await padding(app.page, 'Top', '.header')).toBe('47px')
  await app.say({ type: 'inset', bottom: 336 })
  await expect.poll(() => bottom(app.page)).toBe(508)
  await expect.poll(() => padding(app.page, 'Bottom', '.composer')).toBe('8px')
  await app.say({ type: 'inset', bottom: 0 })
  await expect.poll(() => bottom(app.page)).toBe(844)
  await app.close()
})

test('Capacitor and Cordova report the keyboard by events of the window', async () => {
  const opened = await openPage(browser, 'about:blank', PHONE)
  await opened.page.addInitScript(() => void Object.assign(window, { Capacitor: {} }))
  await opened.page.goto(`${site.url}/?open`)
  await expect.poll(() => opened.page.evaluate(() => 'imChatBridge' in window)).toBe(true)
  await hook(opened.page, 'composer').focus()
  await opened.page.evaluate(() => dispatchEvent(Object.assign(new Event('keyboardWillShow'), { keyboardHeight: 300 })))
  await expect.poll(() => bottom(opened.page)).toBe(544)
  await opened.page.evaluate(() => dispatchEvent(new Event('keyboardDidHide')))
  await expect.poll(() => bottom(opened.page)).toBe(844)
  await opened.close()
})

test('what nobody sees is not read, until somebody sees it', async () => {
  const app = await openApp('android', '/?open')
  const unread = (): Promise<number> => app.page.evaluate(() => memory.chat.unread.value)
  await app.say({ type: 'visible', visible: false })
  await say(app.page, 'are you there?')
  await hook(app.page, 'message').waitFor()
  expect(await unread()).toBe(1)
  await app.say({ type: 'visible', visible: true })
  await expect.poll(unread).toBe(0)
  expect(await app.page.evaluate(() => memory.notices)).toEqual(['wake'])
  await app.close()
})

test('the chat believes the app about the network', async () => {
  const app = await openApp('android')
  for (const online of [false, true]) await app.say({ type: 'network', online })
  expect(await app.page.evaluate(() => memory.notices)).toEqual(['offline', 'online'])
  await app.close()
})

test("the shop's own scripts get no event that the browser did not send", async () => {
  const app = await openApp('android')
  await app.page.evaluate(() => {
    for (const name of ['online', 'offline', 'focus', 'blur', 'resize']) addEventListener(name, () => void told.push({ name, detail: 0 }))
  })
  await app.say({ type: 'network', online: false })
  await app.say({ type: 'visible', visible: false })
  await app.say({ type: 'visible', visible: true })
  await app.say({ type: 'inset', bottom: 300 })
  expect(await app.page.evaluate(() => told.filter(({ name }) => !name.startsWith('im-')))).toEqual([])
  await app.close()
})

test('a bridge that loads late sends the current state', async () => {
  const opened = await openPage(browser, 'about:blank', PHONE)
  const heard: Heard[] = []
  await opened.page.exposeBinding('toApp', (_source, json: string) => void heard.push(JSON.parse(json) as Heard))
  await opened.page.goto(`${site.url}/?open`)
  await hook(opened.page, 'panel').waitFor()
  await opened.page.evaluate(() => {
    chat.setVisible(false)
    memory.chat.unread.set(3)
    memory.setConnection({ name: 'refused', refusal: { code: 'pass_expired', message: '', retry: false } })
  })
  // The app adds its object late; the next render finds it.
  await opened.page.evaluate(addHost, 'android' as AppKind)
  await opened.page.evaluate(() => chat.setAttribute('lang', 'en-GB'))
  await expect.poll(() => heard.map(({ type }) => type)).toEqual(['ready', 'unread', 'opened', 'passNeeded'])
  await opened.close()
})

test('flutter_inappwebview that is ready after the page gets what it missed', async () => {
  const opened = await openPage(browser, 'about:blank', PHONE)
  const heard: Heard[] = []
  await opened.page.exposeBinding('toApp', (_source, json: string) => void heard.push(JSON.parse(json) as Heard))
  await opened.page.addInitScript(() => void Object.assign(window, { flutter_inappwebview: {} }))
  await opened.page.goto(site.url)
  await expect.poll(() => opened.page.evaluate(() => 'imChatBridge' in window)).toBe(true)
  await opened.page.evaluate(addHost, 'flutter' as AppKind)
  await opened.page.evaluate(() => dispatchEvent(new Event('flutterInAppWebViewPlatformReady')))
  await expect.poll(() => heard.map(({ type }) => type)).toEqual(['ready'])
  await opened.close()
})

test('setViewportInset ignores invalid values, never throws, and keeps the old ones', async () => {
  const app = await openApp('android', '/?open')
  await hook(app.page, 'composer').focus()
  await app.page.evaluate(() => chat.setViewportInset({ bottom: 300 }))
  await expect.poll(() => bottom(app.page)).toBe(544)
  await app.page.evaluate(() => {
    for (const rubbish of [null, undefined, 7, 'x', [], { bottom: '1px' }, { bottom: NaN }, { bottom: -1 }, { bottom: null }]) {
      chat.setViewportInset(rubbish as never)
    }
  })
  await app.page.waitForTimeout(300)
  expect(await bottom(app.page)).toBe(544)
  await app.close()
})

test('an inline chat avoids the notch and the bars where it reaches the edge of the window, and nowhere else', async () => {
  const app = await openApp('ios', '/?open&mode=inline')
  await app.page.evaluate(() => Object.assign(chat.style, { position: 'fixed', top: '0', left: '0', right: '0', bottom: '0', display: 'block' }))
  await app.say({ type: 'safeArea', top: 47, right: 12, bottom: 34, left: 10 })
  await expect.poll(() => padding(app.page, 'Top', '.header')).toBe('47px')
  await expect.poll(() => padding(app.page, 'Bottom', '.composer')).toBe('42px')
  const sides = (): Promise<string> =>
    app.page.evaluate(() => {
      const { paddingLeft, paddingRight } = getComputedStyle(chat.shadowRoot!.querySelector('.panel')!)
      return `${paddingLeft} ${paddingRight}`
    })
  await expect.poll(sides).toBe('10px 12px')
  await app.page.evaluate(() => Object.assign(chat.style, { top: '100px', left: '20px', right: '20px', bottom: '60px' }))
  await app.page.evaluate(() => window.dispatchEvent(new Event('resize')))
  await expect.poll(() => padding(app.page, 'Top', '.header')).toBe('0px')
  await expect.poll(() => padding(app.page, 'Bottom', '.composer')).toBe('8px')
  await expect.poll(sides).toBe('0px 0px')
  await app.close()
})

test('the page asks for a pass when it has expired, and uses the fresh one', async () => {
  const app = await openApp('ios')
  await app.page.evaluate(() => memory.setConnection({ name: 'refused', refusal: { code: 'pass_expired', message: '', retry: false } }))
  await expect.poll(() => app.heard.at(-1)).toEqual({ type: 'passNeeded', code: 'pass_expired' })
  await app.say({ type: 'pass', token: 'fresh.pass.x' })
  expect(await app.page.evaluate(() => chat.token)).toBe('fresh.pass.x')
  await app.close()
})

test('the app opens and closes the panel, with a side and a product', async () => {
  const app = await openApp('native')
  await app.say({ type: 'open', product: { title: 'Kettle', price: '€ 40' } })
  await hook(app.page, 'offer').waitFor()
  await app.say({ type: 'close' })
  await hook(app.page, 'panel').waitFor({ state: 'hidden' })
  await app.close()
})

test('the app opens links once it has announced that, and the page does until then', async () => {
  const app = await openApp('android', '/?open')
  await app.page.evaluate(() => void memory.say('look: https://shop.example/kettle'))
  const link = app.page.locator('im-chat .bubble a')
  const [popup] = await Promise.all([app.context.waitForEvent('page'), link.tap()])
  await popup.close()
  expect(types(app)).not.toContain('link')
  await app.say({ type: 'host', opens: ['link'] })
  await link.tap()
  await expect.poll(() => app.heard.at(-1)).toEqual({ type: 'link', url: 'https://shop.example/kettle' })
  expect(app.context.pages()).toHaveLength(1)
  await app.close()
})

test('the app shows a picture itself once it has announced that, and the page’s viewer stays closed', async () => {
  // there is no such picture here, and its words stand for it
  const app = await openApp('android', '/?open', { ...PHONE, expected: /404/ })
  const url = `/v1/images/${'a'.repeat(24)}`
  await app.page.evaluate((each) => void memory.say('the kettle', { kind: 'image', body: { text: 'the kettle', ...{ url: each } } }), url)
  await app.say({ type: 'host', opens: ['link', 'image'] })
  await app.page.locator('im-chat a.picture').tap()
  await expect.poll(() => app.heard.at(-1)).toEqual({ type: 'image', url: site.url + url })
  expect([await hook(app.page, 'viewer').count(), app.context.pages().length]).toEqual([0, 1])
  await app.close()
})

test('the app shows products and orders itself once it has announced that; a listener of the page comes first', async () => {
  const app = await openApp('android', '/?open')
  await app.page.evaluate(
    () =>
      void memory.say('A card', { kind: 'product', body: { text: 'A card', ...{ id: 'k1', title: 'Kettle', url: 'https://shop.example/kettle' } } }),
  )
  const card = app.page.locator('im-chat .bubble .card')
  const [popup] = await Promise.all([app.context.waitForEvent('page'), card.tap()])
  await popup.close()
  await app.say({ type: 'host', opens: ['card', 'link'] })
  await card.tap()
  const said = { type: 'card', kind: 'product', id: 'k1', title: 'Kettle', url: 'https://shop.example/kettle', message: expect.any(String) }
  await expect.poll(() => app.heard.at(-1)).toEqual(said)
  const count = app.heard.length
  await app.page.evaluate(() => chat.addEventListener('im-card', (event) => event.preventDefault(), { capture: true }))
  await card.tap()
  await app.say({ type: 'close' })
  await expect.poll(() => types(app).at(-1)).toBe('closed')
  expect(types(app).slice(count)).not.toContain('link')
  expect(types(app).slice(count)).not.toContain('card')
  expect(app.context.pages()).toHaveLength(1)
  await app.close()
})

test('a message outside the contract changes nothing, and the answer says why', async () => {
  const app = await openApp('android', '/?open')
  const html = (): Promise<string> => app.page.evaluate(() => chat.outerHTML)
  const before = await html()
  const bad = [
    undefined,
    null,
    7,
    [],
    '{',
    '"x"',
    {},
    { type: 'eval', code: 'alert(1)' },
    { type: '__proto__' },
    { type: 'inset', bottom: '1px;}' },
    { type: 'inset', bottom: -5 },
    { type: 'safeArea', top: 'calc(1px)' },
    { type: 'pass' },
    { type: 'pass', token: 'rubbish' },
    { type: 'pass', token: 'a.b' },
    { type: 'pass', token: 'a.b.c d' },
    { type: 'visible', visible: 'no' },
    { type: 'open', product: '<img src=x onerror=alert(1)>' },
    { type: 'host', opens: 'everything' },
    { type: 'close', id: {} },
  ]
  for (const message of bad) expect(await app.say(message)).toEqual({ ok: false, why: expect.stringMatching(/\.$/) as string })
  expect(await html()).toBe(before)
  expect(await app.page.evaluate(() => ({} as { online?: boolean }).online)).toBe(undefined)
  await app.close()
})

test('an app that throws does not harm the chat, and a removed chat removes its bridge', async () => {
  const app = await openApp('android', '/?open')
  await app.page.evaluate(() => {
    Object.assign((window as unknown as { ImChatHost: object }).ImChatHost, {
      postMessage: () => {
        throw new Error('gone')
      },
    })
    void memory.say('hello')
  })
  await hook(app.page, 'message').waitFor()
  expect(await app.say({ type: 'back' })).toEqual({ ok: true, consumed: true })
  await app.page.evaluate(() => chat.remove())
  await expect.poll(() => app.page.evaluate(() => 'imChatBridge' in window)).toBe(false)
  await app.close()
})

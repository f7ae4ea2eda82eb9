/** `<im-chat>` as a page meets it: its surface and its manners. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
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

const open = async (query = '', options = PHONE): Promise<void> => {
  opened = await openPage(browser, `${site.url}/?${query}`, options)
}
afterEach(() => opened.close())

const heard = (name: string): Promise<unknown[]> =>
  opened.page.evaluate((wanted) => told.filter((each) => each.name === wanted).map(({ detail }) => detail), name)
const show = async (): Promise<void> => {
  await hook(opened.page, 'launcher').click()
  await hook(opened.page, 'panel').waitFor()
}

describe('its events and attributes', () => {
  beforeEach(() => open())

  test('im-open and im-close, once each', async () => {
    await show()
    await hook(opened.page, 'close').click()
    await hook(opened.page, 'launcher').waitFor()
    expect([await heard('im-open'), await heard('im-close')]).toEqual([[null], [null]])
  })

  test('im-message once for each message that came onto the screen, whatever is rendered again', async () => {
    await opened.page.evaluate(() => {
      memory.say('one')
      memory.say('two')
    })
    expect(await heard('im-message')).toEqual([])
    await show()
    await opened.page.evaluate(() => {
      memory.chat.theirs.set({ delivered: 2, read: 2 })
      memory.say('three')
      chat.requestUpdate()
    })
    const texts = async (): Promise<string[]> => (await heard('im-message')).map((each) => (each as { text: string }).text)
    await expect.poll(texts).toEqual(['one', 'two', 'three'])
    expect((await heard('im-message'))[2]).toMatchObject({ id: 'm3', seq: 3, from: 'agent', kind: 'text', isOwn: false })
  })

  test('im-unread and the badge follow the count; opening reads', async () => {
    await opened.page.evaluate(() => {
      memory.fill(3)
      memory.chat.unread.set(2)
    })
    await expect.poll(() => hook(opened.page, 'unread').textContent()).toBe('2')
    await show()
    await expect.poll(() => heard('im-unread')).toEqual([{ count: 2 }, { count: 0 }])
    expect(await hook(opened.page, 'new').count()).toBe(1)
  })

  test('the state of the connection and its transport, as attributes and events', async () => {
    await opened.page.evaluate(() => memory.setConnection({ name: 'waiting', attempt: 1, retryAt: 0, reason: 'lost' }))
    const told = (): Promise<(string | null)[]> =>
      opened.page.evaluate(() => [chat.getAttribute('connection'), chat.getAttribute('transport'), chat.connection])
    expect(await told()).toEqual(['waiting', null, 'waiting'])
    await opened.page.evaluate(() => memory.setConnection({ name: 'live', transport: 'polling' }))
    expect(await told()).toEqual(['live', 'polling', 'live'])
    expect((await heard('im-connection')).slice(-2)).toEqual([{ state: 'waiting' }, { state: 'live', transport: 'polling' }])
  })

  test('im-refused for the connection and, with its id, for a message', async () => {
    await show()
    await opened.page.evaluate(() => {
      memory.setConnection({ name: 'refused', refusal: { code: 'pass_expired', message: 'over', retry: false } })
      memory.answer = 'fail'
      memory.chat.send('no')
    })
    expect(await heard('im-refused')).toEqual([
      { code: 'pass_expired', message: 'over', retry: false },
      { code: 'forbidden', message: 'This pass may not do that.', retry: false, id: 'w1' },
    ])
    await expect.poll(() => hook(opened.page, 'banner').textContent()).toContain('Your session has ended')
  })
})

describe('a message that is being sent', () => {
  beforeEach(async () => {
    await open()
    await show()
  })

  const state = (): Promise<string | null> => hook(opened.page, 'message').last().getAttribute('data-state')

  test('waits, is sent, delivered, read: one node all the time', async () => {
    await opened.page.evaluate(() => {
      memory.answer = 'wait'
      memory.chat.send('hello')
    })
    await expect.poll(state).toBe('sending')
    await opened.page.evaluate(() => {
      Object.assign(window, { node: chat.shadowRoot!.querySelector('[data-test="message"]') })
      memory.confirm()
    })
    await expect.poll(state).toBe('sent')
    await opened.page.evaluate(() => memory.chat.theirs.set({ delivered: 1, read: 0 }))
    await expect.poll(state).toBe('delivered')
    await opened.page.evaluate(() => memory.chat.theirs.set({ delivered: 1, read: 1 }))
    await expect.poll(state).toBe('read')
    const isSame = await opened.page.evaluate(() => {
      const { node } = window as unknown as { node: Element }
      return node === chat.shadowRoot!.querySelector('[data-test="message"]')
    })
    expect(isSame).toBe(true)
    expect(await hook(opened.page, 'message').locator('.meta').innerText()).toContain('Read')
  })

  test('a failed one says why and can be sent again or deleted', async () => {
    await opened.page.evaluate(() => {
      memory.answer = 'fail'
      memory.chat.send('one')
      memory.chat.send('two')
    })
    await hook(opened.page, 'discard').last().tap()
    await expect.poll(() => hook(opened.page, 'message').count()).toBe(1)
    await hook(opened.page, 'retry').tap()
    await expect.poll(state).toBe('sent')
  })

  test('offline, the banner counts waiting messages', async () => {
    await opened.page.evaluate(() => {
      memory.answer = 'wait'
      memory.chat.send('one')
      memory.chat.send('two')
      memory.setConnection({ name: 'waiting', attempt: 1, retryAt: 0, reason: 'lost' })
    })
    await expect.poll(() => hook(opened.page, 'banner').textContent()).toContain('2 messages will be sent')
  })
})

describe('how it behaves in a page', () => {
  test('an invalid value is warned about once, and the old one stays', async () => {
    await open('', DESKTOP)
    const warnings: string[] = []
    opened.page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    const kept = await opened.page.evaluate(() => {
      const loose = chat as unknown as Record<string, unknown>
      loose.mode = 'sideways'
      loose.mode = 7
      loose.theme = {}
      loose.product = '{"no": "title"'
      loose.gateway = 'javascript:alert(1)'
      chat.setAttribute('enter', 'maybe')
      return [chat.mode, chat.theme, chat.product, chat.gateway, chat.enter]
    })
    expect(kept).toEqual(['launcher', 'auto', null, '', 'send'].map((each) => each ?? undefined))
    expect(warnings.length).toBe(5)
  })

  test('set before or after connecting: the same', async () => {
    await open()
    const same = await opened.page.evaluate(async () => {
      const made = document.createElement('im-chat')
      made.to = 'shop:7'
      made.open = true
      document.body.append(made)
      await made.updateComplete
      const late = document.createElement('im-chat')
      document.body.append(late)
      late.to = 'shop:7'
      late.open = true
      await late.updateComplete
      // each gets its panel when the script is there: that is when they are compared
      while (![made, late].every((each) => each.shadowRoot!.querySelector('.panel'))) await new Promise(requestAnimationFrame)
      const text = (each: Element): string => each.shadowRoot!.textContent!.replace(/\s+/g, ' ')
      return text(made) === text(late) && made.hasAttribute('open') && late.hasAttribute('open')
    })
    expect(same).toBe(true)
  })

  test('a move within the page loses nothing', async () => {
    await open()
    await show()
    await hook(opened.page, 'composer').fill('half a sentence')
    await opened.page.evaluate(() => document.querySelector('main')!.append(chat))
    await opened.page.evaluate(() => memory.say('still here'))
    await expect.poll(() => hook(opened.page, 'message').count()).toBe(1)
    expect(await hook(opened.page, 'composer').inputValue()).toBe('half a sentence')
  })

  test('removed, it listens to nothing of the page; put back, it goes on', async () => {
    await open()
    await show()
    await opened.page.evaluate(() => chat.remove())
    await expect.poll(() => opened.page.evaluate(() => document.documentElement.style.overflow)).toBe('')
    await opened.page.evaluate(() => {
      memory.say('while away')
      document.body.append(chat)
    })
    await expect.poll(() => hook(opened.page, 'message').count()).toBe(1)
  })

  test("the page's hotkeys do not fire while somebody types", async () => {
    await open()
    await opened.page.evaluate(() => {
      Object.assign(window, { keys: [] })
      document.addEventListener('keydown', ({ key }) => (window as unknown as { keys: string[] }).keys.push(key))
    })
    await show()
    await hook(opened.page, 'composer').pressSequentially('s?/')
    await opened.page.keyboard.press('Enter')
    expect(await opened.page.evaluate(() => (window as unknown as { keys: string[] }).keys)).toEqual([])
  })

  test('loading the bundle twice is harmless', async () => {
    await open()
    await opened.page.evaluate(
      () =>
        new Promise((done) => {
          const again = document.createElement('script')
          interface Policy {
            createScriptURL(url: string): string
          }
          const { trustedTypes } = window as unknown as { trustedTypes: { createPolicy(name: string, rules: Policy): Policy } }
          again.src = trustedTypes.createPolicy('test', { createScriptURL: (url) => url }).createScriptURL('/im-chat.js')
          again.onload = done
          document.head.append(again)
        }),
    )
    expect(await opened.page.evaluate(() => chat.matches(':defined'))).toBe(true)
  })

  test('importing it on a server is harmless', async () => {
    await open()
    const url = new URL('../../dist/widget/server/im-chat.js', import.meta.url).href
    await expect(import(/* @vite-ignore */ url)).resolves.toBeDefined()
  })

  test('the bundle contains nothing that old engines or strict policies refuse', async () => {
    await open()
    const files = readdirSync('dist/widget/es2017').filter((name) => name.endsWith('.js'))
    const code = ['im-chat.js', ...files.map((name) => `es2017/${name}`)].map((name) => readFileSync(`dist/widget/${name}`, 'utf8')).join('\n')
    expect(code).not.toMatch(/\?\.[a-z]|\?\?|\(\?<[=!]|\bBigInt\b|\beval\(|new Function\(/)
    // the loader, which leaves nothing in a page's global scope but `imChat`
    expect(code.startsWith('!function(){')).toBe(true)
  })
})

/** `<im-chat>` as a person meets it: by keyboard, by finger, in long histories. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled, type TestPage } from '../kit/browser.ts'
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

const show = async (): Promise<void> => {
  await hook(opened.page, 'launcher').click()
  await hook(opened.page, 'panel').waitFor()
  await settled(opened.page)
}

describe('by keyboard on a desktop', () => {
  beforeEach(() => open('', DESKTOP))

  const active = (): Promise<string | null> =>
    opened.page.evaluate(() => {
      const inside = chat.shadowRoot!.activeElement
      return inside ? inside.getAttribute('data-test') : document.activeElement!.id
    })

  test('focus goes into the field, Escape closes, focus returns', async () => {
    await hook(opened.page, 'launcher').focus()
    await opened.page.keyboard.press('Enter')
    await expect.poll(active).toBe('composer')
    await opened.page.keyboard.press('Escape')
    await expect.poll(active).toBe('launcher')
  })

  test('focus returns to what opened it', async () => {
    await opened.page.locator('#search').focus()
    await opened.page.evaluate(() => chat.show())
    expect(await active()).toBe('composer')
    await opened.page.keyboard.press('Escape')
    await expect.poll(active).toBe('search')
  })
})

describe('on a phone', () => {
  beforeEach(async () => {
    await open()
    await show()
  })

  test('the panel takes focus, so that no keyboard hides what is to be read, and Tab stays inside', async () => {
    const panel = (): Promise<boolean> => opened.page.evaluate(() => chat.shadowRoot!.activeElement !== null)
    expect(await opened.page.evaluate(() => chat.shadowRoot!.activeElement?.getAttribute('data-test'))).toBe('panel')
    for (let presses = 0; presses < 12; presses++) {
      await opened.page.keyboard.press('Tab')
      expect(await panel()).toBe(true)
    }
  })

  test('every control has a name and 44 px', async () => {
    await opened.page.evaluate(() => {
      memory.fill(20)
      memory.answer = 'fail'
      memory.chat.send('x')
    })
    await hook(opened.page, 'retry').waitFor()
    const controls = await opened.page.evaluate(() => {
      const all = [...chat.shadowRoot!.querySelectorAll('.panel button, .panel textarea')].filter((each) => each.getClientRects().length > 0)
      return all.map((each) => {
        const { width, height } = each.getBoundingClientRect()
        return { name: each.getAttribute('aria-label') ?? each.textContent!.trim(), isLarge: width >= 44 && height >= 44 }
      })
    })
    expect(controls.length).toBeGreaterThan(5)
    expect(controls.filter(({ name, isLarge }) => name === '' || !isLarge)).toEqual([])
  })
})

describe('a long history', () => {
  beforeEach(async () => {
    await open()
    await opened.page.evaluate(() => memory.fill(5000))
    await show()
    // The panel is there before its messages are: what is scrolled until then does not count.
    await opened.page.locator('im-chat [data-seq="5000"]').waitFor()
  })

  const nodes = (): Promise<number> => hook(opened.page, 'message').count()
  const up = (by: number): Promise<void> => opened.page.evaluate((px) => void (chat.shadowRoot!.querySelector('.timeline')!.scrollTop -= px), by)

  test('of thousands of messages a few hundred are nodes, at the end and far above it', async () => {
    expect(await nodes()).toBeLessThanOrEqual(60)
    for (let pages = 0; pages < 12; pages++) {
      await up(3000)
      await opened.page.waitForTimeout(0)
    }
    await expect.poll(nodes).toBeLessThanOrEqual(240)
    await hook(opened.page, 'latest').tap()
    await expect.poll(() => hook(opened.page, 'message').last().getAttribute('data-seq')).toBe('5000')
  })

  test('what the reader sees stays while more messages come above and below', async () => {
    await up(1500)
    await hook(opened.page, 'latest').waitFor()
    const place = (): Promise<string> =>
      opened.page.evaluate(() => {
        const top = chat.shadowRoot!.querySelector('.timeline')!.getBoundingClientRect().top
        const messages = [...chat.shadowRoot!.querySelectorAll('[data-test="message"]')]
        const first = messages.find((each) => each.getBoundingClientRect().bottom > top)!
        return `${first.getAttribute('data-seq')} ${Math.round(first.getBoundingClientRect().top)}`
      })
    await expect.poll(nodes).toBeGreaterThanOrEqual(60)
    const before = await place()
    await opened.page.evaluate(() => {
      memory.say('news')
      memory.say('more news')
      memory.chat.typing.set({ from: 'agent' })
    })
    await expect.poll(() => hook(opened.page, 'latest').textContent()).toContain('2')
    expect(await place()).toBe(before)
    await hook(opened.page, 'latest').tap()
    await expect.poll(() => hook(opened.page, 'latest').count()).toBe(0)
  })
})

describe('earlier pages', () => {
  test("come when the reader scrolls up, and the reader's place stays", async () => {
    await open()
    await opened.page.evaluate(() => {
      memory.fill(30, { seqFrom: 31 })
      const { messages } = memory.chat.timeline.value
      memory.older = [messages.map((each) => ({ ...each, seq: each.seq - 30, id: `o${each.seq}`, at: each.at - 3e7 }))]
      memory.chat.timeline.set({ ...memory.chat.timeline.value, hasOlder: true })
    })
    await show()
    await opened.page.locator('im-chat [data-seq="60"]').waitFor()
    await opened.page.evaluate(() => (chat.shadowRoot!.querySelector('.timeline')!.scrollTop = 100))
    const topOf = (): Promise<number> =>
      opened.page.evaluate(() => Math.round(chat.shadowRoot!.querySelector('[data-seq="33"]')!.getBoundingClientRect().top))
    const before = await topOf()
    await expect.poll(() => hook(opened.page, 'message').first().getAttribute('data-seq')).toBe('1')
    await expect.poll(() => hook(opened.page, 'older').count()).toBe(0)
    expect(Math.abs((await topOf()) - before)).toBeLessThanOrEqual(1)
  })
})

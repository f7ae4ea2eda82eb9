/** What is done with a message: by a finger, by the mouse, by keys. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled, type PageOptions, type TestPage } from '../kit/browser.ts'
import { axeComplaints } from './axe.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage
let page: Page

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await site.close()
})
afterEach(() => opened.close())

async function open(options: PageOptions, texts = ['theirs', 'mine']): Promise<void> {
  opened = await openPage(browser, `${site.url}/?`, options)
  page = opened.page
  await hook(page, 'launcher').click()
  await hook(page, 'panel').waitFor()
  await page.evaluate(([theirs, mine]) => {
    memory.say(theirs!)
    memory.chat.send(mine!)
  }, texts)
  await message(texts[1]!).waitFor()
  await settled(page)
}
const message = (text: string) => hook(page, 'message').filter({ hasText: text }).locator('.bubble')
const item = (name: string) => hook(page, `action-${name}`)
const menu = () => hook(page, 'actions')

async function press(text: string): Promise<void> {
  const box = (await message(text).boundingBox())!
  const session = await page.context().newCDPSession(page)
  const point = { x: box.x + 20, y: box.y + 12 }
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await menu().waitFor()
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

/** The script comes with the first pointer over the messages. */
async function rightClick(text: string): Promise<void> {
  await message(text).hover()
  await expect
    .poll(async () => {
      await message(text).click({ button: 'right' })
      return menu().isVisible()
    })
    .toBe(true)
}

describe('on a phone', () => {
  test('a long press opens the menu, which stays when the finger goes; no text is selected; a press elsewhere closes it and nothing else', async () => {
    await open(PHONE)
    await press('theirs')
    expect(await menu().isVisible()).toBe(true)
    expect(await page.evaluate(() => String(getSelection()))).toBe('')
    expect(await item('withdraw').count()).toBe(0)
    await message('mine').tap({ position: { x: 5, y: 5 } })
    await menu().waitFor({ state: 'detached' })
    expect(await hook(page, 'panel').isVisible()).toBe(true)
  })

  test('one’s own is withdrawn: a tombstone stands in its place, without the words anywhere in the page', async () => {
    await open(PHONE)
    await press('mine')
    await item('withdraw').tap()
    await message('You withdrew a message.').waitFor()
    expect(await page.evaluate(() => chat.shadowRoot!.textContent)).not.toContain('mine')
  })
})

describe('with a mouse', () => {
  test('a right click opens it at the pointer; a quote goes above the composer, and with the next text', async () => {
    await open(DESKTOP)
    await rightClick('theirs')
    await item('quote').click()
    await hook(page, 'quoting').waitFor()
    expect(await hook(page, 'quoting').textContent()).toContain('theirs')
    await page.keyboard.type('an answer')
    await page.keyboard.press('Enter')
    await message('an answer').waitFor()
    expect(await hook(page, 'quoted').textContent()).toContain('theirs')
    expect(await hook(page, 'quoting').count()).toBe(0)
    const body = await page.evaluate(() => memory.chat.timeline.value.messages.at(-1)!.body)
    expect(body).toMatchObject({ text: 'an answer', quote: { seq: 1, id: 'm1', kind: 'text', text: 'theirs' } })
  })

  test('a quote can be taken away again, and goes with another conversation’s end', async () => {
    await open(DESKTOP)
    await rightClick('theirs')
    await item('quote').click()
    await hook(page, 'no-quote').click()
    expect(await hook(page, 'quoting').count()).toBe(0)
    await page.evaluate(() => void memory.chat.send('plain'))
    await message('plain').waitFor()
    expect(await hook(page, 'quoted').count()).toBe(0)
  })

  test('a quote goes to its message, however far up', async () => {
    await open(DESKTOP, ['the first one', 'mine'])
    await page.evaluate(() => memory.fill(400))
    await page.evaluate(() =>
      memory.say('see above', {
        body: { text: 'see above', quote: { seq: 1, id: 'm1', from: 'agent', side: 'shop:42', kind: 'text', text: 'the first one' } } as never,
      }),
    )
    await hook(page, 'quoted').last().click()
    await expect.poll(() => message('the first one').first().isVisible()).toBe(true)
    await expect.poll(async () => (await message('the first one').first().boundingBox())!.y).toBeGreaterThan(0)
  })

  test('what is refused is said, and the message stays', async () => {
    await open(DESKTOP)
    await page.evaluate(() => void (memory.withdrawal = { code: 'too_late', message: '', retry: false }))
    await rightClick('mine')
    await item('withdraw').click()
    await hook(page, 'said').waitFor()
    expect(await hook(page, 'said').textContent()).toBe('It’s too late to withdraw this message.')
    expect(await message('mine').isVisible()).toBe(true)
  })

  test('what failed is sent again or deleted', async () => {
    await open(DESKTOP)
    await page.evaluate(() => {
      memory.answer = 'fail'
      memory.chat.send('one')
      memory.chat.send('two')
    })
    await rightClick('one')
    await item('discard').click()
    await message('one').waitFor({ state: 'detached' })
    await rightClick('two')
    await item('retry').click()
    await hook(page, 'retry').waitFor({ state: 'detached' })
    expect(await message('two').isVisible()).toBe(true)
  })
})

/** The text of the message that has the focus; the list itself, which holds all of them, is none. */
const focusedRow = () =>
  page.evaluate(() => {
    const row = chat.shadowRoot!.activeElement as HTMLElement
    return row.matches('[data-id]') ? row.textContent : ''
  })

describe('with keys', () => {
  test('what is pressed before the script of the menu has come is answered when it has', async () => {
    await open(DESKTOP)
    let release!: () => void
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route(/message-actions/, async (route) => {
      await held
      await route.continue()
    })
    const asked = page.waitForRequest(/message-actions/)
    await hook(page, 'timeline').focus()
    await page.keyboard.press('Enter')
    await asked
    expect(await focusedRow()).toBe('')
    release()
    await expect.poll(focusedRow).toContain('mine')
  })

  test('Enter goes into the messages, arrows move, Enter and Shift+F10 open the menu, Escape goes back step by step and leaves the panel open', async () => {
    await open({ ...DESKTOP, bypassCSP: true })
    await hook(page, 'timeline').focus()
    const focused = () => page.evaluate(() => (chat.shadowRoot!.activeElement as HTMLElement).textContent)
    await page.keyboard.press('Enter')
    await expect.poll(focusedRow).toContain('mine')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toContain('theirs')
    await page.keyboard.press('Shift+F10')
    await menu().waitFor()
    expect(await focused()).toBe('Copy')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Quote')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Copy')
    expect(await axeComplaints(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await menu().count()).toBe(0)
    expect(await focused()).toContain('theirs')
    await page.keyboard.press('Escape')
    expect(await hook(page, 'panel').isVisible()).toBe(true)
  })
})

describe('more unread than fit', () => {
  test('a button says how many and goes to the first of them; it is gone when that is seen', async () => {
    opened = await openPage(browser, `${site.url}/?`, DESKTOP)
    page = opened.page
    await page.evaluate(() => {
      memory.fill(100)
      memory.chat.unread.set(0)
      for (let i = 0; i < 75; i++) memory.say(`news ${i}`)
    })
    await hook(page, 'launcher').click()
    await hook(page, 'new-above').waitFor()
    expect(await hook(page, 'new-above').textContent()).toContain('75 new messages')
    await hook(page, 'new-above').click()
    await hook(page, 'new').waitFor()
    await expect.poll(() => message('news 0').first().isVisible()).toBe(true)
    await hook(page, 'new-above').waitFor({ state: 'detached' })
  })

  test('a screen and a half has the button, too', async () => {
    opened = await openPage(browser, `${site.url}/?`, DESKTOP)
    page = opened.page
    await page.evaluate(() => {
      memory.fill(40)
      memory.chat.unread.set(0)
      for (let i = 0; i < 14; i++) memory.say(`news of some length, so that it takes two lines of a bubble: ${i}`)
    })
    await hook(page, 'launcher').click()
    await hook(page, 'new-above').click()
    await hook(page, 'new-above').waitFor({ state: 'detached' })
    expect(await hook(page, 'new').isVisible()).toBe(true)
  })

  test('few are simply in sight, with the mark and without a button', async () => {
    opened = await openPage(browser, `${site.url}/?`, DESKTOP)
    page = opened.page
    await page.evaluate(() => {
      memory.fill(40)
      memory.chat.unread.set(0)
      memory.say('news')
    })
    await hook(page, 'launcher').click()
    await hook(page, 'new').waitFor()
    expect(await hook(page, 'new-above').count()).toBe(0)
  })
})

test('an event of the gateway is said in the reader’s language, and one that is not known by its text', async () => {
  await open(DESKTOP)
  await page.evaluate(() => {
    memory.say('Ann has taken over', { kind: 'system', body: { text: 'Ann has taken over', event: 'transferred', agent: 'Ann' } as never })
    memory.say('Something happened', { kind: 'system', body: { text: 'Something happened', event: 'other', agent: {} } as never })
  })
  await expect
    .poll(() => hook(page, 'message').allTextContents())
    .toEqual(expect.arrayContaining([expect.stringContaining('Ann joined the chat'), expect.stringContaining('Something happened')]))
})

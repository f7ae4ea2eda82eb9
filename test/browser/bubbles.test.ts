/** How messages look, in each of the three elements: colours as they are painted, distances, times, large emoji, links, and what a copy brings. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

type Tag = 'im-chat' | 'im-inbox' | 'im-desk'

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

/** The element with the conversation of the memory client open. */
async function open(tag: Tag = 'im-chat', options = DESKTOP): Promise<void> {
  opened = await openPage(browser, `${site.url}/?lang=en&mode=inline`, { bypassCSP: tag !== 'im-chat', ...options })
  const { page } = opened
  if (tag !== 'im-chat') {
    await page.addScriptTag({ url: `/${tag}.js` })
    await page.evaluate((name) => {
      document.querySelector('main')!.remove()
      const element = document.createElement(name)
      Object.assign(element, { lang: 'en', client: memory, to: 'shop:42' })
      chat.replaceWith(element)
      element.style.height = '100vh'
      document.body.style.height = 'auto'
    }, tag)
  } else await page.evaluate(() => Object.assign(chat.style, { display: 'block', position: 'fixed', inset: '0' }))
  await hook(page, 'composer', tag).waitFor()
}

const messages = (tag: Tag = 'im-chat') => hook(opened.page, 'message', tag)

describe.each<Tag>(['im-chat', 'im-inbox', 'im-desk'])('colours of %s', (tag) => {
  test.each(['light', 'dark'] as const)('%s: own bubbles stand out with a hue, words and times are read', async (scheme) => {
    await open(tag)
    const { page } = opened
    await page.emulateMedia({ colorScheme: scheme })
    await page.evaluate(() => {
      memory.say('Theirs, with https://kettles.example/tea')
      memory.chat.send('Mine')
      memory.chat.theirs.set({ delivered: 2, read: 2 })
    })
    await messages(tag).nth(1).waitFor()
    await page.locator(`${tag} .other a`).waitFor()
    const seen = await page.evaluate((name) => {
      const root = document.querySelector(name)!.shadowRoot!
      const rgb = (colour: string): number[] => colour.match(/[\d.]+/g)!.map(Number)
      const ground = (element: Element): number[] => {
        const own = rgb(getComputedStyle(element).backgroundColor)
        return own[3] === 0 ? ground(element.parentElement ?? ((element.getRootNode() as ShadowRoot).host as HTMLElement)) : own
      }
      const light = ([r, g, b]: number[]): number => {
        const [x, y, z] = [r!, g!, b!].map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!
      }
      const contrast = (a: number[], b: number[]): number => {
        const [bright, dim] = [light(a), light(b)].sort((x, y) => y - x)
        return (bright! + 0.05) / (dim! + 0.05)
      }
      const words = [...root.querySelectorAll('.row .text, .row .text a, .row .meta, .row time, .row .seen, .row > time, .mark')]
      const own = ground(root.querySelector('.own .bubble')!)
      return {
        fill: contrast(own, ground(root.querySelector('.stage')!)),
        hue: Math.max(...own.slice(0, 3)) - Math.min(...own.slice(0, 3)),
        texts: words.map((each) => [each.className || each.tagName, contrast(rgb(getComputedStyle(each).color), ground(each))] as const),
      }
    }, tag)
    expect(seen.fill).toBeGreaterThanOrEqual(1.25)
    expect(seen.hue).toBeGreaterThan(20)
    expect(seen.texts.length).toBeGreaterThan(5)
    for (const [name, contrast] of seen.texts) expect(contrast, name).toBeGreaterThanOrEqual(4.5)
  })
})

test('2 px between the messages of a group, 12 px between groups', async () => {
  await open()
  await opened.page.evaluate(() => {
    for (const text of ['a', 'b', 'c']) memory.say(text)
    for (const text of ['d', 'e']) memory.chat.send(text)
  })
  await messages().nth(4).waitFor()
  const gaps = await opened.page.evaluate(() => {
    const boxes = [...chat.shadowRoot!.querySelectorAll('.bubble')].map((each) => each.getBoundingClientRect())
    return boxes.slice(1).map(({ top }, at) => Math.round(top - boxes[at]!.bottom))
  })
  expect(gaps).toEqual([2, 2, 12, 2])
})

test('a time every few minutes; that of any other message shows under the mouse, and screen readers get all', async () => {
  await open()
  await opened.page.evaluate(() => {
    const at = Date.UTC(2024, 4, 6, 14, 0)
    for (const [text, minute] of [
      ['one', 0],
      ['two', 1],
      ['three', 2],
      ['four', 11],
    ] as const)
      memory.say(text, { at: at + minute * 60_000 })
  })
  await messages().nth(3).waitFor()
  const shown = (): Promise<string[]> =>
    opened.page.evaluate(() =>
      [...chat.shadowRoot!.querySelectorAll<HTMLElement>('.row time')]
        .filter((each) => getComputedStyle(each).opacity === '1')
        .map((each) => each.innerText),
    )
  await opened.page.mouse.move(0, 0)
  await expect.poll(shown).toEqual(['14:00', '14:11'])
  await messages().nth(1).locator('.bubble').hover()
  await expect.poll(shown).toEqual(['14:00', '14:01', '14:11'])
  expect(await messages().locator('time').allTextContents()).toEqual(['14:00', '14:01', '14:02', '14:11'])
  expect(
    await messages()
      .locator('time')
      .evaluateAll((all) => all.map((each) => each.closest('[hidden], [aria-hidden=true]'))),
  ).toEqual([null, null, null, null])
})

test('delivered and read differ in shape, and the newest that was read says so', async () => {
  await open()
  await opened.page.evaluate(() => ['a', 'b', 'c'].forEach((text) => memory.chat.send(text)))
  await opened.page.evaluate(() => memory.chat.theirs.set({ delivered: 3, read: 2 }))
  await expect.poll(() => messages().evaluateAll((all) => all.map((each) => each.getAttribute('data-state')))).toEqual(['read', 'read', 'delivered'])
  const paths = await messages()
    .locator('.tick path')
    .evaluateAll((all) => all.map((each) => each.getAttribute('d')))
  expect(paths[0]).toBe(paths[1])
  expect(paths[2]).not.toBe(paths[1])
  expect(await messages().locator('.seen').allTextContents()).toEqual(['Read'])
  expect(await messages().nth(1).locator('.seen').count()).toBe(1)
  const names = await messages()
    .locator('.tick')
    .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  expect(names).toEqual(['Read', null, 'Delivered'])
})

test('one to three emoji alone are large, without a bubble', async () => {
  await open()
  const large = ['👍', '🇩🇪🇫🇷', '👨‍👩‍👧‍👦', '👋🏽 👋🏿', '❤️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏳️‍🌈⚽☕']
  const usual = ['👍👍👍👍', 'ok 👍', '123', '☆', '©', '👍.', '🇩']
  await opened.page.evaluate((texts) => texts.forEach((text) => memory.say(text)), [...large, ...usual])
  await messages()
    .nth(large.length + usual.length - 1)
    .waitFor()
  const looks = await messages().evaluateAll((all) =>
    all.map((each) => {
      const [text, box] = [each.querySelector('.text')!, each.querySelector('.bubble')!]
      const { backgroundColor, boxShadow } = getComputedStyle(box)
      return [text.textContent, getComputedStyle(text).fontSize, backgroundColor === 'rgba(0, 0, 0, 0)' && boxShadow === 'none'] as const
    }),
  )
  expect(looks.filter(([, size, isBare]) => size === '36px' && isBare).map(([text]) => text)).toEqual(large)
  expect(looks.filter(([, size, isBare]) => size === '15px' && !isBare).map(([text]) => text)).toEqual(usual)
})

test('links that strangers write lead where they read, with no access to the page', async () => {
  await open()
  await opened.page.evaluate(() => {
    memory.say('看这个www.kettles.com很好, ann@kettles.example, +49 30 1234567, javascript:alert(1), https://аpple.com/id')
  })
  const anchors = messages().locator('a')
  await anchors.nth(3).waitFor()
  expect(await anchors.evaluateAll((all) => all.map((each) => [each.getAttribute('href'), each.textContent]))).toEqual([
    ['https://www.kettles.com', 'www.kettles.com'],
    ['mailto:ann@kettles.example', 'ann@kettles.example'],
    ['tel:+49301234567', '+49 30 1234567'],
    ['https://аpple.com/id', 'https://xn--pple-43d.com/id'],
  ])
  expect(new Set(await anchors.evaluateAll((all) => all.map((each) => `${each.getAttribute('target')} ${each.getAttribute('rel')}`)))).toEqual(
    new Set(['_blank noopener noreferrer nofollow ugc']),
  )
})

test('the day lies over no words, wherever one scrolls', async () => {
  await open('im-chat', PHONE)
  await opened.page.evaluate(() => memory.fill(60, { stepMs: 1000 }))
  await messages().nth(59).waitFor()
  const hidden = (): Promise<number> =>
    opened.page.evaluate(() => {
      const root = chat.shadowRoot!
      const marks = [...root.querySelectorAll('.mark')].map((each) => each.getBoundingClientRect())
      return [...root.querySelectorAll('.text')]
        .map((each) => each.getBoundingClientRect())
        .filter((box) => marks.some((mark) => mark.top < box.bottom && mark.bottom > box.top && mark.left < box.right && mark.right > box.left))
        .length
    })
  for (const top of [0, 13, 100, 333]) {
    await opened.page.evaluate((to) => (chat.shadowRoot!.querySelector('.timeline')!.scrollTop = to), top)
    expect(await hidden()).toBe(0)
  }
})

test('a copy over several messages brings the words alone, each message on its line', async () => {
  await open()
  const { page, context } = opened
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(() => {
    memory.say('First\nof two lines')
    memory.chat.send('Second')
    memory.chat.theirs.set({ delivered: 2, read: 2 })
    memory.answer = 'fail'
    memory.chat.send('Third')
    memory.say('Fourth', { at: Date.now() + 90_000_000 })
  })
  await hook(page, 'retry').waitFor()
  await page.evaluate(() => {
    const rows = chat.shadowRoot!.querySelectorAll('.content')
    const range = document.createRange()
    range.selectNodeContents(rows[0]!)
    const selection = (chat.shadowRoot as unknown as { getSelection(): Selection }).getSelection()
    selection.removeAllRanges()
    selection.addRange(range)
  })
  await page.keyboard.press('Control+c')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(
    copied
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ).toEqual(['First', 'of two lines', 'Second', 'Fourth', 'Third'])
})

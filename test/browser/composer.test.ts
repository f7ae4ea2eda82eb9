/** Real input through CDP: what phone.md's table can be made to happen in Chromium itself, finger and input method included. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { PICTURES } from '../kit/pictures.ts'
import { chatSite, type ChatSite } from './chat-site.ts'
import { Hands } from './hands.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage
let hands: Hands

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

const open = async (query = ''): Promise<void> => {
  opened = await openPage(browser, `${site.url}/?${query}`, PHONE)
  hands = new Hands(opened)
  await hook(opened.page, 'launcher').click()
  await hook(opened.page, 'composer').focus()
}

const sends = (): Promise<string[]> => opened.page.evaluate(() => memory.sent.map(({ text }) => text))
const value = (): Promise<string> => hook(opened.page, 'composer').inputValue()
const isFocused = (): Promise<boolean> => opened.page.evaluate(() => chat.shadowRoot!.activeElement?.tagName === 'TEXTAREA')

/** What was sent, in order; what is left in the field; and that the keyboard stayed. */
async function expectSent(texts: readonly string[], rest = ''): Promise<void> {
  await hands.settle()
  expect({ sends: await sends(), rest: await value(), isFocused: await isFocused() }).toEqual({ sends: texts, rest, isFocused: true })
}

describe('Enter sends', () => {
  beforeEach(() => open())
  afterEach(() => opened.close())

  // prettier-ignore
  const rows: readonly (readonly [string, readonly string[], string, (hands: Hands) => Promise<void>])[] = [
    ['Enter', ['hi'], '', async (h) => { await h.type('hi'); await h.enter() }],
    ['Enter held down', ['hi'], '', async (h) => { await h.type('hi'); await h.holdEnter(5) }],
    ['Enter twice, fast', ['hi'], '', async (h) => { await h.type('hi'); await h.enter(); await h.enter() }],
    ['Enter and a tap of the button', ['hi'], '', async (h) => { await h.type('hi'); await h.enter(); await h.tap() }],
    ['a tap', ['hi'], '', async (h) => { await h.type('hi'); await h.tap() }],
    ['a double tap', ['hi'], '', async (h) => { await h.type('hi'); await h.tap(); await h.tap() }],
    ['two messages, two taps', ['hi', 'yo'], '', async (h) => { await h.type('hi'); await h.tap(); await h.type('yo'); await h.tap() }],
    ['the same text twice', ['hi', 'hi'], '', async (h) => { await h.type('hi'); await h.enter(); await h.type('hi'); await h.enter() }],
    ['a mouse click', ['hi'], '', async (h) => { await h.type('hi'); await h.click(1) }],
    ['a double click', ['hi'], '', async (h) => { await h.type('hi'); await h.click(2) }],
    ['a finger that slid off the button', [], 'hi', async (h) => { await h.type('hi'); await h.slideOff() }],
    ['a script that submits the form', ['hi'], '', async (h) => { await h.type('hi'); await h.requestSubmit() }],
    ['nothing written, Enter and tap', [], '', async (h) => { await h.enter(); await h.tap() }],
    ['blanks only', [], '   ', async (h) => { await h.type('   '); await h.enter() }],
    ['Shift+Enter, then Enter', ['hi\nyo'], '', async (h) => { await h.type('hi'); await h.enter(8); await h.type('yo'); await h.enter() }],
    ['pinyin, picked by Space, then Enter', ['你'], '', async (h) => {
      await h.key229('KeyN'); await h.compose('n'); await h.compose('ni'); await h.key229('Space'); await h.commit('你'); await h.enter()
    }],
    ['Enter that only confirms a word', [], '化', async (h) => { await h.compose('か'); await h.key229('Enter', 'Enter'); await h.commit('化') }],
    ["Safari's order: the word first, then Enter with 229", [], '化', async (h) => { await h.compose('か'); await h.commit('化'); await h.key229('Enter', 'Enter') }],
    ['Korean, one Enter: 229, the syllable, a real Enter', ['한'], '', async (h) => {
      await h.compose('한'); await h.key229('Enter'); await h.compose(''); await h.commit('한'); await h.enter()
    }],
    ['Korean on macOS: a break without a second keydown', ['한'], '', async (h) => {
      await h.compose('한'); await h.key229('Enter', 'Enter'); await h.commit('한'); await h.enterCharacter()
    }],
    ['Android: a word, then Enter', ['hey'], '', async (h) => { await h.swipe('hey'); await h.commit('hey'); await h.enter() }],
    ['Android: Enter while the word still composes', ['hey'], '', async (h) => { await h.swipe('hey'); await h.enter() }],
    ['Android: Enter as 229 and a newline of text', ['hey'], '', async (h) => { await h.compose('hey'); await h.key229('', 'Unidentified'); await h.commit('hey'); await h.commit('\n') }],
    ['a newline of text and no key at all', ['hey'], '', async (h) => { await h.commit('hey'); await h.commit('\n') }],
    ['a keypress without a keydown', ['hey'], '', async (h) => { await h.type('hey'); await h.enterCharacter() }],
    ['a tap while composing sends all of it', ['ni'], '', async (h) => { await h.compose('n'); await h.compose('ni'); await h.tap() }],
    ['a tap while composing, and writing on', ['ni'], 'hao', async (h) => {
      await h.compose('ni')
      await h.tap()
      await h.compose('h')
      await h.commit('hao')
    }],
    ['the same emoji twice, without keys', ['👍', '👍'], '', async (h) => { await h.commit('👍'); await h.tap(); await h.commit('👍'); await h.tap() }],
    ['the same suggestion twice, without keys', ['Yes', 'Yes'], '', async (h) => { await h.commit('Yes'); await h.tap(); await h.commit('Yes'); await h.tap() }],
    ['a correction that comes after the tap', ['sendd'], '', async (h) => { await h.type('sendd'); await h.tap(); await h.correct('send') }],
    ['a correction after the tap, and the next tap', ['sendd'], '', async (h) => { await h.type('sendd'); await h.tap(); await h.correct('send'); await h.tap() }],
    ['a correction of what is being written', [], 'send', async (h) => { await h.type('sendd'); await h.correct('send') }],
    ['characters without a width', [], '\u200b\u2060', async (h) => { await h.commit('\u200b\u2060'); await h.enter(); await h.tap() }],
    ['a paste with line breaks stays in the field', [], 'one\ntwo', async (h) => { await h.paste('one\ntwo') }],
  ]

  test.each(rows)('%s', async (_name, texts, rest, act) => {
    await act(hands)
    await expectSent(texts, rest)
  })

  test('one im-send per send, with the id the message keeps', async () => {
    await hands.type('hi')
    await hands.tap()
    await hands.settle()
    const { events, ids } = await opened.page.evaluate(() => ({
      events: told.filter(({ name }) => name === 'im-send').map(({ detail }) => detail),
      ids: memory.sent,
    }))
    expect(events).toEqual(ids)
    await expect.poll(() => hook(opened.page, 'message').getAttribute('data-id')).toBe(ids[0]!.id)
  })

  test('text over the limit is not sent and not cut; the count says how much is too much', async () => {
    await hook(opened.page, 'composer').fill('x'.repeat(4003))
    await hands.enter()
    expect(await sends()).toEqual([])
    expect((await value()).length).toBe(4003)
    await expect.poll(() => hook(opened.page, 'limit').textContent()).toContain('3 characters too many')
    await hook(opened.page, 'composer').fill('x'.repeat(4000))
    await hands.enter()
    await expect.poll(async () => (await sends()).length).toBe(1)
  })

  test('a megabyte is cut to the limit, between two characters, and a sentence says so until the next change', async () => {
    await hands.type('See: ')
    await hands.commit('😀'.repeat(500_000))
    await hands.settle()
    expect(await value()).toBe(`See: ${'😀'.repeat(1997)}`)
    expect(await opened.page.evaluate(() => memory.chat.draft.value.length)).toBe(3999)
    await expect.poll(() => hook(opened.page, 'limit').textContent()).toBe('Shortened: a message can have at most 4000 characters.')
    await hands.type('!')
    await expect.poll(() => hook(opened.page, 'limit').textContent()).toBe('0 characters left')
    await hands.enter()
    expect((await sends()).map(({ length }) => length)).toEqual([4000])
  })

  test('a draft of a megabyte from another window is cut, too', async () => {
    await opened.page.evaluate(() => memory.chat.setDraft('x'.repeat(1_000_000)))
    await expect.poll(async () => (await value()).length).toBe(4000)
    expect(await opened.page.evaluate(() => memory.chat.draft.value.length)).toBe(4000)
  })

  test('the limits are those that the gateway told', async () => {
    await opened.page.evaluate(() => {
      memory.chat.limits = { ...memory.chat.limits, textLength: 10, imageBytes: 20 }
      memory.answer = 'wait'
    })
    await hook(opened.page, 'composer').fill('x'.repeat(12))
    await hands.enter()
    await expect.poll(() => hook(opened.page, 'limit').textContent()).toContain('2 characters too many')
    expect(await sends()).toEqual([])
    await hook(opened.page, 'file').setInputFiles([{ name: 'cat.gif', mimeType: 'image/gif', buffer: PICTURES.gif }])
    const problems = () => opened.page.evaluate(() => memory.chat.outbox.value.map(({ body }) => (body as { problem?: string }).problem))
    await expect.poll(problems).toEqual(['image_too_large'])
  })

  test('a draft survives closing, and comes from other windows', async () => {
    await hands.type('half a sen')
    await hook(opened.page, 'close').click()
    await hook(opened.page, 'launcher').click()
    expect(await value()).toBe('half a sen')
    await opened.page.evaluate(() => memory.chat.setDraft('from another window'))
    await expect.poll(value).toBe('from another window')
  })
})

describe('on a computer', () => {
  test('a window that becomes shorter is not a soft keyboard: Shift+Enter still starts a line', async () => {
    opened = await openPage(browser, `${site.url}/`, DESKTOP)
    await hook(opened.page, 'launcher').click()
    await hook(opened.page, 'composer').pressSequentially('half')
    const band = (): Promise<string> =>
      opened.page.evaluate(() => chat.shadowRoot!.querySelector<HTMLElement>('[data-frame]')!.style.getPropertyValue('--band'))
    await expect.poll(band).toBe('800px')
    await opened.page.setViewportSize({ width: 1280, height: 640 })
    await expect.poll(band).toBe('640px')
    await opened.page.keyboard.press('Shift+Enter')
    expect({ sends: await sends(), value: await value() }).toEqual({ sends: [], value: 'half\n' })
    await opened.close()
  })
})

describe('Enter starts a new line', () => {
  beforeEach(() => open('enter=newline'))
  afterEach(() => opened.close())

  test('the keyboard shows a newline key', async () => {
    expect(await hook(opened.page, 'composer').getAttribute('enterkeyhint')).toBe('enter')
  })

  test('Enter starts a new line, a tap sends', async () => {
    await hands.type('hi')
    await hands.enter()
    await hands.type('yo')
    await expectSent([], 'hi\nyo')
    await hands.tap()
    await expectSent(['hi\nyo'])
  })

  test('Ctrl+Enter sends', async () => {
    await hands.type('hi')
    await hands.enter(2)
    await expectSent(['hi'])
  })

  test('Android: a newline in typed text stays a newline', async () => {
    await hands.commit('hey')
    await hands.commit('\n')
    await expectSent([], 'hey\n')
  })

  test('the person can choose, sees the choice, and the keyboard shows the same', async () => {
    await hook(opened.page, 'send').click({ button: 'right', force: true })
    expect(await hook(opened.page, 'enter-newline').getAttribute('aria-checked')).toBe('true')
    await hook(opened.page, 'enter-send').tap()
    await hook(opened.page, 'tray').waitFor({ state: 'detached' })
    await expect.poll(() => hook(opened.page, 'composer').getAttribute('enterkeyhint')).toBe('send')
    expect(await hook(opened.page, 'send').getAttribute('title')).toBe('Send (Enter sends)')
    await hands.type('hi')
    await hands.enter()
    await expectSent(['hi'])
  })
})

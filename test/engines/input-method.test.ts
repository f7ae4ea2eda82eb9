/** Real input methods under ibus, typed by a real X keyboard into `<im-chat>`; what was sent is what an agent received. */
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { openKeyboard, SCREEN, type HeadedBrowser, type Keyboard } from './input-method.ts'
import { pause } from './page.ts'

let gateway: SpawnedGateway
let agent: Socket
const received: string[] = []

beforeAll(async () => {
  gateway = await spawnGateway({ LOG_LEVEL: 'error' })
  const token = await gateway.pass({ sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
  agent = io(gateway.url, { path: '/im/', transports: ['websocket'], auth: { token, device: 'watcher', v: 1 } })
  agent.on('messagePush', ({ body }: { body: { text: string } }) => void received.push(body.text))
  await new Promise<void>((resolve) => void agent.once('connect', resolve))
})

afterAll(async () => {
  agent.close()
  await gateway.stop()
})

/** The field in the middle of the composer at the page's bottom; the button at its right. */
const FIELD = { x: SCREEN.width / 2, y: SCREEN.height - 30 }
const BUTTON = { x: SCREEN.width - 30, y: SCREEN.height - 30 }

/** Opens the chat and proves with plain letters that it is live and has the focus. */
async function begin(browser: HeadedBrowser): Promise<Keyboard> {
  const keyboard = await openKeyboard(browser, `${gateway.url}/qa.html?overlay=off`)
  received.length = 0
  for (let tries = 0; received.length === 0; tries++) {
    if (tries > 20) throw new Error('The chat never answered to the keyboard.')
    await keyboard.click(FIELD.x, FIELD.y)
    await keyboard.keys('1', 'Return', 'Return')
    await pause(500)
  }
  await pause(700)
  received.length = 0
  return keyboard
}

/** Exactly these: the wait is long enough for one too many to arrive as well. */
async function expectSends(...texts: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 40 && received.length < texts.length; tries++) await pause(100)
  await pause(600)
  expect(received.splice(0)).toEqual(texts)
}

const BROWSERS: readonly HeadedBrowser[] = ['chromium', 'firefox', 'webkitgtk']

describe.each(BROWSERS)('%s', (browser) => {
  let keyboard: Keyboard
  beforeAll(async () => {
    keyboard = await begin(browser)
  }, 120_000)
  afterAll(() => keyboard?.close())

  test('pinyin: Enter confirms the candidate, the next Enter sends it once', async () => {
    await keyboard.use('libpinyin')
    await keyboard.keys('n', 'i', 'space')
    await expectSends()
    await keyboard.keys('Return')
    await expectSends('你')
    await keyboard.keys('n', 'i', 'Return')
    await expectSends()
    await keyboard.keys('Return')
    await expectSends('ni')
  })

  test('kana: Enter confirms, the next one sends', async () => {
    await keyboard.use('anthy')
    await keyboard.keys('ctrl+j', 'k', 'a', 'Return')
    await expectSends()
    await keyboard.keys('Return')
    await expectSends('か')
    await keyboard.keys('k', 'a', 'space', 'Return')
    await expectSends()
    await keyboard.keys('Return')
    await expectSends('可')
  })

  test('hangul: one Enter confirms the syllable and sends, twice the same word too', async () => {
    await keyboard.use('hangul')
    await keyboard.keys('Hangul', 'g', 'k', 's', 'Return')
    await expectSends('한')
    await keyboard.keys('g', 'k', 's', 'Return')
    await expectSends('한')
  })

  // GTK cancels what is not confirmed before the page hears of the click, so elsewhere there is nothing to send.
  if (browser === 'chromium')
    test('a click on Send while the input method is composing sends all of it, and nothing comes back', async () => {
      await keyboard.use('libpinyin')
      await keyboard.keys('n', 'i')
      await keyboard.click(BUTTON.x, BUTTON.y)
      await expectSends('你')
      await keyboard.keys('n', 'i', 'space', 'Return')
      await expectSends('你')
    })

  // a finger, unlike a mouse, leaves the word with the input method: emptied under it, the field would get it back with the next key
  if (browser === 'chromium')
    test('a tap on Send while the input method is composing sends all of it, and nothing comes back', async () => {
      await keyboard.use('libpinyin')
      await keyboard.keys('n', 'i')
      await keyboard.tap(BUTTON.x, BUTTON.y)
      await expectSends(expect.stringMatching(/^(ni|你)$/) as string)
      await keyboard.keys('h', 'a', 'o', 'space', 'Return')
      await expectSends(expect.stringMatching(/^[号好]$/) as string)
    })
})

/** Real input methods under ibus, typed by a real X keyboard into `<im-chat>`; what was sent is what an agent received. */
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { openKeyboard, SCREEN, type HeadedBrowser, type InputMethod, type Keyboard } from './input-method.ts'
import { pause } from './page.ts'

let gateway: SpawnedGateway
let agent: Socket
let keyboard: Keyboard | undefined
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

afterEach(async () => {
  await keyboard?.close()
  keyboard = undefined
})

/** The field in the middle of the composer at the page's bottom; the button at its right. */
const FIELD = { x: SCREEN.width / 2, y: SCREEN.height - 30 }
const BUTTON = { x: SCREEN.width - 30, y: SCREEN.height - 30 }

/** Opens the chat and proves with plain letters that it is live and has the focus. */
async function begin(browser: HeadedBrowser, method: InputMethod): Promise<Keyboard> {
  keyboard = await openKeyboard(browser, method, `${gateway.url}/qa.html?overlay=off`)
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
  test('pinyin: the candidate is confirmed first, then Enter sends it once', { timeout: 120_000 }, async () => {
    const { keys } = await begin(browser, 'libpinyin')
    await keys('n', 'i', 'space')
    await expectSends()
    await keys('Return')
    await expectSends('你')
    await keys('n', 'i', 'Return')
    await expectSends()
    await keys('Return')
    await expectSends('ni')
  })

  test('kana: Enter confirms, the next one sends', { timeout: 120_000 }, async () => {
    const { keys } = await begin(browser, 'anthy')
    await keys('ctrl+j', 'k', 'a', 'Return')
    await expectSends()
    await keys('Return')
    await expectSends('か')
    await keys('k', 'a', 'space', 'Return')
    await expectSends()
    await keys('Return')
    await expectSends('可')
  })

  test('hangul: one Enter confirms the syllable and sends, twice the same word too', { timeout: 120_000 }, async () => {
    const { keys } = await begin(browser, 'hangul')
    await keys('Hangul', 'g', 'k', 's', 'Return')
    await expectSends('한')
    await keys('g', 'k', 's', 'Return')
    await expectSends('한')
  })
})

test('chromium: a click on Send while the input method is at work sends all of it, and nothing comes back', { timeout: 120_000 }, async () => {
  const { keys, click } = await begin('chromium', 'libpinyin')
  await keys('n', 'i')
  await click(BUTTON.x, BUTTON.y)
  await expectSends('你')
  await keys('n', 'i', 'space', 'Return')
  await expectSends('你')
})

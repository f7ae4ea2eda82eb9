/** Another conversation is opened, and what is written goes to whom it was written. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../kit/browser.ts'
import { spawnGateway, type PassClaims, type SpawnedGateway } from '../kit/gateway.ts'
import { mountElement, type Tag } from './mount-element.ts'

let browser: Browser
let gateway: SpawnedGateway

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await spawnGateway()
})

afterAll(async () => {
  await browser.close()
  await gateway.kill()
})

const CUSTOMER: PassClaims = { sub: 'bob' }
const AGENT: PassClaims = { sub: 'ann', role: 'agent', shop: '42' }

const rows: readonly (readonly [Tag, PassClaims, string, string])[] = [
  ['im-chat', CUSTOMER, 'shop:1', 'shop:2'],
  ['im-inbox', CUSTOMER, 'shop:3', 'shop:4'],
  ['im-desk', AGENT, 'eve', 'dan'],
]

/** As on every Android phone, an input method holds the last word. */
test.each(rows)('%s: a word in the making stays with whom it was written to', async (tag, claims, first, second) => {
  const { become, close, page, part, set } = await mountElement(tag, { browser, gateway })
  const compose = async (text: string): Promise<void> => {
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  }
  const shown = (): Promise<string> => part('composer').inputValue()
  const isFocused = (): Promise<boolean> =>
    page.evaluate((name) => document.querySelector(name)!.shadowRoot!.activeElement?.tagName === 'TEXTAREA', tag)
  await become(claims, first)
  await part('composer').focus()
  await compose('for the first')
  await set({ to: second })
  await expect.poll(shown).toBe('')
  expect(await isFocused()).toBe(true)
  await compose('for the second')
  await page.keyboard.press('Enter')
  await expect.poll(() => part('message').allTextContents()).toEqual([expect.stringContaining('for the second')])
  await set({ to: first })
  await expect.poll(shown).toBe('for the first')
  expect(await part('message').count()).toBe(0)
  await close()
})

test.each(rows)('%s: what a page sends after it has set `to` goes there', async (tag, claims, first, second) => {
  const { become, close, page, part } = await mountElement(tag, { browser, gateway })
  await become(claims, first)
  const count = await part('message').count()
  await page.evaluate(
    ([name, to]) => {
      const element = document.querySelector(name) as HTMLElementTagNameMap['im-inbox']
      element.to = to
      element.send('for the second')
    },
    [tag, second] as const,
  )
  await part('message').getByText('for the second').last().waitFor()
  await page.evaluate(([name, to]) => ((document.querySelector(name) as HTMLElementTagNameMap['im-inbox']).to = to), [tag, first] as const)
  await expect.poll(() => part('panel').getAttribute('data-to')).toBe(tag === 'im-chat' ? null : first)
  await page.waitForTimeout(300)
  expect(await part('message').count()).toBe(count)
  await close()
})

test('im-chat: what waited for a `to` goes before what is sent after it', async () => {
  const { close, page, part, set } = await mountElement('im-chat', { browser, gateway })
  await set({ token: await gateway.pass({ sub: 'early' }) })
  await page.evaluate(() => {
    const chat = document.querySelector('im-chat')!
    chat.send('first')
    chat.to = 'shop:42'
    chat.send('second')
  })
  await expect.poll(() => part('message').allTextContents()).toEqual([expect.stringContaining('first'), expect.stringContaining('second')])
  await close()
})

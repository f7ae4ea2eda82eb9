/** Another conversation is opened while an input method, as on every Android phone, still holds the last word. */
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

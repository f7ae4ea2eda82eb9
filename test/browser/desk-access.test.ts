import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { axeComplaints } from './axe.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
  for (const [sub, name] of [
    ['kim', 'Kim'],
    ['lee', 'Lee'],
    ['ana', 'Ana'],
  ] as const) {
    const customer = await person(gateway, { sub, name })
    await customer.say(`Hello from ${name}`, 'shop:a1')
    if (sub === 'kim') await customer.say('Order 1187', 'shop:a1', 'order', { number: '1187', status: 'Shipped' })
    customer.leave()
  }
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const openDesk = (options: PageOptions = DESKTOP): Promise<TestPage> =>
  openPage(browser, `${gateway.url}/desk.html?shop=a1&agent=ann&name=Ann`, { bypassCSP: true, ...options })

describe('access to the desk', () => {
  test.each([
    ['light', DESKTOP],
    ['dark', { ...DESKTOP, colorScheme: 'dark' }],
    ['forced colours', { ...DESKTOP, forcedColors: 'active' }],
    ['a phone', PHONE],
    ['200 % zoom', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ] as readonly (readonly [string, PageOptions])[])('axe finds nothing: %s', async (_name, options) => {
    const desk = await openDesk({ reducedMotion: 'reduce', ...options })
    await hook(desk.page, 'conversation', 'im-desk').first().waitFor()
    expect(await axeComplaints(desk.page)).toEqual([])
    await desk.page.locator('im-desk [role=option][data-to="kim"]').click()
    await hook(desk.page, 'message', 'im-desk').first().waitFor()
    expect(await axeComplaints(desk.page)).toEqual([])
    const details = hook(desk.page, 'details', 'im-desk')
    if (!(await details.isVisible())) await hook(desk.page, 'toggle-details', 'im-desk').click()
    await details.waitFor()
    expect(await axeComplaints(desk.page)).toEqual([])
    await desk.close()
  })

  test('the keyboard alone goes from list to answer and back', async () => {
    const desk = await openDesk()
    const { keyboard } = desk.page
    const part = (name: string) => hook(desk.page, name, 'im-desk')
    const focused = () => desk.page.evaluate(() => document.querySelector('im-desk')!.shadowRoot!.activeElement?.getAttribute('data-test'))
    await part('conversation').first().waitFor()
    await part('conversations').focus()
    await keyboard.press('End')
    const last = await part('conversation').last().getAttribute('id')
    await expect.poll(() => part('conversations').getAttribute('aria-activedescendant')).toBe(last)
    await keyboard.press('Home')
    await keyboard.press('Enter')
    await part('message').first().waitFor()
    await keyboard.press('Alt+m')
    expect(await focused()).toBe('composer')
    await keyboard.type('? / and text stay text')
    expect(await part('composer').inputValue()).toBe('? / and text stay text')
    expect(await part('sheet').count()).toBe(0)
    const before = await part('panel').getAttribute('data-to')
    await keyboard.press('Alt+ArrowDown')
    await expect.poll(() => part('panel').getAttribute('data-to')).not.toBe(before)
    expect(await focused()).toBe('composer')
    await keyboard.press('Alt+ArrowUp')
    await expect.poll(() => part('panel').getAttribute('data-to')).toBe(before)
    expect(await part('composer').inputValue()).toBe('? / and text stay text')
    await part('conversations').focus()
    await keyboard.press('?')
    await part('sheet').waitFor()
    expect(await axeComplaints(desk.page)).toEqual([])
    await keyboard.press('Escape')
    await part('sheet').waitFor({ state: 'detached' })
    expect(await focused()).toBe('conversations')
    await keyboard.press('/')
    expect(await focused()).toBe('search')
    await keyboard.type('ÀNA')
    await expect.poll(() => part('conversation').count()).toBe(1)
    await keyboard.press('Escape')
    await expect.poll(() => part('conversation').count()).toBe(3)
    await desk.close()
  })

  test.each([
    ['light', DESKTOP],
    ['dark', { ...DESKTOP, colorScheme: 'dark' }],
  ] as readonly (readonly [string, PageOptions])[])('axe finds nothing in the dialogs and the note: %s', async (_name, options) => {
    const desk = await openDesk({ reducedMotion: 'reduce', ...options })
    const part = (name: string) => hook(desk.page, name, 'im-desk')
    await desk.page.locator('im-desk [role=option][data-to="kim"]').click()
    await part('service').waitFor()
    for (const [key, dialog] of [
      ['Alt+b', 'block-dialog'],
      ['Alt+t', 'transfer-dialog'],
    ] as const) {
      await desk.page.keyboard.press(key)
      await part(dialog).waitFor()
      expect(await axeComplaints(desk.page)).toEqual([])
      await desk.page.keyboard.press('Escape')
      await part(dialog).waitFor({ state: 'detached' })
    }
    await part('show-replies').click()
    await part('new-reply').click()
    expect(await axeComplaints(desk.page)).toEqual([])
    await part('close-dialog').click()
    await part('replies-dialog').waitFor({ state: 'detached' })
    await desk.page.keyboard.press('Alt+n')
    await part('note-form').waitFor()
    expect(await axeComplaints(desk.page)).toEqual([])
    await desk.close()
  })

  test('shortcuts can be remapped and turned off; none fires while an input method composes', async () => {
    const desk = await openDesk()
    const part = (name: string) => hook(desk.page, name, 'im-desk')
    await part('conversation').first().waitFor()
    await desk.page.evaluate(() => {
      document.querySelector('im-desk')!.shortcuts = { search: 'Ctrl+Y', sheet: '' }
    })
    await desk.page.keyboard.press('?')
    await desk.page.keyboard.press('Control+y')
    expect(await part('sheet').count()).toBe(0)
    expect(await part('search').evaluate((field) => field.matches(':focus'))).toBe(true)
    await part('conversation').first().click()
    await part('composer').focus()
    await desk.cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
    const before = await part('panel').getAttribute('data-to')
    await desk.page.evaluate(() => {
      const field = document.querySelector('im-desk')!.shadowRoot!.querySelector('textarea')!
      const options = { key: 'ArrowDown', altKey: true, bubbles: true, composed: true, isComposing: true }
      field.dispatchEvent(new KeyboardEvent('keydown', options))
    })
    expect(await part('panel').getAttribute('data-to')).toBe(before)
    await desk.close()
  })

  test('a screen reader hears a new message once, and nothing of the history', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    const desk = await openDesk()
    await desk.page.locator('im-desk [role=option][data-to="kim"]').click()
    await hook(desk.page, 'message', 'im-desk').first().waitFor()
    const live = hook(desk.page, 'announcement', 'im-desk')
    expect(await live.textContent()).toBe('')
    await kim.say('Are you there?', 'shop:a1')
    await expect.poll(() => live.textContent()).toBe('Kim Are you there?')
    kim.leave()
    await desk.close()
  })
})

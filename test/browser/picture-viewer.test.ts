/** Pictures in a conversation have their own shape, and one that is pressed fills the screen: by finger, mouse and keys, in all three elements. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { person, type Person } from './person.ts'

const SHAPES = [
  { width: 400, height: 300 },
  { width: 300, height: 1200 },
  { width: 1600, height: 200 },
] as const

let browser: Browser
let gateway: StartedGateway
let site: Server
let agent: Person
let opened: TestPage
/** Base64 of PNGs with a transparent half, one for each of SHAPES. */
let drawn: readonly string[]

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await startGateway({ IMAGES_PER_MINUTE: '0' })
  agent = await person(gateway, { sub: 'a1', role: 'agent', shop: '42', name: 'Ann' })
  const canvas = await openPage(browser, 'about:blank', DESKTOP)
  drawn = await canvas.page.evaluate(
    (shapes) =>
      shapes.map(({ width, height }) => {
        const element = Object.assign(document.createElement('canvas'), { width, height })
        const context = element.getContext('2d')!
        context.fillStyle = '#b34'
        context.fillRect(0, 0, width, height / 2)
        return element.toDataURL('image/png').split(',')[1]!
      }),
    [...SHAPES],
  )
  await canvas.close()
  site = createServer(async ({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://x')
    const [tag, sub, dir] = [searchParams.get('tag')!, searchParams.get('sub')!, searchParams.get('dir') ?? 'ltr']
    const claims = tag === 'im-desk' ? ({ sub: 'a2', role: 'agent', shop: '42' } as const) : { sub }
    const to = tag === 'im-desk' ? sub : 'shop:42'
    const token = await gateway.pass(claims)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(gateway.url) })
      .end(`<!doctype html><html lang="en" dir="${dir}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Shop</title><${tag} gateway="${gateway.url}" token="${token}" to="${to}" open></${tag}><script src="${gateway.url}/${tag}.js"></script></html>`)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
})

afterAll(async () => {
  agent.leave()
  await browser.close()
  site.closeAllConnections()
  site.close()
  await gateway.stop()
})

const policy = (address: string): string =>
  [
    `default-src 'none'`,
    `script-src ${address}`,
    `style-src ${address}`,
    `img-src ${address} data:`,
    `connect-src ${address} ${address.replace('http', 'ws')}`,
    `require-trusted-types-for 'script'`,
  ].join('; ')

let people = 0
let customer: string

beforeEach(async () => {
  customer = `viewer${++people}`
  const token = await gateway.pass({ sub: 'a1', role: 'agent', shop: '42' })
  const begins = await person(gateway, { sub: customer })
  await begins.say('Do you have pictures?')
  begins.leave()
  for (const [at, { width, height }] of SHAPES.entries()) {
    const uploaded = await fetch(`${gateway.url}/v1/images`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
      body: Buffer.from(drawn[at]!, 'base64'),
    })
    const { url } = (await uploaded.json()) as { url: string }
    await agent.say(`Picture ${at}`, customer, 'image', { url, width, height })
  }
})

afterEach(() => opened.close())

const open = async (device: PageOptions, tag = 'im-chat', more = ''): Promise<Page> => {
  const { port } = site.address() as AddressInfo
  opened = await openPage(browser, `http://127.0.0.1:${port}/?tag=${tag}&sub=${customer}${more}`, device)
  await pictures(opened.page, tag).last().waitFor()
  return opened.page
}

const pictures = (page: Page, tag = 'im-chat'): Locator => page.locator(`${tag} .timeline a.picture`)
const count = (page: Page, tag = 'im-chat'): Promise<string | null> => page.locator(`${tag} .viewer-count`).textContent()

describe('in the conversation', () => {
  test.each([
    ['im-chat', PHONE, 280, 320],
    ['im-inbox', DESKTOP, 320, 360],
    ['im-desk', DESKTOP, 320, 360],
  ] as const)('%s shows each in its own shape, within its room, and nothing moves when they come', async (tag, device, mostWidth, mostHeight) => {
    const page = await open(device, tag)
    await expect
      .poll(() =>
        pictures(page, tag)
          .locator('img')
          .evaluateAll((all) => all.every((each) => (each as HTMLImageElement).complete)),
      )
      .toBe(true)
    const seen = await pictures(page, tag)
      .locator('img')
      .evaluateAll((all) =>
        all.map((each) => {
          const { width, height } = each.getBoundingClientRect()
          const { naturalWidth, naturalHeight } = each as HTMLImageElement
          return { width, height, naturalWidth, naturalHeight, fit: getComputedStyle(each).objectFit }
        }),
      )
    expect(seen).toHaveLength(SHAPES.length)
    for (const { width, height, naturalWidth, naturalHeight, fit } of seen) {
      expect(width).toBeLessThanOrEqual(mostWidth)
      expect(height).toBeLessThanOrEqual(mostHeight)
      expect(fit).toBe('contain')
      // only what would be too low to press has room around it
      if (height > 44) expect(Math.abs(width / height - naturalWidth / naturalHeight)).toBeLessThan(0.03)
    }
  })
})

test('in forced colours, too, transparent pictures lie on squares', async () => {
  const page = await open(DESKTOP)
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
  const loaded = page.locator('im-chat .picture img[data-loaded]').last()
  await loaded.waitFor()
  expect(await loaded.evaluate((image) => getComputedStyle(image).forcedColorAdjust)).toBe('none')
})

test.each(['ltr', 'rtl'])('what the shop wrote stands at the end of the lines at its desk (%s)', async (dir) => {
  const page = await open(DESKTOP, 'im-desk', `&dir=${dir}`)
  const [own, list] = await page.evaluate(() => {
    const root = document.querySelector('im-desk')!.shadowRoot!
    return [root.querySelector('.row.own .bubble')!, root.querySelector('.timeline')!].map((each) => each.getBoundingClientRect().toJSON() as DOMRect)
  })
  expect(dir === 'ltr' ? list!.right - own!.right : own!.left - list!.left).toBeLessThan(40)
})

describe('on the whole screen', () => {
  test('a press opens the picture, arrows go through all of them, Escape closes it alone, and the focus returns', async () => {
    const page = await open(DESKTOP)
    await pictures(page).nth(1).click()
    await hook(page, 'viewer').waitFor()
    expect(await count(page)).toBe('2 / 3')
    await page.keyboard.press('ArrowRight')
    expect(await count(page)).toBe('3 / 3')
    expect(await hook(page, 'viewer-next').isDisabled()).toBe(true)
    await page.keyboard.press('ArrowRight')
    expect(await count(page)).toBe('3 / 3')
    await page.keyboard.press('Home')
    expect(await count(page)).toBe('1 / 3')
    await hook(page, 'viewer-next').click()
    expect(await count(page)).toBe('2 / 3')
    await page.keyboard.press('Escape')
    await expect.poll(() => hook(page, 'viewer').count()).toBe(0)
    expect(await hook(page, 'panel').isVisible()).toBe(true)
    expect(await page.evaluate(() => document.querySelector('im-chat')!.shadowRoot!.activeElement?.className)).toContain('picture')
  })

  test('in a page from right to left the next picture is at the left', async () => {
    const page = await open(DESKTOP, 'im-chat', '&dir=rtl')
    await pictures(page).first().click()
    await hook(page, 'viewer').waitFor()
    await page.keyboard.press('ArrowLeft')
    expect(await count(page)).toBe('2 / 3')
    const at = await page.evaluate(() => {
      const root = document.querySelector('im-chat')!.shadowRoot!
      return ['viewer-next', 'viewer-previous'].map((name) => root.querySelector(`[data-test=${name}]`)!.getBoundingClientRect().left)
    })
    expect(at[0]!).toBeLessThan(at[1]!)
  })

  test('wheel and double click zoom at the pointer, a drag moves what is larger than the screen and never beyond its edges', async () => {
    const page = await open(DESKTOP)
    await pictures(page).first().click()
    const image = page.locator('im-chat .viewer img')
    await image.waitFor()
    const before = (await image.boundingBox())!
    await image.dblclick()
    const doubled = (await image.boundingBox())!
    expect(doubled.width / before.width).toBeCloseTo(2.5, 1)
    await page.mouse.move(640, 400)
    await page.mouse.down()
    await page.mouse.move(3000, 400, { steps: 5 })
    await page.mouse.up()
    const moved = (await image.boundingBox())!
    expect(moved.x).toBeLessThanOrEqual(Math.max(0, (1280 - moved.width) / 2) + 1)
    expect(await count(page)).toBe('1 / 3')
    await image.dblclick()
    await expect.poll(async () => (await image.boundingBox())!.width).toBe(before.width)
    await page.mouse.wheel(0, -400)
    await expect.poll(async () => (await image.boundingBox())!.width).toBeGreaterThan(before.width * 1.5)
    await page.keyboard.press('0')
    await expect.poll(async () => (await image.boundingBox())!.width).toBe(before.width)
  })

  test('on a phone: two fingers pinch, one swipes to the next and pulls down to close', async () => {
    const page = await open(PHONE)
    await pictures(page).first().tap()
    const image = page.locator('im-chat .viewer img')
    await image.waitFor()
    const before = (await image.boundingBox())!
    const cdp = await page.context().newCDPSession(page)
    const touch = (type: string, ...points: readonly (readonly [number, number])[]): Promise<unknown> =>
      cdp.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: points.map(([x, y], id) => ({ x, y, id })) })
    await touch('touchStart', [180, 420], [210, 420])
    for (let step = 1; step <= 6; step++) await touch('touchMove', [180 - step * 15, 420], [210 + step * 15, 420])
    await touch('touchEnd')
    expect((await image.boundingBox())!.width).toBeGreaterThan(before.width * 2)
    // not one after the other: a busy machine would make two taps of a double one
    await Promise.all([touch('touchStart', [195, 420]), touch('touchEnd'), touch('touchStart', [195, 420]), touch('touchEnd')])
    await expect.poll(async () => (await image.boundingBox())!.width).toBe(before.width)
    const drag = async (to: readonly [number, number]): Promise<void> => {
      await touch('touchStart', [300, 300])
      for (let step = 1; step <= 5; step++) await touch('touchMove', [300 + ((to[0] - 300) * step) / 5, 300 + ((to[1] - 300) * step) / 5])
      await touch('touchEnd')
    }
    await drag([120, 310])
    expect(await count(page)).toBe('2 / 3')
    await drag([310, 330])
    expect(await count(page)).toBe('2 / 3')
    await drag([310, 520])
    await expect.poll(() => hook(page, 'viewer').count()).toBe(0)
  })

  test('Back closes the viewer first and the panel after it', async () => {
    const page = await open(PHONE)
    await pictures(page).first().tap()
    await hook(page, 'viewer').waitFor()
    await page.goBack()
    await expect.poll(() => hook(page, 'viewer').count()).toBe(0)
    expect(await hook(page, 'panel').isVisible()).toBe(true)
    await pictures(page).first().tap()
    await hook(page, 'viewer-close').tap()
    await expect.poll(() => hook(page, 'viewer').count()).toBe(0)
    expect(await hook(page, 'panel').isVisible()).toBe(true)
  })

  test('a download has the bytes of the picture', async () => {
    const page = await open(DESKTOP)
    await pictures(page).first().click()
    const [download] = await Promise.all([page.waitForEvent('download'), hook(page, 'viewer-download').click()])
    expect(download.suggestedFilename()).toBe('picture-1.png')
  })

  test('a press with Ctrl is the link’s', async () => {
    const page = await open(DESKTOP)
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      pictures(page)
        .first()
        .click({ modifiers: ['Control'] }),
    ])
    await tab.close()
    expect(await hook(page, 'viewer').count()).toBe(0)
  })

  test('every button has a name and 44 px', async () => {
    const page = await open(PHONE)
    await pictures(page).nth(1).tap()
    await hook(page, 'viewer').waitFor()
    const buttons = await page.locator('im-chat .viewer button').evaluateAll((all) =>
      all.map((each) => {
        const { width, height } = each.getBoundingClientRect()
        return { name: each.getAttribute('aria-label'), isLarge: width >= 44 && height >= 44 }
      }),
    )
    expect(buttons.map(({ name }) => name)).toEqual(['Save picture', 'Close picture', 'Previous picture', 'Next picture'])
    expect(buttons.every(({ isLarge }) => isLarge)).toBe(true)
  })
})

/** Pictures, pasted, dropped and picked in a real browser, through a real gateway behind a connection that can be cut. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../../gateway/protocol/limits.ts'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled, type PageOptions, type TestPage } from '../kit/browser.ts'
import { openFaultProxy, type FaultProxy } from '../kit/fault-proxy.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { PICTURES } from '../kit/pictures.ts'
import { pastePicture as paste } from './paste-picture.ts'
import { person, type Person } from './person.ts'

interface Logged {
  readonly kind: string
  readonly body: { readonly text: string; readonly url: string; readonly width: number; readonly height: number }
}

let browser: Browser
let gateway: StartedGateway
let proxy: FaultProxy
let site: Server
let agent: Person
let token: string
let opened: TestPage
/** POSTs of pictures that reached the gateway's side of the connection. */
let uploads: number

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

beforeEach(async () => {
  gateway = await startGateway({ IMAGES_PER_MINUTE: '0' })
  proxy = await openFaultProxy(gateway.port)
  agent = await person(gateway, { sub: 'a1', role: 'agent', shop: '42' })
  token = await gateway.pass({ sub: 'c1', name: 'Mia' })
  uploads = 0
  const deskToken = await gateway.pass({ sub: 'a2', role: 'agent', shop: '42' })
  site = createServer(({ url }, response) => {
    const tag =
      url === '/desk'
        ? `im-desk gateway="${proxy.url}" token="${deskToken}" to="c1"`
        : `im-chat gateway="${proxy.url}" token="${token}" to="shop:42" open`
    const name = tag.split(' ')[0]!
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(proxy.url) })
      .end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Shop</title><${tag}></${name}>
<script src="${proxy.url}/${name}.js"></script></html>`)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
})

afterEach(async () => {
  await opened.close()
  agent.leave()
  site.closeAllConnections()
  site.close()
  await proxy.close()
  await gateway.stop()
})

/** What a page must allow: the gateway, and previews. */
const policy = (address: string): string =>
  [
    `default-src 'none'`,
    `script-src ${address}`,
    `style-src ${address}`,
    `img-src ${address} data:`,
    `connect-src ${address} ${address.replace('http', 'ws')}`,
    `require-trusted-types-for 'script'`,
  ].join('; ')

const open = async (device: PageOptions): Promise<Page> => {
  opened = await openPage(browser, 'about:blank', { ...device, expected: /Failed to load resource|net::ERR|WebSocket connection/ })
  await opened.page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  opened.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/v1/images')) uploads++
  })
  await opened.page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  await hook(opened.page, 'file').waitFor({ state: 'attached' })
  return opened.page
}

const log = async (): Promise<readonly Logged[]> => ((await agent.ask('history', { to: 'c1', limit: 50 })) as { messages: Logged[] }).messages

const sources = (page: Page): Promise<(string | null)[]> =>
  page.locator('im-chat .picture img').evaluateAll((all) => all.map((each) => each.getAttribute('src')))
const shown = async (page: Page, width: number, height: number): Promise<void> => {
  await expect
    .poll(
      () =>
        page.locator('im-chat .picture img').evaluateAll((all) =>
          all.map((each) => {
            const { complete, naturalWidth, naturalHeight } = each as HTMLImageElement
            return `${complete} ${naturalWidth} ${naturalHeight}`
          }),
        ),
      { timeout: 15_000 },
    )
    .toEqual([`true ${width} ${height}`])
}

describe.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
] as const)('on %s', (_name, device) => {
  test('a pasted picture is shrunk, shown and sent once, and the other side sees it', async () => {
    const page = await open(device)
    expect(await paste(page, { width: 3000, height: 2000 })).toBe(false)
    await expect.poll(async () => (await log()).length).toBe(1)
    const [{ kind, body }] = (await log()) as [Logged]
    expect([kind, body]).toEqual(['image', { text: 'Image', url: body.url, width: 1600, height: 1067 }])
    expect(body.url).toMatch(/^\/v1\/images\/[\w-]{24}$/)
    await expect.poll(() => sources(page)).toEqual([proxy.url + body.url])
    await shown(page, 1600, 1067)
    const bytes = await (await fetch(gateway.url + body.url)).arrayBuffer()
    expect(bytes.byteLength).toBeLessThan(200_000)
    expect(uploads).toBe(1)
    expect(await hook(page, 'composer').inputValue()).toBe('')
    expect(await page.locator('im-chat a.picture').evaluate((link) => [link.getAttribute('target'), link.getAttribute('rel')])).toEqual([
      '_blank',
      'noopener noreferrer',
    ])
  })

  test('the real clipboard of the browser', async () => {
    const page = await open(device)
    await opened.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })])
    }, PICTURES.png.toString('base64'))
    await hook(page, 'composer').focus()
    await page.keyboard.press('Control+V')
    await shown(page, 40, 30)
    await expect.poll(async () => (await log()).map(({ kind }) => kind)).toEqual(['image'])
  })
})

describe('a connection that breaks', () => {
  test('while the picture is uploaded: it is uploaded again and sent once, before later messages', async () => {
    const page = await open(PHONE)
    proxy.delayMs = 2000
    await paste(page, { width: 1600, height: 1600, isNoisy: true })
    const part = (): Promise<number> => page.locator('im-chat .picture progress').evaluate((each) => (each as HTMLProgressElement).value)
    await expect.poll(part, { timeout: 30_000 }).toBe(1)
    await hook(page, 'composer').fill('this one')
    await hook(page, 'send').tap()
    proxy.isRefusing = true
    proxy.cut()
    await page.locator('im-chat:not([connection="live"])').waitFor({ state: 'attached' })
    proxy.delayMs = 0
    proxy.isRefusing = false
    await expect.poll(async () => (await log()).map(({ body: { text } }) => text), { timeout: 30_000 }).toEqual(['Image', 'this one'])
    expect(uploads).toBeGreaterThan(1)
    await shown(page, 1600, 1600)
  })

  test('after the upload: it is not uploaded again', async () => {
    const page = await open(PHONE)
    await page.route('**/v1/images', async (route) => {
      const response = await route.fetch()
      proxy.dropsReplies = true
      await route.fulfill({ response })
    })
    await paste(page, { width: 300, height: 200 })
    await expect.poll(async () => (await log()).length).toBe(1)
    expect(await hook(page, 'message').getAttribute('data-state')).toBe('sending')
    proxy.dropsReplies = false
    proxy.cut()
    await expect.poll(() => hook(page, 'message').getAttribute('data-state'), { timeout: 30_000 }).toBe('sent')
    expect([(await log()).length, uploads]).toEqual([1, 1])
  })

  test('before the upload: it waits, survives the page, and the next page sends it once', async () => {
    const page = await open(PHONE)
    proxy.isRefusing = true
    proxy.cut()
    await paste(page, { width: 800, height: 600 })
    await expect.poll(() => sources(page)).toEqual([expect.stringMatching(/^data:image\/webp;base64,/)])
    expect(await log()).toEqual([])
    expect(await page.locator('im-chat .cancel').count()).toBe(1)
    await page.goto('about:blank')
    proxy.isRefusing = false
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    await shown(page, 800, 600)
    await expect.poll(async () => (await log()).length, { timeout: 15_000 }).toBe(1)
    await expect.poll(() => sources(page)).toEqual([expect.stringContaining('/v1/images/')])
  })
})

test('a picture that is being uploaded can be cancelled, and later messages are sent', async () => {
  const page = await open(PHONE)
  proxy.delayMs = 1500
  await paste(page, { width: 900, height: 900, isNoisy: true })
  await hook(page, 'cancel').tap()
  await hook(page, 'cancel').waitFor({ state: 'detached' })
  proxy.delayMs = 0
  await hook(page, 'composer').fill('no picture')
  await hook(page, 'send').tap()
  await expect.poll(async () => (await log()).map(({ body: { text } }) => text), { timeout: 15_000 }).toEqual(['no picture'])
})

test('an agent sends one from the desk, and the customer sees it', async () => {
  const page = await open(PHONE)
  await hook(page, 'composer').fill('show me')
  await hook(page, 'send').tap()
  const desk = await opened.context.newPage()
  await desk.goto(`${page.url()}desk`)
  await hook(desk, 'file', 'im-desk').waitFor({ state: 'attached' })
  await hook(desk, 'file', 'im-desk').setInputFiles([{ name: 'it.png', mimeType: 'image/png', buffer: PICTURES.png }])
  await shown(page, 40, 30)
  await expect.poll(() => desk.locator('im-desk a.picture').count()).toBe(1)
  expect((await log()).map(({ kind }) => kind)).toEqual(['text', 'image'])
})

test("text that comes with a picture is pasted as text: a spreadsheet's cells", async () => {
  const page = await open(DESKTOP)
  expect(await paste(page, { width: 200, height: 100 }, 'a\tb')).toBe(true)
  expect(await log()).toEqual([])
})

test('a GIF is not changed, and one that is too large is refused before the upload', async () => {
  const page = await open(PHONE)
  const choose = (files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> => hook(page, 'file').setInputFiles(files)
  await choose([{ name: 'cat.gif', mimeType: 'image/gif', buffer: PICTURES.gif }])
  await expect.poll(async () => (await log()).length).toBe(1)
  const url = (await log())[0]!.body.url
  expect(Buffer.from(await (await fetch(gateway.url + url)).arrayBuffer()).equals(PICTURES.gif)).toBe(true)
  uploads = 0
  await choose([
    { name: 'long.gif', mimeType: 'image/gif', buffer: Buffer.concat([PICTURES.gif, Buffer.alloc(LIMITS.imageBytes)]) },
    { name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') },
  ])
  await expect.poll(() => page.locator('im-chat .reason').allTextContents()).toEqual(Array(2).fill('This file isn’t a picture, or it is too large.'))
  expect(uploads).toBe(0)
  for (const _each of [1, 2]) await hook(page, 'discard').first().tap()
  await hook(page, 'discard').first().waitFor({ state: 'detached' })
})

test('of twelve pictures at once ten are sent, and the chat says that the rest were left out', async () => {
  const page = await open(PHONE)
  const many = Array.from({ length: 12 }, (_, n) => ({ name: `${n}.gif`, mimeType: 'image/gif', buffer: PICTURES.gif }))
  await hook(page, 'file').setInputFiles(many)
  await expect.poll(async () => (await log()).filter(({ kind }) => kind === 'image').length).toBe(10)
  await expect
    .poll(() => page.locator('im-chat .reason').allTextContents())
    .toEqual(['Only 10 pictures can be sent at once. The rest were left out.'])
  await hook(page, 'discard').tap()
  await hook(page, 'discard').waitFor({ state: 'detached' })
})

test('an SVG is sent as a flat picture, without what it contains', async () => {
  const page = await open(PHONE)
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>alert(1)</script><rect width="40" height="30" fill="red"/></svg>'
  await hook(page, 'file').setInputFiles([{ name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) }])
  await expect.poll(async () => (await log()).length).toBe(1)
  const sent = await fetch(gateway.url + (await log())[0]!.body.url)
  expect(sent.headers.get('content-type')).toMatch(/^image\/(webp|png|jpeg)$/)
  expect(Buffer.from(await sent.arrayBuffer()).includes('script')).toBe(false)
})

test("a camera's metadata does not leave the phone", async () => {
  const page = await open(PHONE)
  const { jpeg } = PICTURES
  const place = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), Buffer.from('Exif\0\0GPS 31.2304 121.4737')])
  place.writeUInt16BE(place.length - 2, 2)
  const photo = Buffer.concat([jpeg.subarray(0, 2), place, jpeg.subarray(2)])
  await hook(page, 'file').setInputFiles([{ name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: photo }])
  await expect.poll(async () => (await log()).length).toBe(1)
  const sent = Buffer.from(await (await fetch(gateway.url + (await log())[0]!.body.url)).arrayBuffer())
  expect(sent.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  expect(sent.includes('Exif') || sent.includes('GPS')).toBe(false)
})

test('a picture dropped on the conversation is sent, and another file does not replace the page', async () => {
  const page = await open(DESKTOP)
  const drop = (type: string, base64: string): Promise<boolean> =>
    page.evaluate(
      ([kind, text]) => {
        const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([bytes], 'file', { type: kind }))
        const target = document.querySelector('im-chat')!.shadowRoot!.querySelector('.timeline')!
        const init = { dataTransfer, bubbles: true, cancelable: true, composed: true }
        const fire = (name: string): boolean => target.dispatchEvent(new DragEvent(name, init))
        fire('dragover')
        return fire('drop')
      },
      [type, base64] as const,
    )
  expect(await drop('application/pdf', 'JVBERg==')).toBe(false)
  await expect.poll(() => page.locator('im-chat .reason').allTextContents()).toEqual(['This file isn’t a picture, or it is too large.'])
  expect(await drop('image/png', PICTURES.png.toString('base64'))).toBe(false)
  await hook(page, 'discard').click()
  await expect.poll(async () => (await log()).map(({ kind }) => kind)).toEqual(['image'])
})

test.each(['', 'application/octet-stream', 'image/jpeg'])('a PNG that says it is "%s" is the picture that it is', async (mimeType) => {
  const page = await open(PHONE)
  await hook(page, 'file').setInputFiles([{ name: 'picture', mimeType, buffer: PICTURES.png }])
  await expect.poll(async () => (await log()).map(({ kind }) => kind)).toEqual(['image'])
})

test.each([
  ['animated PNG', PICTURES.apng],
  ['animated WebP', PICTURES.webpAnimated],
])('an %s goes on moving', async (_name, picture) => {
  const page = await open(PHONE)
  await hook(page, 'file').setInputFiles([{ name: 'moving', mimeType: '', buffer: picture }])
  await expect.poll(async () => (await log()).length).toBe(1)
  const sent = await fetch(gateway.url + (await log())[0]!.body.url)
  expect(Buffer.from(await sent.arrayBuffer()).equals(picture)).toBe(true)
})

test('a HEIC picture that the browser cannot read is refused with its cause and what to do', async () => {
  const page = await open(PHONE)
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(200)])
  await hook(page, 'file').setInputFiles([{ name: 'IMG_1.HEIC', mimeType: 'image/heic', buffer: heic }])
  await expect
    .poll(() => page.locator('im-chat .reason').allTextContents())
    .toEqual(['This browser can’t read HEIC pictures. Send it as a JPEG, or send a screenshot.'])
  await hook(page, 'discard').tap()
})

test('its place is reserved before it is loaded: nothing jumps when it comes', async () => {
  const page = await open(PHONE)
  let isThere = (): void => undefined
  const waits = new Promise<void>((done) => (isThere = done))
  await page.route('**/v1/images/*', async (route) => {
    await waits
    await route.fulfill({ contentType: 'image/png', body: PICTURES.png, headers: { 'access-control-allow-origin': '*' } })
  })
  const added = await fetch(`${gateway.url}/v1/images`, {
    method: 'POST',
    body: new Uint8Array(PICTURES.png),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
  })
  const { url } = (await added.json()) as { url: string }
  await agent.say('Image', 'c1', 'image', { url, width: 400, height: 300 })
  await agent.say('below', 'c1')
  const box = (name: string): Promise<unknown> => page.locator(name).boundingBox()
  await hook(page, 'message').nth(1).waitFor()
  const shape = (): Promise<number> =>
    page.locator('im-chat .picture img').evaluate(({ clientWidth, clientHeight }) => Math.round((300 * clientWidth) / clientHeight))
  await expect.poll(shape).toBe(400)
  await settled(page)
  const before = [await box('im-chat .picture'), await box('im-chat [data-test="message"]:last-of-type')]
  isThere()
  await shown(page, 40, 30)
  expect([await box('im-chat .picture'), await box('im-chat [data-test="message"]:last-of-type')]).toEqual(before)
})

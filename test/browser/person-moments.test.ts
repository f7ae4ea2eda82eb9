/** Another person on a living element, at moments that are easily forgotten. The gateways' own histories are the witness. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { PICTURES } from '../kit/pictures.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../kit/gateway.ts'
import { mountElement, type Chat, type Mounted, type Tag } from './mount-element.ts'
import { pastePicture } from './paste-picture.ts'
import { person, textsOf } from './person.ts'

let gateway: StartedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await startGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const mount = (tag: Tag): Promise<Mounted> => mountElement(tag, { browser, gateway })
const SHOP = 'shop:42'

test('a chat gets another gateway: nothing of the first is shown or sent there, and all is there when the first is back', async () => {
  const other = await startGateway()
  const here = await person(gateway, { sub: 'm-ann' })
  const elsewhere = await person(other, { sub: 'm-ann' })
  const chat = await mount('im-chat')
  await chat.become({ sub: 'm-ann' }, SHOP)
  await chat.say('said here')
  await expect.poll(() => textsOf(here, SHOP)).toEqual(['m-ann: said here'])
  await chat.part('composer').fill('half here')
  await chat.setAtOnce({ gateway: other.url, token: await other.pass({ sub: 'm-ann' }) })
  expect(await chat.shown()).not.toMatch(/said here|half here/)
  await chat.isLive()
  await chat.say('said elsewhere')
  await expect.poll(() => textsOf(elsewhere, SHOP)).toEqual(['m-ann: said elsewhere'])
  await chat.setAtOnce({ gateway: gateway.url, token: await gateway.pass({ sub: 'm-ann' }) })
  expect(await chat.part('composer').inputValue()).toBe('half here')
  expect(await chat.shown()).not.toContain('said elsewhere')
  await chat.isLive()
  await expect.poll(() => chat.shown()).toContain('said here')
  expect(await textsOf(here, SHOP)).toEqual(['m-ann: said here'])
  for (const each of [here, elsewhere]) each.leave()
  await chat.close()
  await other.stop()
})

describe('the pass and `to` in one task', () => {
  const ANN: PassClaims = { sub: 't-ann' }
  const BOB: PassClaims = { sub: 't-bob' }

  test.each(['im-chat', 'im-inbox'] as const)('%s: `to` named with the other person’s pass is whom that one talks to', async (tag) => {
    const mounted = await mount(tag)
    for (const isFirst of [true, false]) {
      const bob = await person(gateway, BOB)
      await mounted.become(ANN, SHOP)
      await mounted.part('composer').fill('ann half')
      const token = await gateway.pass(BOB)
      if (isFirst) await mounted.setAtOnce({ to: SHOP }, { token })
      else await mounted.setAtOnce({ token }, { to: SHOP })
      await mounted.isLive()
      expect(await mounted.page.evaluate((name) => (document.querySelector(name) as Chat).to, tag)).toBe(SHOP)
      await expect.poll(() => mounted.part('composer').inputValue()).toBe('')
      await mounted.say(`bob ${isFirst}`)
      await expect.poll(async () => (await textsOf(bob, SHOP)).at(-1)).toBe(`t-bob: bob ${isFirst}`)
      bob.leave()
    }
    await mounted.close()
  })

  test("the conversation that an inbox's first person had open is not opened for the second", async () => {
    const inbox = await mount('im-inbox')
    await inbox.become(ANN, SHOP)
    await inbox.setAtOnce({ token: await gateway.pass(BOB) })
    await inbox.isLive()
    expect(await inbox.page.evaluate(() => (document.querySelector('im-inbox') as Chat).to)).toBe('')
    await inbox.close()
  })

  test('three passes in one task: the last one counts', async () => {
    const chat = await mount('im-chat')
    const [ann, bob] = [await gateway.pass({ sub: 't-cem' }), await gateway.pass({ sub: 't-dan' })]
    await chat.become({ sub: 't-cem' }, SHOP)
    await chat.part('composer').fill('cem half')
    await chat.setAtOnce({ token: bob }, { token: ann }, { token: bob })
    await expect.poll(() => chat.part('composer').inputValue()).toBe('')
    await chat.setAtOnce({ token: ann }, { token: bob }, { token: ann })
    await expect.poll(() => chat.part('composer').inputValue()).toBe('cem half')
    await chat.close()
  })
})

test.each(['at once', 'a while later'])('an element that is taken out and put back with another pass, %s, is that person’s', async (when) => {
  const chat = await mount('im-chat')
  const [first, second] = [{ sub: `r-ann-${when.length}` }, { sub: `r-bob-${when.length}` }]
  const bob = await person(gateway, second)
  await chat.become(first, SHOP)
  await chat.say('from ann')
  await chat.part('message').waitFor()
  await chat.part('composer').fill('ann half')
  await chat.page.evaluate(
    async ([token, isLater]) => {
      const element = document.querySelector('im-chat') as Chat
      element.remove()
      if (isLater) await new Promise((done) => setTimeout(done, 100))
      element.token = token
      document.body.append(element)
      await new Promise(requestAnimationFrame)
    },
    [await gateway.pass(second), when !== 'at once'] as const,
  )
  expect(await chat.shown()).not.toMatch(/from ann|ann half/)
  await chat.isLive()
  await chat.say('from bob')
  await expect.poll(() => textsOf(bob, SHOP)).toEqual([`${second.sub}: from bob`])
  bob.leave()
  await chat.close()
})

test('a picture that is going up, and words behind it: they are the first one’s, and go out once when that one is back', async () => {
  const [ann, bob] = [await person(gateway, { sub: 'p-ann' }), await person(gateway, { sub: 'p-bob' })]
  const chat = await mount('im-chat')
  await chat.become({ sub: 'p-ann' }, SHOP)
  await chat.part('file').waitFor({ state: 'attached' })
  let go = (): void => {}
  const isFree = new Promise<void>((resolve) => {
    go = resolve
  })
  let uploads = 0
  await chat.page.route('**/v1/images', async (route) => {
    uploads++
    await isFree
    // the page of the first one may have given it up
    await route.continue().catch(() => undefined)
  })
  await pastePicture(chat.page, { width: 40, height: 30 })
  await expect.poll(() => uploads).toBe(1)
  await chat.say('behind the picture')
  await chat.set({ token: await gateway.pass({ sub: 'p-bob' }) })
  await chat.isLive()
  go()
  await chat.say('bob')
  await expect.poll(() => textsOf(bob, SHOP)).toEqual(['p-bob: bob'])
  expect(await chat.part('message').count()).toBe(1)
  expect(await textsOf(ann, SHOP)).toEqual([])
  await chat.set({ token: await gateway.pass({ sub: 'p-ann' }) })
  await expect.poll(() => textsOf(ann, SHOP)).toEqual(['p-ann: Image', 'p-ann: behind the picture'])
  await expect.poll(() => chat.part('message').evaluateAll((all) => all.map((each) => each.getAttribute('data-state')))).toEqual(['sent', 'sent'])
  expect(await textsOf(bob, SHOP)).toEqual(['p-bob: bob'])
  for (const each of [ann, bob]) each.leave()
  await chat.close()
})

test('the app around the page brings another person’s pass, then logs out', async () => {
  const [ann, bob] = [await person(gateway, { sub: 'b-ann' }), await person(gateway, { sub: 'b-bob' })]
  const opened = await openPage(browser, 'about:blank', PHONE)
  const { page } = opened
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  await page.addInitScript(() => void Object.assign(window, { ReactNativeWebView: { postMessage() {} } }))
  await page.goto(`${gateway.url}/healthz`)
  await page.addScriptTag({ url: '/im-chat.js' })
  await page.evaluate(
    ([url, to, token]) => {
      const element = document.createElement('im-chat') as Chat
      Object.assign(element, { gateway: url, to, token, open: true })
      document.body.append(element)
    },
    [gateway.url, SHOP, await gateway.pass({ sub: 'b-ann' })] as const,
  )
  const tell = (message: object): Promise<unknown> =>
    page.evaluate(
      (each) => (window as unknown as { imChatBridge: { receive(message: unknown): unknown } }).imChatBridge.receive(each),
      JSON.stringify(message),
    )
  const texts = (): Promise<string[]> => hook(page, 'message').allTextContents()
  const say = async (text: string): Promise<void> => {
    await hook(page, 'composer').fill(text)
    await hook(page, 'send').tap()
  }
  await expect.poll(() => page.evaluate(() => 'imChatBridge' in window)).toBe(true)
  await say('ann here')
  await expect.poll(() => textsOf(ann, SHOP)).toEqual(['b-ann: ann here'])
  await hook(page, 'composer').fill('ann half')
  expect(await tell({ type: 'pass', token: await gateway.pass({ sub: 'b-bob' }) })).toEqual({ ok: true })
  await expect.poll(texts).toEqual([])
  expect(await hook(page, 'composer').inputValue()).toBe('')
  await say('bob here')
  await expect.poll(() => textsOf(bob, SHOP)).toEqual(['b-bob: bob here'])
  expect(await textsOf(ann, SHOP)).toEqual(['b-ann: ann here'])
  expect(await tell({ type: 'logout' })).toEqual({ ok: true })
  await expect.poll(texts).toEqual([])
  expect(await page.locator('im-chat').getAttribute('connection')).toMatch(/idle|closed/)
  // the first one only changed places, and left a draft
  const kept = (): Promise<string> =>
    page.evaluate(() =>
      Object.entries(localStorage)
        .map((each) => each.join(' '))
        .join('\n'),
    )
  expect(await kept()).not.toMatch(/bob/)
  expect(await kept()).toContain('ann half')
  for (const each of [ann, bob]) each.leave()
  await opened.close()
})

test('a shift changes at a desk: no number, notice, question or sound of the first agent’s is left for the second', async () => {
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  const desk = await mount('im-desk')
  const { page } = desk
  await page.evaluate(() => {
    document.title = 'Desk'
    document.hasFocus = () => false
    window.dispatchEvent(new Event('blur'))
    // a browser without a screen grants no notices: what is shown, and taken back, is counted here
    const notices = new Set<string>()
    class Notice {
      static permission = 'granted'
      onclose: (() => void) | undefined
      readonly title: string
      constructor(title: string) {
        notices.add((this.title = title))
      }
      close(): void {
        notices.delete(this.title)
        this.onclose?.()
      }
    }
    const heard: string[] = []
    document.querySelector('im-desk')!.addEventListener('im-sound', () => heard.push('sound'))
    document.querySelector('im-desk')!.addEventListener('im-unread', (event) => {
      heard.push(`unread ${(event as CustomEvent<{ count: number }>).detail.count}`)
    })
    Object.assign(window, { Notification: Notice, notices, heard })
  })
  const state = () =>
    page.evaluate(() => {
      const { heard, notices } = window as unknown as { heard: string[]; notices: Set<string> }
      return { title: document.title, notices: [...notices], heard: heard.splice(0) }
    })
  await desk.become({ sub: 's-ann', role: 'agent', shop: 's1' }, '')
  await kim.say('for the first shop', 'shop:s1')
  await page.locator('im-desk [data-to="kim"][data-unread="1"]').waitFor()
  await expect.poll(async () => (await state()).notices).toEqual(['New message from Kim'])
  expect((await state()).title).toBe('(1) Desk')
  await page.evaluate(() => Object.assign((window as unknown as { Notification: object }).Notification, { permission: 'default' }))
  await desk.setAtOnce({ token: await gateway.pass({ sub: 's-bea', role: 'agent', shop: 's2' }) })
  const after = await state()
  expect(after).toMatchObject({ title: 'Desk', notices: [] })
  expect(after.heard.at(-1)).toBe('unread 0')
  await desk.isLive()
  await kim.say('once more', 'shop:s1')
  await lee.say('for the second shop', 'shop:s2')
  await page.locator('im-desk [data-to="lee"][data-unread="1"]').waitFor()
  expect(await desk.shown()).not.toMatch(/Kim|once more|for the first/)
  const { heard, title } = await state()
  expect([title, heard.filter((each) => each.startsWith('unread'))]).toEqual(['(1) Desk', ['unread 1']])
  expect(await desk.part('question').count()).toBe(1)
  await desk.setAtOnce({ token: await gateway.pass({ sub: 's-cat', role: 'agent', shop: 's3' }) })
  await desk.isLive()
  expect([(await state()).title, await desk.part('question').count()]).toEqual(['Desk', 0])
  for (const each of [kim, lee]) each.leave()
  await desk.close()
})

test.each([
  ['im-chat', { sub: 'v-ann' }, { sub: 'v-bob' }, 'shop:views'],
  ['im-inbox', { sub: 'v-ann' }, { sub: 'v-bob' }, 'shop:views'],
  ['im-desk', { sub: 'v-amy', role: 'agent', shop: 'views' }, { sub: 'v-ben', role: 'agent', shop: 'views2' }, 'v-ann'],
] as const)('%s: a picture on the whole screen, the menu of a message and the tray close for the next person', async (tag, first, second, to) => {
  const headers = { authorization: `Bearer ${await gateway.pass({ sub: 'v-ann' })}` }
  const uploaded = await fetch(`${gateway.url}/v1/images`, { method: 'POST', headers, body: new Uint8Array(PICTURES.png) })
  const { url } = (await uploaded.json()) as { url: string }
  const ann = await person(gateway, { sub: 'v-ann' })
  await ann.say('Picture', 'shop:views', 'image', { url, width: 40, height: 30 })
  await ann.say('words', 'shop:views')
  const mounted = await mount(tag)
  const { page, part } = mounted
  await mounted.become(first, to)
  await page.locator(`${tag} .timeline a.picture`).last().click()
  await part('viewer').waitFor()
  await mounted.setAtOnce({ token: await gateway.pass(second) })
  await expect.poll(() => part('viewer').count()).toBe(0)
  await mounted.become(first, to)
  const bubble = part('message').filter({ hasText: 'words' }).last().locator('.bubble')
  await bubble.hover()
  await expect
    .poll(async () => {
      await bubble.click({ button: 'right' })
      return part('actions').isVisible()
    })
    .toBe(true)
  await mounted.setAtOnce({ token: await gateway.pass(second) })
  await expect.poll(() => part('actions').count()).toBe(0)
  if (tag === 'im-chat') {
    await mounted.become(first, to)
    await page.evaluate(() => Object.assign(document.querySelector('im-chat')!, { orders: [{ number: 'MG-7' }] }))
    await part('more').click()
    await part('tray').getByText('MG-7').waitFor()
    await mounted.setAtOnce({ token: await gateway.pass(second) })
    expect(await part('tray').count()).toBe(0)
  }
  ann.leave()
  await mounted.close()
})

test('a chat’s notices and count go with the first person, and the second’s are told, however few messages that one has', async () => {
  const shop = await person(gateway, { sub: 'n-amy', role: 'agent', shop: 'news', name: 'Amy' })
  const [ann, bob] = [await person(gateway, { sub: 'n-ann' }), await person(gateway, { sub: 'n-bob' })]
  for (const text of ['one', 'two', 'three']) await ann.say(text, 'shop:news')
  await bob.say('one', 'shop:news')
  const chat = await mount('im-chat')
  const { page } = chat
  await page.evaluate(() => {
    document.title = 'Shop'
    document.hasFocus = () => false
    window.dispatchEvent(new Event('blur'))
    const notices = new Set<string>()
    class Notice {
      static permission = 'granted'
      onclose: (() => void) | undefined
      readonly text: string
      constructor(_title: string, { body }: { body: string }) {
        notices.add((this.text = body))
      }
      close(): void {
        notices.delete(this.text)
        this.onclose?.()
      }
    }
    Object.assign(window, { Notification: Notice, notices })
  })
  const state = () => page.evaluate(() => [document.title, ...(window as unknown as { notices: Set<string> }).notices])
  await chat.become({ sub: 'n-ann' }, 'shop:news')
  // its script knows what was there before
  await chat.part('sound').waitFor()
  await page.evaluate(() => Object.assign(document.querySelector('im-chat')!, { open: false }))
  await shop.say('for Ann', 'n-ann')
  await expect.poll(state).toEqual(['(1) Shop', 'for Ann'])
  await chat.setAtOnce({ token: await gateway.pass({ sub: 'n-bob' }) })
  expect(await state()).toEqual(['Shop'])
  await chat.isLive()
  await expect.poll(() => chat.shown()).toContain('one')
  await shop.say('for Bob', 'n-bob')
  await expect.poll(state).toEqual(['(1) Shop', 'for Bob'])
  for (const each of [shop, ann, bob]) each.leave()
  await chat.close()
})

test('a product that one person has put away in the inbox is there for the next', async () => {
  const inbox = await mount('im-inbox')
  const { page, part } = inbox
  const wish = (id: string): Promise<void> =>
    page.evaluate(async (each) => {
      const channel = new BroadcastChannel('im-chat:open')
      const taken = new Promise((resolve) => (channel.onmessage = resolve))
      channel.postMessage({ type: 'wish', id: each, wish: { to: 'shop:wishes', product: { title: 'Kettle' } } })
      await taken
      channel.close()
    }, id)
  await inbox.become({ sub: 'w-ann' }, '')
  await wish('one')
  await part('offer-away').click()
  await expect.poll(() => part('offer').count()).toBe(0)
  await inbox.become({ sub: 'w-bob' }, '')
  await wish('two')
  await part('offer').getByText('Kettle').waitFor()
  await inbox.close()
})

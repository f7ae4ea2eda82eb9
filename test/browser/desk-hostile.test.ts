/** Whatever somebody calls himself or writes: it stays in its place on every screen, and stays text. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage } from './desk-page.ts'
import { HOSTILE_NAMES, hostileTexts, MARKUP } from './hostile.ts'
import { layoutFaults } from './layout-faults.ts'
import { person } from './person.ts'

const NARROW: PageOptions = { viewport: { width: 680, height: 800 } }
const TEXTS = hostileTexts(3900)
const REASON = `${MARKUP}\u202e${TEXTS.wall!.slice(0, 300)}`

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** Everybody who is called badly writes everything that is written badly, to `shop`. */
async function attack(shop: string, who = Object.entries(HOSTILE_NAMES)): Promise<void> {
  for (const [sub, name] of who) {
    const mallory = await person(gateway, { sub: sub === 'nobody' ? 'guest-ab12cd34-0000-4000-8000-000000000000' : sub, name })
    for (const text of Object.values(TEXTS)) await mallory.say(text, shop)
    const short = TEXTS[sub]?.slice(0, 200) ?? name
    await mallory.say('card', shop, 'product', { title: short, price: short })
    await mallory.say(TEXTS[sub] ?? 'Hello', shop, 'order', { number: short, status: short })
    mallory.leave()
  }
}

describe('bodies that break what handles them', () => {
  /** What a stranger may send beside words; none of it may stop a render, or be fetched from the stranger's server. */
  const BODIES: readonly (readonly [kind: string, body: Record<string, unknown>])[] = [
    ['text', { url: { toString: 1 } }],
    ['note', { url: { toString: 1 } }],
    ['image', { url: 'data:image/png;base64,x', progress: {} }],
    ['image', { url: ['https://x'] }],
    ['product', { title: 'T', image: { toString: 1 }, url: {}, price: [] }],
    ['order', { number: '7', status: {}, total: { toString: 1 } }],
    ['product', { title: 'Spy', image: 'http://spy.invalid/pixel.png', url: 'http://spy.invalid/' }],
    ['image', { url: 'http://spy.invalid/photo.png', width: 10, height: 10 }],
  ]

  test('every row is rendered, each conversation under its own name, and no picture is fetched without asking', async () => {
    const good = await person(gateway, { sub: 'good', name: 'Ms Good' })
    await good.say('Hello from Ms Good', 'shop:hbody')
    const mallory = await person(gateway, { sub: 'mallory', name: 'Mallory' })
    for (const [kind, body] of BODIES) await mallory.say('words', 'shop:hbody', kind, body)
    const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'hbody' }, { ...DESKTOP, expected: /spy\.invalid/ })
    const asked: string[] = []
    ann.page.on('request', (request) => request.url().includes('spy.invalid') && asked.push(request.url()))
    for (const to of ['good', 'mallory', 'good', 'mallory']) {
      await ann.open(to)
      await expect.poll(() => ann.part('message').count()).toBe(to === 'good' ? 1 : BODIES.length)
      expect(await ann.part('panel').locator('h2.title').textContent()).toBe(to === 'good' ? 'Ms Good' : 'Mallory')
    }
    expect(await ann.page.locator('im-desk [data-test=conversation]').count()).toBe(2)
    expect(asked).toEqual([])
    const buttons = ann.part('panel').locator('[data-test=show-picture]')
    expect(await buttons.count()).toBe(2)
    await ann.shot('hostile-pictures')
    await buttons.first().click()
    expect(await ann.part('panel').locator('img[src*="spy.invalid"]').count()).toBe(1)
    expect(await buttons.first().isVisible()).toBe(false)
    await ann.close()
    for (const each of [good, mallory]) each.leave()
  }, 60_000)
})

test('a conversation that cannot be rendered is closed: nothing of it is shown beside another person', async () => {
  const good = await person(gateway, { sub: 'good', name: 'Ms Good' })
  await good.say('Hello from Ms Good', 'shop:hthrow')
  const bad = await person(gateway, { sub: 'bad', name: 'Mr Bad' })
  await bad.say('Hello from Mr Bad', 'shop:hthrow')
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'hthrow' }, DESKTOP)
  await ann.open('good')
  await expect.poll(() => ann.part('message').count()).toBe(1)
  await ann.page.evaluate(() => {
    const desk = document.querySelector('im-desk') as unknown as { to: string; detail(): string }
    const { detail } = desk
    // what no check of ours foresaw
    desk.detail = () => {
      if (desk.to === 'bad') throw new Error('unforeseen')
      return detail.call(desk)
    }
  })
  await ann.row('bad').click()
  await ann.part('vacant').waitFor()
  expect(await ann.page.evaluate(() => (document.querySelector('im-desk') as HTMLElement & { to: string }).to)).toBe('')
  expect(await ann.part('composer').isVisible()).toBe(false)
  await ann.open('good')
  await expect.poll(() => ann.part('panel').locator('h2.title').textContent()).toBe('Ms Good')
  expect(await ann.part('message').allTextContents()).toEqual([expect.stringContaining('Hello from Ms Good')])
  await ann.close()
  for (const each of [good, bad]) each.leave()
}, 60_000)

describe('the desk', () => {
  test.each([
    ['wide', DESKTOP],
    ['narrow', NARROW],
  ] as readonly (readonly [string, PageOptions])[])(
    'rows, bubbles, head and side panel hold: %s',
    async (size, options) => {
      const shop = `h${size}`
      await attack(`shop:${shop}`)
      const ann = await deskPage(browser, gateway, { agent: 'ann', shop }, options)
      for (const to of [...Object.keys(TEXTS), 'guest-ab12cd34-0000-4000-8000-000000000000']) {
        if (await ann.part('back').isVisible()) await ann.part('back').click()
        await ann.open(to)
        await expect.poll(() => ann.part('message').count()).toBe(9)
        expect(await layoutFaults(ann.page, 'im-desk')).toEqual([])
        await ann.shot(`hostile-${size}-${to}`)
      }
      expect(await ann.part('panel').locator('h2.title').textContent()).toBe('Guest ab12')
      expect(await ann.row('guest-ab12cd34-0000-4000-8000-000000000000').locator('.face').textContent()).toBe('AB')
      expect(await ann.row('markup').textContent()).toContain('<script>alert(1)</script>')
      await ann.close()
    },
    120_000,
  )

  test('from right to left names are beside their discs, and nothing overflows', async () => {
    await attack('shop:hrtl', [
      ['turned', HOSTILE_NAMES.turned!],
      ['wide', 'W'],
      ['lina', 'لينا'],
    ])
    const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'hrtl' })
    for (const dir of ['ltr', 'rtl']) {
      await ann.page.evaluate((way) => {
        document.documentElement.dir = way
        document.querySelector('im-desk')!.requestUpdate()
      }, dir)
      await ann.page.locator(`im-desk .root[dir=${dir}]`).waitFor({ state: 'attached' })
      await ann.open('wide')
      expect(await layoutFaults(ann.page, 'im-desk')).toEqual([])
      for (const to of ['wide', 'lina']) {
        const away = await ann.row(to).evaluate((row) => {
          const text = document.createRange()
          text.selectNodeContents(row.querySelector('.entry-name')!)
          const [face, name] = [row.querySelector('.face')!.getBoundingClientRect(), text.getBoundingClientRect()]
          return Math.max(name.left - face.right, face.left - name.right)
        })
        expect(away, `${to} ${dir}`).toBeLessThan(16)
      }
      await ann.shot(`hostile-${dir}`)
    }
    await ann.close()
  })

  test('notes, quick replies, search results, the offer, the picker of colleagues and the list of blocked people stay intact', async () => {
    await attack('shop:hall', [
      ['markup', HOSTILE_NAMES.markup!],
      ['wall', HOSTILE_NAMES.wall!],
    ])
    const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'hall' })
    const mallory = await person(gateway, { sub: 'mal', role: 'agent', shop: 'hall', name: HOSTILE_NAMES.turned! })
    const wide = await person(gateway, { sub: 'wid', role: 'agent', shop: 'hall', name: HOSTILE_NAMES.wide! })
    const holds = async (shot: string): Promise<void> => {
      await ann.shot(`hostile-${shot}`)
      expect(await layoutFaults(ann.page, 'im-desk'), shot).toEqual([])
    }
    await ann.open('markup')
    const conversation = (await ann.row('markup').getAttribute('data-conversation'))!
    for (const [id, text] of Object.entries(hostileTexts(2000))) {
      expect(await mallory.ask('saveNote', { conversation, id, text })).toMatchObject({ ok: true })
      const quickReply = { id, scope: 'shop', title: text.slice(0, 80), folder: text.slice(0, 80), text }
      expect(await mallory.ask('saveQuickReply', { quickReply })).toMatchObject({ ok: true })
    }
    await expect.poll(() => ann.part('note').count()).toBe(7)
    await holds('notes')
    await ann.part('show-replies').click()
    await expect.poll(() => ann.part('managed-reply').count()).toBe(7)
    await holds('replies')
    await ann.part('edit-reply').first().click()
    await holds('reply-form')
    await ann.page.keyboard.press('Escape')
    await ann.part('composer').fill('')
    await ann.part('composer').pressSequentially('/')
    await expect.poll(() => ann.part('quick-reply').count()).toBe(7)
    await holds('picker')
    await ann.page.keyboard.press('Escape')
    await ann.part('composer').fill('')
    await ann.part('search').fill('script')
    await ann.page.locator('im-desk .entry mark').first().waitFor()
    await holds('search')
    await ann.part('search').fill('')
    await ann.part('close').click()
    await ann.part('told').waitFor()
    await holds('closed')
    expect(await wide.ask('claim', { conversation })).toMatchObject({ ok: true })
    await ann
      .part('service')
      .getByText(/^Assigned to(?! you)/)
      .waitFor()
    await wide.ask('typing', { conversation, on: true })
    await ann.part('answering').waitFor()
    await holds('theirs')
    expect(await wide.ask('transfer', { conversation, to: 'ann', note: REASON })).toMatchObject({ ok: true })
    await ann.part('offered').waitFor()
    await holds('offered')
    await ann.part('accept').click()
    await ann.part('service').getByText('Assigned to you').waitFor()
    await ann.part('transfer').click()
    await expect.poll(() => ann.part('colleague').count()).toBe(2)
    await holds('colleagues')
    await ann.page.locator('im-desk [data-test=colleague][data-id=wid]').click()
    await ann.part('transfer-it').click()
    await ann.part('take-back').waitFor()
    await holds('offered-by-me')
    await ann.part('take-back').click()
    await ann.part('take-back').waitFor({ state: 'detached' })
    expect(await mallory.ask('block', { conversation, reason: REASON })).toMatchObject({ ok: true })
    await ann.page.locator('im-desk [data-test=service][data-state=blocked]').waitFor()
    await holds('blocked')
    await ann.part('show-blocked').click()
    await ann.part('blocked-entry').waitFor()
    await holds('blocked-list')
    await ann.page.keyboard.press('Escape')
    await ann.part('unblock').click()
    await ann.part('told').waitFor()
    await holds('told')
    mallory.leave()
    wide.leave()
    await ann.close()
  }, 120_000)
})

describe('the customer’s side', () => {
  test('the inbox stays intact', async () => {
    const inbox = await openPage(browser, `${gateway.url}/inbox.html?customer=kim&name=Kim`, DESKTOP)
    await inbox.page.locator('im-inbox[connection="live"]').waitFor()
    await attack(
      'kim',
      Object.entries(HOSTILE_NAMES).filter(([sub]) => sub !== 'nobody'),
    )
    for (const to of Object.keys(HOSTILE_NAMES).filter((sub) => sub !== 'nobody')) {
      await inbox.page.locator(`im-inbox [role=option][data-to="${to}"]`).click()
      await inbox.page.locator(`im-inbox [data-test=panel][data-to="${to}"] [data-test=message]`).last().waitFor()
      expect(await layoutFaults(inbox.page, 'im-inbox'), to).toEqual([])
      if (process.env.DESK_SHOTS) await inbox.page.screenshot({ path: `${process.env.DESK_SHOTS}/hostile-inbox-${to}.png` })
    }
    await inbox.close()
  }, 120_000)

  test.each([
    ['phone', PHONE],
    ['phone from right to left', PHONE],
  ] as const)(
    'the chat on a %s holds',
    async (name, options) => {
      const phone = await openPage(browser, `${gateway.url}/phone.html`, options)
      if (name !== 'phone')
        await phone.page.evaluate(() => {
          document.documentElement.dir = 'rtl'
        })
      await hook(phone.page, 'composer').fill('Hello')
      await hook(phone.page, 'send').tap()
      const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
      const { conversations } = (await ann.ask('conversations', { limit: 1 })) as { conversations: { to: string }[] }
      ann.leave()
      for (const [sub, called] of Object.entries(HOSTILE_NAMES)) {
        const mallory = await person(gateway, { sub: `agent-${sub}`, role: 'agent', shop: '42', name: called })
        for (const [which, text] of Object.entries(TEXTS)) {
          if (which !== 'far' || sub === 'far') await mallory.say(text, conversations[0]!.to)
        }
        await mallory.say('card', conversations[0]!.to, 'product', { title: called.slice(0, 80), price: called })
        const { head } = (await mallory.ask('history', { to: conversations[0]!.to, limit: 1 })) as { head: { seq: number } }
        await expect.poll(() => hook(phone.page, 'message').last().getAttribute('data-seq')).toBe(String(head.seq))
        expect(await layoutFaults(phone.page, 'im-chat'), sub).toEqual([])
        if (process.env.DESK_SHOTS) await phone.page.screenshot({ path: `${process.env.DESK_SHOTS}/hostile-${name}-${sub}.png` })
        mallory.leave()
      }
      await phone.close()
    },
    120_000,
  )
})

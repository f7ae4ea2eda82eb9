/** Two persons, one after the other, on one living element. The gateway's own histories are the witness. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type PassClaims, type SpawnedGateway } from '../kit/gateway.ts'
import { mountElement, type Chat, type Mounted, type Tag } from './mount-element.ts'
import { person, textsOf } from './person.ts'

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

const mount = (tag: Tag, context?: TestPage): Promise<Mounted> => mountElement(tag, { browser, gateway }, context)

/** Whom each kind of page is of, and whom they talk to. */
const CASTS: readonly [Tag, { first: PassClaims; second: PassClaims; firstTo: string; secondTo: string }][] = [
  ['im-chat', { first: { sub: 'c-ann' }, second: { sub: 'c-bob' }, firstTo: 'shop:42', secondTo: 'shop:42' }],
  ['im-inbox', { first: { sub: 'i-ann' }, second: { sub: 'i-bob' }, firstTo: 'shop:42', secondTo: 'shop:42' }],
  [
    'im-desk',
    {
      first: { sub: 'd-7', role: 'agent', shop: 'd1' },
      second: { sub: 'd-7', role: 'agent', shop: 'd2' },
      firstTo: 'd-kim',
      secondTo: 'd-kim',
    },
  ],
]

describe.each(CASTS)('%s', (tag, cast) => {
  const { first, firstTo } = cast

  test('nothing of the first is shown to the second or said in the second’s name, and it goes out when the first is back', async () => {
    // others each time, or a second try would find what the first one wrote
    const run = Math.random().toString(36).slice(2, 7)
    const [first, second] = [cast.first, cast.second].map((claims) => ({ ...claims, sub: `${claims.sub}-${run}` })) as [PassClaims, PassClaims]
    const [firstTo, secondTo] = [cast.firstTo, cast.secondTo].map((to) => (tag === 'im-desk' ? `${to}-${run}` : to)) as [string, string]
    const one = await person(gateway, first)
    const two = await person(gateway, second)
    const mounted = await mount(tag)
    const { page, part, context } = mounted
    const told: string[] = []
    page.on('console', (message) => void (message.text().startsWith('im-person') && told.push(message.text())))
    // before its first pass the chat is the guest's
    if (tag === 'im-chat') await page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
    await mounted.become(first, firstTo)
    await mounted.say('ann online')
    await expect.poll(() => textsOf(one, firstTo)).toEqual([`${first.sub}: ann online`])
    await context.setOffline(true)
    await page.locator(`${tag}[connection="waiting"]`).waitFor({ state: 'attached' })
    await mounted.say('ann offline 1')
    await mounted.say('ann offline 2')
    await part('composer').fill('ann half wri')
    expect(await mounted.shown()).toContain('ann offline 2')
    const token = await gateway.pass(second)
    await mounted.set({ token, to: secondTo })
    await expect.poll(() => mounted.shown()).not.toMatch(/ann (online|offline|half)/)
    await context.setOffline(false)
    await page.locator(`${tag}[connection="live"]`).waitFor({ state: 'attached' })
    await mounted.say('second')
    await expect.poll(() => textsOf(two, secondTo)).toEqual([`${second.sub}: second`])
    await page.waitForTimeout(1500)
    expect(await mounted.shown()).not.toMatch(/ann (online|offline|half)/)
    expect([await textsOf(one, firstTo), await textsOf(two, secondTo)]).toEqual([[`${first.sub}: ann online`], [`${second.sub}: second`]])
    // before its first pass a chat was the guest's
    expect(told.map((line) => /"id":"([^"]+)"/.exec(line)?.[1])).toEqual(tag === 'im-chat' ? [first.sub, second.sub] : [second.sub])
    await mounted.become(first, firstTo)
    await expect.poll(() => part('composer').inputValue()).toBe('ann half wri')
    await expect.poll(() => textsOf(one, firstTo)).toEqual(['ann online', 'ann offline 1', 'ann offline 2'].map((text) => `${first.sub}: ${text}`))
    expect(await mounted.shown()).not.toContain('second')
    expect(await textsOf(two, secondTo)).toEqual([`${second.sub}: second`])
    one.leave()
    two.leave()
    await mounted.close()
  })

  test('a fresh pass of the same person keeps the connection, the open conversation and the draft', async () => {
    const mounted = await mount(tag)
    await mounted.become(first, firstTo)
    await mounted.part('composer').fill('half')
    await mounted.page.evaluate((name) => {
      const element = document.querySelector(name)!
      const seen = ((document as unknown as { seen: string[] }).seen = [])
      for (const type of ['im-connection', 'im-person']) element.addEventListener(type, () => (seen as string[]).push(type))
    }, tag)
    await mounted.set({ token: await gateway.pass({ ...first, name: 'Renamed' }) })
    await mounted.page.waitForTimeout(800)
    expect(await mounted.page.evaluate(() => (document as unknown as { seen: string[] }).seen)).toEqual([])
    expect(await mounted.part('composer').inputValue()).toBe('half')
    await mounted.close()
  })

  test('logout() leaves nothing on the device, in no window', async () => {
    const here = await mount(tag)
    const there = await mount(tag, here)
    await here.become(first, firstTo)
    await there.become(first, firstTo)
    await here.part('composer').fill('a secret draft')
    await expect.poll(() => there.part('composer').inputValue()).toBe('a secret draft')
    await here.page.evaluate((name) => (document.querySelector(name) as Chat).logout(), tag)
    await expect.poll(() => there.page.evaluate((name) => (document.querySelector(name) as Chat).token, tag)).toBe('')
    for (const { page, shown } of [here, there]) {
      await expect.poll(() => page.locator(tag).getAttribute('connection')).toMatch(/idle|closed/)
      await expect.poll(shown).not.toMatch(/secret/)
      const kept = await page.evaluate(() => JSON.stringify(localStorage))
      expect(kept).not.toContain('secret')
      expect(kept).not.toContain(first.sub)
    }
    await here.close()
  })
})

describe('a shift change at a desk', () => {
  test('the next agent finds a desk as if newly opened, and answers as himself', async () => {
    const kim = await person(gateway, { sub: 's-kim', name: 'Kim' })
    await kim.say('hello', 'shop:s9')
    const desk = await mount('im-desk')
    const { page, part } = desk
    await desk.become({ sub: 's-ann', role: 'agent', shop: 's9', name: 'Ann' }, '')
    await page.locator('im-desk [role=option][data-to="s-kim"]').click()
    await part('message').first().waitFor()
    await part('composer').fill('ann half')
    await part('search').fill('kim')
    await part('note').first().or(page.locator('im-desk .composer')).first().waitFor()
    await page.keyboard.press('Alt+n')
    await part('note-field').fill('ann’s private note')
    await part('show-replies').click()
    await part('replies-dialog').waitFor()
    await desk.set({ token: await gateway.pass({ sub: 's-bob', role: 'agent', shop: 's9', name: 'Bob' }) })
    await expect.poll(() => page.locator('im-desk dialog').count()).toBe(0)
    await expect.poll(() => part('note-form').count()).toBe(0)
    expect(await part('search').inputValue()).toBe('')
    expect(await page.evaluate(() => (document.querySelector('im-desk') as Chat).to)).toBe('')
    await page.locator('im-desk[connection="live"]').waitFor()
    // Kim is Ann's, and the shelf that a desk begins with is one's own
    await page.locator('im-desk [data-shelf=all]').click()
    await page.locator('im-desk [role=option][data-to="s-kim"]').click()
    await part('message').first().waitFor()
    expect(await desk.shown()).not.toMatch(/ann half|private note/)
    await desk.say('bob here')
    await expect.poll(() => textsOf(kim, 'shop:s9')).toEqual(['s-kim: hello', 's-bob: bob here'])
    await desk.set({ token: '' })
    await page.locator('im-desk[connection="idle"]').waitFor()
    await expect.poll(() => desk.shown()).not.toMatch(/bob here|hello/)
    kim.leave()
    await desk.close()
  })
})

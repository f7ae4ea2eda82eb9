/** A person blocks a person in `<im-inbox>` and `<im-chat>`, and a guest is seen to be one. */
import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'
import { mountElement } from './mount-element.ts'

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

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })

async function arrive(token: string): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token })
  return wireClient
}

/** For whoever wants to look: SCREENSHOTS names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${name}.png` })
}

test.each([
  ['desktop', DESKTOP, 'en'],
  ['phone', PHONE, 'zh-CN'],
  ['narrow', { ...DESKTOP, viewport: { width: 320, height: 560 } }, 'en'],
] as const)('in the inbox, %s: asked, blocked, undone', async (name, device, lang) => {
  const [ann, bob] = [`ann-${name}`, `bob-${name}`]
  const wireClient = await arrive(await gateway.pass({ sub: bob, name: 'Bob' }))
  await wireClient.command('send', text(ann, 'm1'))
  const token = await gateway.pass({ sub: ann })
  const { page, close } = await openPage(browser, `${gateway.url}/inbox.html?token=${token}`, device)
  if (name === 'desktop') await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('im-inbox[connection="live"]').waitFor()
  await page.locator('im-inbox').evaluate(
    (element, [to, words]) => {
      const inbox = element as HTMLElementTagNameMap['im-inbox']
      inbox.lang = words
      inbox.open(to)
    },
    [bob, lang] as const,
  )
  const find = (hook: string) => page.locator(`im-inbox [data-test=${hook}]`)
  await find('block-person').click()
  await picture(page, `inbox-${name}-ask`)
  await find('person-close').click()
  expect((await wireClient.ask('send', text(ann, 'm2'))).ok).toBe(true)
  await find('block-person').click()
  await find('person-yes').click()
  await page.locator('im-inbox [data-saying=blocked]').waitFor()
  await picture(page, `inbox-${name}-blocked`)
  expect((await wireClient.ask('send', text(ann, 'm3'))).error?.code).toBe('blocked')
  await find('person-unblock').click()
  await page.locator('im-inbox [data-saying=unblocked]').waitFor()
  expect((await wireClient.ask('send', text(ann, 'm4'))).ok).toBe(true)
  await find('person-undo').click()
  await page.locator('im-inbox [data-saying=blocked]').waitFor()
  expect((await wireClient.ask('send', text(ann, 'm5'))).error?.code).toBe('blocked')
  await close()
})

test('in the chat with a person: blocked, still so after a reload; the other person sees it', async () => {
  const token = await gateway.pass({ sub: 'cat' })
  const other = await gateway.pass({ sub: 'dog', name: 'Dog' })
  await (await arrive(other)).command('send', text('cat', 'm1'))
  const opened = await openPage(browser, `${gateway.url}/product.html`, PHONE)
  const { page } = opened
  const place = (pass: string, to: string): Promise<void> =>
    page.evaluate(
      ([given, partner]) => {
        const chat = document.createElement('im-chat')
        const old = document.querySelector('im-chat')!
        Object.assign(chat, { gateway: (old as HTMLElementTagNameMap['im-chat']).gateway, token: given, to: partner, open: true })
        old.replaceWith(chat)
      },
      [pass, to] as const,
    )
  const find = (hook: string) => page.locator(`im-chat [data-test=${hook}]`)
  await page.locator('im-chat').waitFor({ state: 'attached' })
  await place(token, 'dog')
  await page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  await find('block-person').click()
  await picture(page, 'chat-ask')
  await find('person-yes').click()
  await page.locator('im-chat [data-saying=blocked]').waitFor()
  await picture(page, 'chat-blocked')
  await place(token, 'dog')
  await page.locator('im-chat [data-saying=blocked]').waitFor()
  await place(other, 'cat')
  await page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  await page.getByText('You can’t message this person.').first().waitFor()
  await picture(page, 'chat-refused')
  await opened.close()
})

test('a guest named Support is a guest in the list, the header and while it types', async () => {
  const response = await fetch(`${gateway.url}/v1/guests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Support' }),
  })
  const guest = (await response.json()) as { token: string; sub: string }
  const wireClient = await arrive(guest.token)
  await wireClient.command('send', text('shop:42', 'm1'))
  const token = await gateway.pass({ sub: 'a1', role: 'agent', shop: '42' })
  const { page, close } = await openPage(browser, `${gateway.url}/desk.html?token=${token}`, DESKTOP)
  await page.locator('im-desk[connection="live"]').waitFor()
  await page.locator('im-desk').evaluate((element, to) => (element as HTMLElementTagNameMap['im-desk']).open(to), guest.sub)
  await wireClient.command('typing', { to: 'shop:42' })
  await page.locator('im-desk [data-test=panel] .status[data-typing]').waitFor()
  expect(await page.locator('im-desk [data-test=panel] h2').textContent()).toBe('Guest · Support')
  expect(await page.locator('im-desk [data-test=panel] .row .name').first().textContent()).toBe('Guest · Support')
  expect(await page.locator('im-desk [data-row] .entry-name').first().textContent()).toBe('Guest · Support')
  expect(await page.locator('im-desk [data-test=panel] .status').textContent()).toContain('Guest · Support')
  await picture(page, 'desk-guest')
  await close()
})

test.each(['im-inbox', 'im-chat'] as const)('%s: what one person could not block is not told to the next', async (tag) => {
  const { become, close, context, part, set } = await mountElement(tag, { browser, gateway })
  await become({ sub: 'first' }, 'bob')
  await part('block-person').click()
  await context.setOffline(true)
  await part('person-yes').click()
  await set({ token: await gateway.pass({ sub: 'second' }), to: 'bob' })
  await context.setOffline(false)
  await part('block-person').waitFor()
  expect(await part('person-bar').count()).toBe(0)
  await close()
})

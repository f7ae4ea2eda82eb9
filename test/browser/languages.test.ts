/** Every language on every page: it comes, fits, and a page can say it in its own words. */
import { readdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { chatSite, type ChatSite } from './chat-site.ts'
import { deskPage } from './desk-page.ts'
import { layoutFaults } from './layout-faults.ts'
import { person } from './person.ts'

const LANGUAGES = readdirSync('widget/locales', { withFileTypes: true }).flatMap((each) =>
  each.isDirectory() && each.name !== 'en' ? [each.name] : [],
)
const NARROW = { ...PHONE, viewport: { width: 320, height: 568 } }
/** With `LANGUAGE_SHOTS` set, a folder, a picture of each page in each language is left there. */
const SHOTS = process.env.LANGUAGE_SHOTS

let site: ChatSite
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  site = await chatSite()
  gateway = await spawnGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await site.close()
})

type Speaking = HTMLElement & { strings: unknown; updateComplete: Promise<unknown> }

/** Labels that are wider than their buttons. */
const cutLabels = (page: Page, tag: string): Promise<string[]> =>
  page.evaluate(
    (name) =>
      [...document.querySelector(name)!.shadowRoot!.querySelectorAll('button, .service-word, .chips, h2, dt')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0 && each.textContent.trim() !== '')
        .map((each) => `"${each.textContent.trim()}" is ${each.scrollWidth} px in ${each.clientWidth}`),
    tag,
  )

/** Switches the language and waits until the words `selector` are others; then nothing may stick out or be cut. */
async function holds(page: Page, tag: string, { language, name }: { language: string; name: string }): Promise<void> {
  const label = (): Promise<string | null> => hook(page, tag === 'im-chat' ? 'close' : 'search', tag).getAttribute('aria-label')
  const before = await label()
  await page.evaluate(([at, lang]) => void (document.querySelector<HTMLElement>(at!)!.lang = lang!), [tag, language])
  await expect.poll(label).not.toBe(before)
  await page.evaluate((at) => document.querySelector<Speaking>(at)!.updateComplete, tag)
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${language}.png` })
  expect([language, name, await layoutFaults(page, tag), await cutLabels(page, tag)]).toEqual([language, name, [], []])
  expect(await page.evaluate((at) => document.querySelector(at)!.shadowRoot!.querySelector<HTMLElement>('.root')!.dir, tag)).toBe(
    language === 'ar' ? 'rtl' : 'ltr',
  )
}

test('the chat speaks every language on a phone of 320 px', async () => {
  const { page, close } = await openPage(browser, `${site.url}/?lang=en`, NARROW)
  await hook(page, 'launcher').tap()
  await hook(page, 'panel').waitFor()
  await page.evaluate(() => {
    memory.say('Do you ship to Lisbon?')
    memory.answer = 'fail'
    chat.setAttribute('product', '{"title":"Kettle","price":"€ 40","url":"https://shop.example/kettle"}')
  })
  await hook(page, 'composer').fill('x'.repeat(3990))
  for (const language of LANGUAGES) await holds(page, 'im-chat', { language, name: 'chat' })
  await hook(page, 'composer').fill('Hello')
  await hook(page, 'send').tap()
  await hook(page, 'retry').waitFor()
  await page.evaluate(() => memory.setConnection({ name: 'waiting', retryAt: Date.now() + 60_000 } as never))
  for (const language of LANGUAGES) await holds(page, 'im-chat', { language, name: 'chat-offline' })
  await close()
})

test('the inbox speaks every language', async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/inbox.html?customer=zoe&name=Zoe`, DESKTOP)
  await page.locator('im-inbox[connection="live"]').waitFor()
  for (const language of LANGUAGES) await holds(page, 'im-inbox', { language, name: 'inbox' })
  await close()
})

test('the desk speaks every language, its dialogs too', async () => {
  const ann = await deskPage(browser, gateway, { agent: 'ann', shop: 'words' })
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Where is my parcel?', 'shop:words')
  for (const language of LANGUAGES) await holds(ann.page, 'im-desk', { language, name: 'desk-empty' })
  await ann.open('kim')
  for (const language of LANGUAGES) await holds(ann.page, 'im-desk', { language, name: 'desk' })
  for (const dialog of ['show-shortcuts', 'show-replies', 'transfer', 'show-blocked']) {
    await ann.part(dialog).click()
    await ann.page.locator('im-desk dialog').waitFor()
    for (const language of LANGUAGES) await holds(ann.page, 'im-desk', { language, name: `desk-${dialog}` })
    await ann.page.keyboard.press('Escape')
    await ann.page.locator('im-desk dialog').waitFor({ state: 'detached' })
  }
  kim.leave()
  await ann.close()
}, 180_000)

test('an element in another language shows it from its first render', async () => {
  const { page, close } = await openPage(browser, 'about:blank', DESKTOP)
  await page.goto(`${gateway.url}/healthz`)
  await page.addScriptTag({ url: '/im-inbox.js' })
  const labels = await page.evaluate(async () => {
    await customElements.whenDefined('im-inbox')
    const inbox = document.createElement('im-inbox')
    inbox.lang = 'de-CH'
    const seen: (string | null | undefined)[] = []
    document.body.append(inbox)
    while (seen.length < 20) {
      await new Promise(requestAnimationFrame)
      const search = inbox.shadowRoot?.querySelector('[data-test=search]')
      if (search) seen.push(search.getAttribute('aria-label'))
    }
    return seen
  })
  expect([...new Set(labels)]).toEqual(['Unterhaltungen suchen'])
  await close()
})

test('a language that a page registers is there for elements before and after, by the loader as well as by a module', async () => {
  const { page, close } = await openPage(browser, `${site.url}/?lang=nl`, PHONE)
  await hook(page, 'launcher').waitFor()
  const label = (): Promise<string | null> => hook(page, 'launcher').getAttribute('aria-label')
  expect(await label()).toBe('Open chat')
  await page.evaluate(() => {
    const texts = { chat: { launcher: { open: 'Chat openen' }, close: 'Chat sluiten', left: { one: 'nog 1 teken', other: 'nog {n} tekens' } } }
    ;(window as unknown as { imChat: { registerLanguage(tag: string, texts: object): void } }).imChat.registerLanguage('nl', texts)
  })
  await expect.poll(label).toBe('Chat openen')
  await hook(page, 'launcher').tap()
  await expect.poll(() => hook(page, 'close').getAttribute('aria-label')).toBe('Chat sluiten')
  await hook(page, 'composer').fill('x'.repeat(3999))
  await expect.poll(() => hook(page, 'limit').textContent()).toBe('nog 1 teken')
  // what it lacks is English
  expect(await hook(page, 'send').getAttribute('aria-label')).toBe('Send')
  // as text, because the test's own compiler knows another `import`
  await page.evaluate(`import('/modern/im-chat.js').then(({ registerLanguage }) => registerLanguage('nl', { chat: { send: 'Verzenden' } }))`)
  await expect.poll(() => hook(page, 'send').getAttribute('aria-label')).toBe('Verzenden')
  await close()
})

test("an element says it in the page's own words; what is no text stays as it was, with one warning", async () => {
  const opened = await openPage(browser, `${site.url}/?lang=de`, PHONE)
  const { page } = opened
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate(() => {
    Object.assign(chat, {
      strings: { chat: { launcher: { open: 'Frag Mia' }, send: 7, close: null, states: 'none', left: { other: 5 }, placeholder: 'Frag uns' } },
    })
  })
  await expect.poll(() => hook(page, 'launcher').getAttribute('aria-label')).toBe('Frag Mia')
  await hook(page, 'launcher').tap()
  await hook(page, 'panel').waitFor()
  expect(await hook(page, 'composer').getAttribute('placeholder')).toBe('Frag uns')
  expect(await hook(page, 'send').getAttribute('aria-label')).toBe('Senden')
  expect(await hook(page, 'close').getAttribute('aria-label')).toBe('Chat schließen')
  await page.evaluate(() => void memory.say('Hallo'))
  const ofTexts = warnings.filter((each) => each.includes('no text'))
  expect(ofTexts).toEqual([expect.stringMatching(/chat\.send.*/)])
  await page.evaluate(() => Object.assign(chat, { strings: undefined }))
  await expect.poll(() => hook(page, 'composer').getAttribute('placeholder')).toBe('Nachricht')
  await page.evaluate(() => Object.assign(chat, { strings: 'none' }))
  await opened.close()
})

/**
 * `npm run pictures`: the pictures of the README, taken of the demo with a real conversation. Needs a build and Chromium; writes docs/pictures.
 * The keyboard is drawn: no browser on a computer has one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { hook, launchChromium, openPage, PHONE, type PageOptions } from '../kit/browser.ts'
import { DEMO_WORD, startGateway } from '../kit/gateway.ts'

const FOLDER = 'docs/pictures'
const PHONE_PX = { width: 390, height: 760 }
const KEYBOARD_PX = 292
const DESK_PX = { width: 1180, height: 720 }

const TALK: readonly (readonly ['lee' | 'ann', string])[] = [
  ['lee', 'Hi! Does the Kumo kettle work on an induction hob?'],
  ['ann', 'Hello Lee, it does: the base is steel, so gas, electric and induction are all fine.'],
  ['lee', 'Great. And if I order today?'],
  ['ann', 'Then it leaves tonight and is with you on Thursday.'],
]

const KEY_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

const gateway = await startGateway()
const browser = await launchChromium()
try {
  const desk = await open(`/desk.html?agent=ann`, { viewport: DESK_PX, deviceScaleFactor: 2 })
  const phone = await open('/phone.html', {
    ...PHONE,
    viewport: { ...PHONE_PX, height: PHONE_PX.height - KEYBOARD_PX },
  })
  const token = await gateway.pass({ sub: 'lee', name: 'Lee' })
  await phone.evaluate((pass) => void (document.querySelector('im-chat')!.token = pass), token)
  for (const [who, text] of TALK) await write(who === 'lee' ? phone : desk, who === 'lee' ? 'im-chat' : 'im-desk', text)
  await hook(phone, 'composer').fill('Perfect, I will take it')
  await hook(desk, 'message', 'im-desk')
    .nth(TALK.length - 1)
    .waitFor()
  const shots = { phone: await shot(phone), desk: await shot(desk) }
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${FOLDER}/phone-and-desk.jpg`, await compose(browser, shots))
} finally {
  await browser.close()
  await gateway.stop()
}

async function open(path: string, options: PageOptions): Promise<Page> {
  const { page } = await openPage(browser, `${gateway.url}${path}${path.includes('?') ? '&' : '?'}word=${DEMO_WORD}`, options)
  return page
}

async function write(page: Page, tag: 'im-chat' | 'im-desk', text: string): Promise<void> {
  if (tag === 'im-desk') await page.locator('im-desk [role=option]').first().click()
  await hook(page, 'composer', tag).fill(text)
  await page.keyboard.press('Enter')
  await page.locator(tag).getByText(text).first().waitFor()
}

async function shot(page: Page): Promise<string> {
  return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`
}

async function compose(from: Browser, { phone, desk }: { readonly phone: string; readonly desk: string }): Promise<Buffer> {
  const page = await from.newPage({ viewport: { width: 1440, height: 690 }, deviceScaleFactor: 1 })
  const rows = KEY_ROWS.map((row) => `<p>${[...row].map((key) => `<b>${key}</b>`).join('')}</p>`).join('')
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 36px; box-sizing: border-box; height: 100vh; display: flex; gap: 32px; background: #e9e6df; font: 19px system-ui, sans-serif }
    figure { margin: 0; overflow: hidden; background: #fff; box-shadow: 0 12px 36px #0003 }
    .phone { flex: none; width: ${PHONE_PX.width}px; height: ${PHONE_PX.height}px; border: 8px solid #1b2220; border-radius: 44px; zoom: 0.8 }
    .phone img { display: block; width: 100% }
    .desk { flex: 1; border-radius: 14px } .desk img { display: block; width: 100% }
    .keys { box-sizing: border-box; height: ${KEYBOARD_PX}px; padding: 12px 4px; background: #d3d6dc }
    .keys p { display: flex; justify-content: center; gap: 6px; margin: 0 0 12px } .keys b { width: 32px; line-height: 44px; text-align: center; font-weight: 400; background: #fff; border-radius: 6px }
    .keys i { display: block; width: 50%; height: 44px; margin: 0 auto; background: #fff; border-radius: 6px }
  </style><figure class="phone"><img src="${phone}"><div class="keys">${rows}<i></i></div></figure><figure class="desk"><img src="${desk}"></figure>`)
  return page.screenshot({ type: 'jpeg', quality: 82 })
}

/**
 * `npm run pictures`: the pictures of the README and of docs/theming.md, taken of the demo with real conversations. Needs Chromium; writes docs/pictures.
 * With `-- --only-theming` only those of docs/theming.md. With `-- --before <folder>`, a built clone of an earlier commit, also the same screens then and now.
 * The keyboard is drawn: no browser on a computer has one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { hook, launchChromium, openPage, PHONE, type PageOptions } from '../kit/browser.ts'
import { person } from '../browser/person.ts'
import { DEMO_WORD, spawnGateway, type Gateway } from '../kit/gateway.ts'
import { themingPictures } from './theming.ts'

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
/** Attributes of `<im-chat>`; earlier releases knew none of them. */
const SHOP = { name: 'Morning Goods', logo: '/art/kettle.svg', greeting: 'Hello! Ask us about kettles, cups and everything else for the morning.' }
const ORDER = { number: '1001', status: 'Packed', total: '€ 78.00', title: 'Kumo kettle', count: 2 }

const KEY_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

type Scheme = 'light' | 'dark'

/** Screens as `data:` urls of PNGs. */
interface Screens {
  readonly first: string
  readonly talk: string
  readonly desk: string
}

const { values } = parseArgs({ options: { before: { type: 'string' }, 'only-theming': { type: 'boolean' } } })
const browser = await launchChromium()
try {
  mkdirSync(FOLDER, { recursive: true })
  await themingPictures(browser)
  for (const scheme of values['only-theming'] ? [] : (['light', 'dark'] as const)) {
    const screens = await screensOf('dist/gateway/main.js', { scheme, hasKeyboard: true })
    writeFileSync(`${FOLDER}/phone-and-desk${scheme === 'dark' ? '-dark' : ''}.jpg`, await phoneAndDesk(screens, scheme))
  }
  if (values.before !== undefined) {
    const then = await screensOf(join(values.before, 'dist/gateway/main.js'), { scheme: 'light', hasKeyboard: false })
    const now = await screensOf('dist/gateway/main.js', { scheme: 'light', hasKeyboard: false })
    writeFileSync(`${FOLDER}/before-and-after.jpg`, await beforeAndAfter(then, now))
  }
} finally {
  await browser.close()
}

/** A customer's phone before the first word and after a talk with the desk, and that desk. */
async function screensOf(
  entry: string,
  { scheme: colorScheme, hasKeyboard }: { readonly scheme: Scheme; readonly hasKeyboard: boolean },
): Promise<Screens> {
  const gateway = await spawnGateway({}, entry)
  try {
    const desk = await open(gateway, '/desk.html?agent=ann', { viewport: DESK_PX, deviceScaleFactor: 2, colorScheme })
    const height = PHONE_PX.height - (hasKeyboard ? KEYBOARD_PX : 0)
    const phone = await open(gateway, '/phone.html', { ...PHONE, viewport: { ...PHONE_PX, height }, colorScheme })
    const token = await gateway.pass({ sub: 'lee', name: 'Lee' })
    await phone.evaluate(
      ([pass, shop]) => {
        const chat = document.querySelector('im-chat')!
        for (const [name, value] of Object.entries(shop)) chat.setAttribute(name, value)
        chat.token = pass
      },
      [token, SHOP] as const,
    )
    await phone.locator('im-chat[connection=live]').waitFor()
    await phone.waitForTimeout(500)
    const first = await shot(phone)
    for (const [who, text] of TALK) await write(who === 'lee' ? phone : desk, who === 'lee' ? 'im-chat' : 'im-desk', text)
    if (!hasKeyboard) {
      const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
      await lee.say(`Order ${ORDER.number}`, 'shop:42', 'order', { ...ORDER, image: `${gateway.url}/art/kettle.svg` })
      lee.leave()
      await hook(phone, 'file').setInputFiles([{ name: 'hob.png', mimeType: 'image/png', buffer: await portrait() }])
      await hook(desk, 'message', 'im-desk')
        .nth(TALK.length + 1)
        .waitFor()
    }
    await hook(phone, 'composer').fill('Perfect, I will take it')
    await hook(desk, 'message', 'im-desk')
      .nth(TALK.length - 1)
      .waitFor()
    await phone.waitForTimeout(500)
    return { first, talk: await shot(phone), desk: await shot(desk) }
  } finally {
    await gateway.stop()
  }
}

async function open(gateway: Gateway, path: string, options: PageOptions): Promise<Page> {
  const { page } = await openPage(browser, `${gateway.url}${path}${path.includes('?') ? '&' : '?'}word=${DEMO_WORD}`, options)
  return page
}

async function write(page: Page, tag: 'im-chat' | 'im-desk', text: string): Promise<void> {
  if (tag === 'im-desk') await page.locator('im-desk [role=option][data-to=lee]').click()
  await hook(page, 'composer', tag).fill(text)
  await page.keyboard.press('Enter')
  await page.locator(tag).getByText(text).first().waitFor()
}

async function shot(page: Page): Promise<string> {
  return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`
}

/** What a customer might send: a photo that is higher than wide. */
async function portrait(): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 300, height: 400 } })
  await page.setContent(
    '<body style="margin:0;height:400px;background:radial-gradient(circle at 50% 42%,#222 60px,#444 62px 66px,#222 68px 110px,#555 112px 116px,#2b2f33 118px)">',
  )
  const picture = await page.screenshot()
  await page.close()
  return picture
}

async function drawn(size: { readonly width: number; readonly height: number }, markup: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1 })
  await page.setContent(`<!doctype html>${markup}`)
  await page.locator('img').last().waitFor()
  const picture = await page.screenshot({ type: 'jpeg', quality: 82 })
  await page.close()
  return picture
}

function phoneAndDesk({ talk, desk }: Screens, scheme: Scheme): Promise<Buffer> {
  const [wall, keys, key] = scheme === 'dark' ? ['#16181a', '#2b2d30', '#4a4d52'] : ['#e9e6df', '#d3d6dc', '#fff']
  const rows = KEY_ROWS.map((row) => `<p>${[...row].map((each) => `<b>${each}</b>`).join('')}</p>`).join('')
  return drawn(
    { width: 1440, height: 690 },
    `<style>
    body { margin: 0; padding: 36px; box-sizing: border-box; height: 100vh; display: flex; gap: 32px; background: ${wall}; font: 19px system-ui, sans-serif }
    figure { margin: 0; overflow: hidden; background: #fff; box-shadow: 0 12px 36px #0003 }
    .phone { flex: none; width: ${PHONE_PX.width}px; height: ${PHONE_PX.height}px; border: 8px solid #1b2220; border-radius: 44px; zoom: 0.8 }
    .phone img { display: block; width: 100% }
    .desk { flex: 1; border-radius: 14px } .desk img { display: block; width: 100% }
    .keys { box-sizing: border-box; height: ${KEYBOARD_PX}px; padding: 12px 4px; background: ${keys}; color: ${scheme === 'dark' ? '#fff' : '#000'} }
    .keys p { display: flex; justify-content: center; gap: 6px; margin: 0 0 12px } .keys b { width: 32px; line-height: 44px; text-align: center; font-weight: 400; background: ${key}; border-radius: 6px }
    .keys i { display: block; width: 50%; height: 44px; margin: 0 auto; background: ${key}; border-radius: 6px }
  </style><figure class="phone"><img src="${talk}"><div class="keys">${rows}<i></i></div></figure><figure class="desk"><img src="${desk}"></figure>`,
  )
}

function beforeAndAfter(then: Screens, now: Screens): Promise<Buffer> {
  const column = (name: string, { first, talk, desk }: Screens): string =>
    `<section><h2>${name}</h2><div><img class="phone" src="${first}"><img class="phone" src="${talk}"></div><img class="desk" src="${desk}"></section>`
  return drawn(
    { width: 1280, height: 1010 },
    `<style>
    body { margin: 0; padding: 20px; display: flex; gap: 24px; background: #e9e6df; font: 16px system-ui, sans-serif }
    section { width: 608px } h2 { margin: 0 0 12px; font-size: 18px; font-weight: 600 } div { display: flex; gap: 16px; margin-bottom: 16px }
    img { display: block; background: #fff; box-shadow: 0 4px 16px #0003 } .phone { width: 290px; border-radius: 16px } .desk { width: 596px; border-radius: 8px }
  </style>${column('Before', then)}${column('After', now)}`,
  )
}

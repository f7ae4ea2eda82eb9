/** The pictures of docs/theming.md: each css variable set to something that is seen, and a line around each part, on real conversations. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { person, type Person } from '../browser/person.ts'
import { hook, openPage, settled } from '../kit/browser.ts'
import { DEMO_WORD, spawnGateway, type Gateway } from '../kit/gateway.ts'
import { CSS_VARIABLES, ELEMENT_DOCS } from '../../widget/reference/element-docs.ts'
import { partPicture, variablePicture } from '../../widget/reference/theming-page.ts'

const FOLDER = 'docs/pictures/theming'
const API_KEY = 'the-key-of-the-pictures-of-the-docs'
const PINK = '#e0218a'
const WINDOW = { width: 760, height: 560 }
const DESK = { width: 1180, height: 640 }
/** The least that a picture shows around a part, and the most, in CSS px. */
const LEAST = { width: 300, height: 150 }
const MOST = { width: 460, height: 420 }
const PRODUCT = { id: 'kumo', title: 'Kumo pour-over kettle', price: '€ 78.00', image: '/art/kettle.svg', url: '/product.html' }
const VALUES = { colour: PINK, length: '48px', number: '1', font: 'monospace' } as const
const LENGTHS: Readonly<Record<string, string>> = { '--im-width': '300px', '--im-height': '380px', '--im-right': '120px', '--im-bottom': '80px' }

type Tag = 'im-chat' | 'im-desk' | 'im-inbox'

/** Prints the parts that no scene shows. */
export async function themingPictures(browser: Browser): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const gateway = await spawnGateway({ RATINGS: 'on', API_KEY, DIRECT: 'on' })
  try {
    await chatScenes(browser, gateway)
    await deskScenes(browser, gateway)
  } finally {
    await gateway.stop()
  }
  const made = readdirSync(FOLDER)
  const parts = [...new Set(ELEMENT_DOCS.flatMap(({ parts: own }) => Object.keys(own)))]
  console.log(`No picture of the parts ${parts.filter((name) => !made.includes(partPicture(name))).join(', ')}.`)
}

async function chatScenes(browser: Browser, gateway: Gateway): Promise<void> {
  const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
  await fetch(`${gateway.url}/v1/shops/42`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Morning Goods',
      logo: '/art/kettle.svg',
      greeting: { en: 'Hello! Ask us about kettles, cups and everything else for the morning.' },
      questions: { en: ['Where is my order?', 'Do you deliver abroad?'] },
    }),
  })
  const page = await chatPage(browser, gateway, 'lee')
  await hook(page, 'question').first().waitFor()
  await pictureParts(page, 'im-chat')
  await talk(gateway, ann)
  await hook(page, 'message').getByText('with you on Thursday').waitFor()
  await hook(page, 'composer').fill('Perfect, I will take it')
  await variables(page)
  await pictureParts(page, 'im-chat')
  await hook(page, 'more').click()
  await pictureParts(page, 'im-chat')
  await page.keyboard.press('Escape')
  await refused(page, ann)
  await many(page, ann)
  await ann.ask('close', { to: 'lee' })
  await hook(page, 'rating').waitFor()
  await pictureParts(page, 'im-chat')
  await hook(page, 'close').click()
  await ann.say('Your parcel is on its way.', 'lee')
  await page.locator('im-chat [data-test=unread]').waitFor()
  await variable(page, '--im-accent-ink')
  await pictureParts(page, 'im-chat')
  const mia = await chatPage(browser, gateway, 'mia', 'lee')
  const other = await person(gateway, { sub: 'mia', name: 'Mia' })
  await other.say('Hello Lee', 'lee')
  await other.ask('blockPerson', { to: 'lee' })
  await hook(mia, 'person-bar').waitFor()
  await pictureParts(mia, 'im-chat')
  for (const each of [ann, other]) each.leave()
}

async function chatPage(browser: Browser, gateway: Gateway, sub: string, to = 'shop:42'): Promise<Page> {
  const { page } = await openPage(browser, `${gateway.url}/playground-page.html?overlay=off&word=${DEMO_WORD}`, {
    viewport: WINDOW,
    colorScheme: 'light',
  })
  const token = await gateway.pass({ sub, name: sub === 'lee' ? 'Lee' : 'Mia' })
  await page.evaluate(
    ([given, whom, product]) => Object.assign(document.querySelector('im-chat')!, { token: given, to: whom, product, open: true }),
    [token, to, to === 'shop:42' ? PRODUCT : undefined] as const,
  )
  await page.locator('im-chat[connection=live]').waitFor({ state: 'attached' })
  await hook(page, 'composer').waitFor()
  await settled(page)
  return page
}

async function talk(gateway: Gateway, ann: Person): Promise<void> {
  const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
  await lee.say('Does the Kumo kettle work on an induction hob?')
  await lee.say('Order 1001', 'shop:42', 'order', {
    number: '1001',
    status: 'Packed',
    total: '€ 78.00',
    title: 'Kumo kettle',
    image: `${gateway.url}/art/kettle.svg`,
  })
  await ann.say('It does, and it is with you on Thursday.', 'lee')
  lee.leave()
}

/** A message that is refused because its writer was blocked meanwhile, and may be sent again afterwards. */
async function refused(page: Page, ann: Person): Promise<void> {
  const faults = (away: boolean): Promise<void> =>
    page.evaluate((is) => (window as unknown as { imQa: { faults(wanted: object): void } }).imQa.faults({ away: is }), away)
  await faults(true)
  await hook(page, 'composer').fill('Can it be a gift?')
  await page.keyboard.press('Enter')
  await page.locator('im-chat [data-test=banner][data-state=waiting]').waitFor()
  await settled(page)
  await pictureParts(page, 'im-chat')
  await ann.ask('block', { to: 'lee', reason: 'Advertising' })
  await faults(false)
  await hook(page, 'discard').waitFor()
  await variable(page, '--im-danger')
  await pictureParts(page, 'im-chat')
  await ann.ask('unblock', { to: 'lee' })
  await hook(page, 'retry').waitFor()
  await pictureParts(page, 'im-chat')
  await hook(page, 'discard').click()
}

/** More than fits, first unread, then scrolled away from. */
async function many(page: Page, ann: Person): Promise<void> {
  await page.evaluate(() => Object.assign(document.querySelector('im-chat')!, { product: undefined }))
  await hook(page, 'close').click()
  for (let count = 1; count <= 14; count++) await ann.say(`Step ${count}: let the water come to the boil, and wait a minute.`, 'lee')
  await page.locator('im-chat [data-test=unread]').filter({ hasText: '14' }).waitFor()
  await hook(page, 'launcher').click()
  await settled(page)
  await pictureParts(page, 'im-chat')
  await hook(page, 'timeline').hover()
  await page.mouse.wheel(0, -2000)
  await hook(page, 'latest').waitFor()
  await pictureParts(page, 'im-chat')
  await hook(page, 'latest').click()
}

async function deskScenes(browser: Browser, gateway: Gateway): Promise<void> {
  const bo = await person(gateway, { sub: 'bo', role: 'agent', shop: '42', name: 'Bo' })
  const nora = await person(gateway, { sub: 'nora', name: 'Nora' })
  await nora.say('Do you repair kettles?')
  const { conversations } = (await bo.ask('conversations', {})) as { conversations: { conversation: string; to: string }[] }
  const [conversation, hers] = ['lee', 'nora'].map((each) => conversations.find(({ to }) => to === each)!.conversation)
  const { page } = await openPage(browser, `${gateway.url}/desk.html?agent=ann&word=${DEMO_WORD}`, { viewport: DESK, colorScheme: 'light' })
  await page.locator('im-desk[connection=live]').waitFor()
  await page.locator('im-desk [data-shelf=all]').click()
  await page.locator('im-desk [role=option][data-to=lee]').click()
  await hook(page, 'message', 'im-desk').first().waitFor()
  await hook(page, 'details', 'im-desk').waitFor()
  await bo.ask('saveNote', { conversation, id: 'n1', text: 'She gives many of them away.' })
  await hook(page, 'note', 'im-desk').waitFor()
  await pictureParts(page, 'im-desk')
  await bo.ask('transfer', { conversation: hers, to: 'ann', note: 'She asks about gifts' })
  await hook(page, 'offered', 'im-desk').waitFor()
  await pictureParts(page, 'im-desk')
  await hook(page, 'decline', 'im-desk').click()
  await hook(page, 'offered', 'im-desk').waitFor({ state: 'detached' })
  await hook(page, 'show-shortcuts', 'im-desk').click()
  await page.waitForTimeout(300)
  await pictureParts(page, 'im-desk')
  await page.keyboard.press('Escape')
  await hook(page, 'tool-note', 'im-desk').click()
  await hook(page, 'note-form', 'im-desk').waitFor()
  await pictureParts(page, 'im-desk')
  await page.keyboard.press('Escape')
  await page.evaluate(() =>
    Object.assign(document.querySelector('im-desk')!, { quickReplies: [{ id: 'q', title: 'Thanks', text: 'Thank you for waiting.' }] }),
  )
  await hook(page, 'composer', 'im-desk').fill('/')
  await page.waitForTimeout(500)
  await pictureParts(page, 'im-desk')
  await page.evaluate(() => document.querySelector('im-desk')!.setAttribute('view', 'report'))
  await page.waitForTimeout(700)
  await pictureParts(page, 'im-desk')
  for (const each of [bo, nora]) each.leave()
}

async function variables(page: Page): Promise<void> {
  for (const name of Object.keys(CSS_VARIABLES)) if (!/safe|danger|accent-ink|im-z/.test(name)) await variable(page, name)
}

async function variable(page: Page, name: string): Promise<void> {
  const value = LENGTHS[name] ?? VALUES[CSS_VARIABLES[name]!.kind]
  const set = (to: string): Promise<void> =>
    page.evaluate(([one, given]) => document.querySelector('im-chat')!.style.setProperty(one!, given!), [name, to])
  await set(value)
  await page.waitForTimeout(150)
  const { x, y, width, height } = (await page
    .locator('im-chat [part=panel], im-chat [part=launcher]')
    .filter({ visible: true })
    .first()
    .boundingBox())!
  const isClosed = width < 100
  await save(
    page,
    variablePicture(name),
    isClosed ? { x: x - 140, y: y - 60, width: 240, height: 150 } : { x: x - 24, y: Math.max(0, y - 16), width: width + 160, height: height + 100 },
  )
  await set('')
}

/** A picture of every part that this scene shows and no scene before has shown. */
async function pictureParts(page: Page, tag: Tag): Promise<void> {
  const made = readdirSync(FOLDER)
  const { parts } = ELEMENT_DOCS.find((doc) => doc.tag === tag)!
  for (const name of Object.keys(parts)) {
    if (made.includes(partPicture(name))) continue
    const part = page.locator(`${tag} [part~="${name}"]`).filter({ visible: true }).first()
    const box = (await part.count()) === 0 ? null : await part.boundingBox()
    if (box === null || box.width * box.height === 0) continue
    await mark(page, `${tag}::part(${name}) { outline: 3px solid ${PINK}; outline-offset: -1px; }`)
    await save(page, partPicture(name), around(box))
    await mark(page, '')
  }
}

const mark = (page: Page, css: string): Promise<void> =>
  page.evaluate((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    document.adoptedStyleSheets = [sheet]
  }, css)

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function around(box: Box): Box {
  const width = Math.min(MOST.width, Math.max(LEAST.width, box.width + 32))
  const height = Math.min(MOST.height, Math.max(LEAST.height, box.height + 32))
  const isCut = box.width + 32 > MOST.width || box.height + 32 > MOST.height
  return isCut
    ? { x: box.x - 16, y: box.y - 16, width, height }
    : { x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height }
}

/** `clip` is moved and cut so that it lies in the window. */
async function save(page: Page, file: string, clip: Box): Promise<void> {
  const { width, height } = page.viewportSize()!
  const [x, y] = [Math.max(0, Math.min(clip.x, width - clip.width)), Math.max(0, Math.min(clip.y, height - clip.height))]
  const inside = { x, y, width: Math.min(clip.width, width - x), height: Math.min(clip.height, height - y) }
  writeFileSync(`${FOLDER}/${file}`, await page.screenshot({ type: 'jpeg', quality: 72, clip: inside }))
}

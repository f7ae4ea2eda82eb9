/** What agents do all day, counted: each job in at most three clicks, and in at most three keys beside the text that is written. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { DESKTOP, launchChromium } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { deskPage, type DeskPage } from './desk-page.ts'
import { person } from './person.ts'

const MOST = 3
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PICTURE = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') }

let backend: CustomerServer
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  backend = await CustomerServer.start()
  backend.answering = json({ orders: [{ number: 'A-1187', title: 'Blue kettle' }] })
  gateway = await spawnGateway({ CUSTOMER_URL: `${backend.url}/{shop}/{customer}` })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await backend.stop()
})

/** One desk, by mouse or by keys alone; counts. */
class Work {
  readonly desk: DeskPage
  #count = 0
  #job = ''
  readonly counts: Record<string, number> = {}

  constructor(desk: DeskPage) {
    this.desk = desk
  }

  async click(name: string): Promise<void> {
    this.#count++
    await this.desk.page
      .locator(`im-desk ${name.includes('=') ? `[${name}]` : `[data-test=${name}]`}:visible`)
      .first()
      .click()
  }

  async key(name: string): Promise<void> {
    this.#count++
    await this.desk.page.keyboard.press(name)
  }

  /** Not counted: what is said. */
  type(text: string): Promise<void> {
    return this.desk.page.keyboard.type(text)
  }

  async job(name: string, run: () => Promise<void>): Promise<void> {
    this.#job = name
    this.#count = 0
    await run()
    this.counts[this.#job] = this.#count
  }

  state(name: string): Promise<void> {
    return this.desk.page.locator(`im-desk [data-test=service][data-state=${name}]:not(:has(:disabled))`).waitFor()
  }

  focused(name: string): Promise<void> {
    return expect
      .poll(() => this.desk.page.evaluate(() => document.querySelector('im-desk')!.shadowRoot!.activeElement?.getAttribute('data-test')))
      .toBe(name)
  }

  said(text: string): Promise<void> {
    return this.desk.part('message').getByText(text).first().waitFor()
  }
}

async function scene(shop: string): Promise<{ ann: Work; bea: Work; leave: () => Promise<void> }> {
  const [ann, bea] = [await deskPage(browser, gateway, { agent: 'ann', shop }, WIDE), await deskPage(browser, gateway, { agent: 'bea', shop }, WIDE)]
  for (const desk of [ann, bea]) {
    await desk.page.locator('im-desk .status-switch select').selectOption('busy')
    await desk.page.locator('im-desk [data-shelf=mine]').click()
    await desk.page.evaluate(() => (document.querySelector('im-desk')!.shadowRoot!.activeElement as HTMLElement).blur())
    await desk.page.evaluate(() => {
      const replies = [{ id: 'h', title: 'Hello', text: 'Good day, {customer}' }]
      document.querySelector('im-desk')!.quickReplies = replies
    })
  }
  const kim = await person(gateway, { sub: `kim-${shop}`, name: 'Kim' })
  await kim.say('Where is my parcel?', `shop:${shop}`)
  await ann.page.locator('im-desk [data-shelf=waiting] .chip-count').waitFor()
  return {
    ann: new Work(ann),
    bea: new Work(bea),
    leave: async () => {
      kim.leave()
      await ann.close()
      await bea.close()
    },
  }
}

const WIDE = { ...DESKTOP, viewport: { width: 1440, height: 860 } }

async function withPicture({ desk }: Work, act: () => Promise<void>): Promise<void> {
  await desk.page.locator('im-desk form.composer input[type=file]').waitFor({ state: 'attached' })
  const [chooser] = await Promise.all([desk.page.waitForEvent('filechooser'), act()])
  await chooser.setFiles(PICTURE)
  await desk.page.locator('im-desk [data-test=message] img').first().waitFor()
}

test('by mouse: the ten jobs and a search, each in at most three clicks', async () => {
  const { ann, bea, leave } = await scene('jm')
  await ann.job('take', async () => {
    await ann.click('data-shelf=waiting')
    await ann.click('role=option][data-to=kim-jm')
    await ann.state('waiting')
    await ann.click('claim')
    await ann.state('open')
  })
  await ann.job('answer', async () => {
    await ann.click('role=option][data-to=kim-jm')
    await ann.focused('composer')
    await ann.type('It left today')
    await ann.click('send')
    await ann.said('It left today')
  })
  await ann.job('quick reply', async () => {
    await ann.click('tool-quickReplies')
    await ann.click('quick-reply')
    await ann.click('send')
    await ann.said('Good day, Kim')
  })
  await ann.job('note', async () => {
    await ann.click('tool-note')
    await ann.focused('note-field')
    await ann.type('Called twice')
    await ann.click('save-note')
    await ann.desk.part('note').getByText('Called twice').waitFor()
  })
  await ann.job('picture', () => withPicture(ann, () => ann.click('tool-picture')))
  await ann.job('order card', async () => {
    await ann.click('tool-order')
    await ann.click('order-item')
    await ann.said('A-1187')
    await ann.focused('composer')
  })
  await ann.job('transfer', async () => {
    await ann.click('transfer')
    await ann.click('data-id=bea')
    await ann.click('transfer-it')
    await ann.state('offered')
  })
  await bea.job('accept', async () => {
    await bea.click('accept')
    await bea.state('open')
    await bea.focused('composer')
  })
  await bea.job('search', async () => {
    await bea.click('search')
    await bea.type('parcel')
    await bea.click('role=option][data-to=kim-jm')
    await bea.focused('composer')
  })
  await bea.job('block', async () => {
    await bea.click('open-block')
    await bea.type('Advertising')
    await bea.click('block-it')
    await bea.state('blocked')
  })
  await bea.click('unblock')
  await bea.state('open')
  await bea.job('close', async () => {
    await bea.click('close')
    await bea.state('closed')
  })
  const counts = { ...ann.counts, ...bea.counts }
  expect(Object.entries(counts).filter(([, count]) => count > MOST)).toEqual([])
  expect(Object.keys(counts)).toHaveLength(11)
  await leave()
}, 120_000)

test('by keys: the ten jobs and a search, each in at most three keys beside what is written', async () => {
  const { ann, bea, leave } = await scene('jk')
  await ann.job('take', async () => {
    await ann.key('Alt+u')
    await ann.state('waiting')
    await ann.key('Alt+c')
    await ann.state('open')
  })
  await ann.job('answer', async () => {
    await ann.key('Alt+m')
    await ann.type('It left today')
    await ann.key('Enter')
    await ann.said('It left today')
  })
  await ann.job('quick reply', async () => {
    await ann.key('/')
    await ann.key('Enter')
    await ann.key('Enter')
    await ann.said('Good day, Kim')
  })
  await ann.job('note', async () => {
    await ann.key('Alt+n')
    await ann.focused('note-field')
    await ann.type('Called twice')
    await ann.key('Enter')
    await ann.desk.part('note').getByText('Called twice').waitFor()
  })
  await ann.job('picture', () => withPicture(ann, () => ann.key('Alt+p')))
  await ann.job('order card', async () => {
    await ann.key('Alt+o')
    await ann.focused('order-item')
    await ann.key('Enter')
    await ann.said('A-1187')
    await ann.focused('composer')
  })
  await ann.job('transfer', async () => {
    await ann.key('Alt+t')
    await ann.desk.page.locator('im-desk [data-test=transfer-dialog] input[value=bea]').waitFor()
    await ann.key('Space')
    await ann.key('Enter')
    await ann.state('offered')
  })
  await bea.desk.part('accept').waitFor()
  // nothing had the focus: the offer has it
  await bea.focused('accept')
  await bea.job('decline', async () => {
    await bea.key('Alt+x')
    await ann.desk.part('told').getByText('Bea declined').waitFor()
  })
  await ann.key('Alt+t')
  await ann.key('Space')
  await ann.key('Enter')
  await bea.desk.part('accept').waitFor()
  await bea.job('accept', async () => {
    await bea.key('Alt+y')
    await bea.state('open')
    await bea.focused('composer')
  })
  await bea.job('search', async () => {
    await bea.desk.page.evaluate(() => (document.querySelector('im-desk')!.shadowRoot!.activeElement as HTMLElement).blur())
    await bea.key('/')
    await bea.type('parcel')
    await bea.desk.row('kim-jk').waitFor()
    await bea.key('Enter')
    await bea.focused('composer')
  })
  await bea.job('block', async () => {
    await bea.key('Alt+b')
    await bea.focused('reason')
    await bea.type('Advertising')
    await bea.key('Tab')
    await bea.key('Enter')
    await bea.state('blocked')
  })
  await bea.desk.part('unblock').click()
  await bea.state('open')
  await bea.job('close', async () => {
    await bea.key('Alt+w')
    await bea.state('closed')
  })
  const counts = { ...ann.counts, ...bea.counts }
  expect(Object.entries(counts).filter(([, count]) => count > MOST)).toEqual([])
  expect(Object.keys(counts)).toHaveLength(12)
  await leave()
}, 120_000)

/** Chats with products and orders: a shop's backend, its pages on a phone, and its agents from outside. With SHOTS set, pictures are left in that folder. */
import type { Browser, Page } from 'playwright-core'
import { launchChromium, openPage, PHONE, settled, type PageOptions, type TestPage } from '../kit/browser.ts'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { PICTURES } from '../kit/pictures.ts'
import { person, type Person } from './person.ts'

export interface ChatOptions {
  readonly attributes?: string
  readonly options?: PageOptions
  /** In the head of the page. */
  readonly head?: string
  /** Attributes of the page's root. */
  readonly html?: string
}

export interface HeardAgent {
  readonly agent: Person
  /** Of what customers send. */
  readonly bodies: Record<string, unknown>[]
  /** What customers look at. */
  readonly viewed: unknown[]
}

const PAGE = '/shop/chat.html'

export class CardScene {
  readonly backend: CustomerServer
  readonly gateway: SpawnedGateway
  readonly browser: Browser
  #count = 0

  static async start(): Promise<CardScene> {
    const backend = await CustomerServer.start()
    const gateway = await spawnGateway({
      CARD_URL: `${backend.url}/cards`,
      CUSTOMER_URL: `${backend.url}/customers`,
      IMAGE_HOSTS: 'shop.example',
      COMMANDS_PER_SECOND: '0',
    })
    // the shop's pages are the test's own answers, which the browser takes for another network
    const browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
    return new CardScene({ backend, gateway, browser })
  }

  private constructor(parts: { backend: CustomerServer; gateway: SpawnedGateway; browser: Browser }) {
    this.backend = parts.backend
    this.gateway = parts.gateway
    this.browser = parts.browser
  }

  async stop(): Promise<void> {
    await this.browser.close()
    await this.gateway.stop()
    await this.backend.stop()
  }

  /** Before each test: the backend knows nothing. */
  reset(): void {
    this.backend.requests.length = 0
    this.backend.answering = json({}, 404)
  }

  newShop(): string {
    return `cards${++this.#count}`
  }

  /** A chat with a shop on a page of the shop. */
  async openChat(shop: string, { attributes = '', options = PHONE, head = '', html = '' }: ChatOptions = {}): Promise<TestPage> {
    const opened = await openPage(this.browser, 'about:blank', { bypassCSP: true, ...options })
    const { page } = opened
    const { url } = this.gateway
    const lang = attributes.includes('lang=') ? '' : 'lang="en"'
    await showPictures(page)
    await page.route(`${url}${PAGE}`, (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: `<!doctype html><html lang="en" ${html}><head><meta name="viewport" content="width=device-width">${head}<title>Shop</title></head><body>
        <main><h1>Shop</h1></main><im-chat gateway="${url}" to="shop:${shop}" ${lang} open ${attributes}></im-chat>
        <script src="${url}/im-chat.js"></script>`,
      }),
    )
    await page.goto(`${url}${PAGE}`)
    await page.locator('im-chat[connection=live]').waitFor({ state: 'attached' })
    await page.locator('im-chat textarea').waitFor()
    await settled(page)
    return opened
  }

  async agentOf(shop: string): Promise<HeardAgent> {
    const agent = await person(this.gateway, { sub: `ann-${shop}`, role: 'agent', shop, name: 'Ann' })
    const bodies: Record<string, unknown>[] = []
    const viewed: unknown[] = []
    agent.socket.on('messagePush', ({ body }: { body: Record<string, unknown> }) => bodies.push(body))
    agent.socket.on('viewingPush', ({ product }: { product: unknown }) => viewed.push(product))
    return { agent, bodies, viewed }
  }

  /** A chat in which an agent of the shop has sent these cards. */
  async withCards(shop: string, cards: readonly (readonly [kind: string, body: object])[], options: ChatOptions = {}) {
    const opened = await this.openChat(shop, options)
    const { page } = opened
    await write(page, 'Hello')
    const { agent } = await this.agentOf(shop)
    const guest = await guestOf(page)
    for (const [kind, body] of cards) await agent.say('A card', guest, kind, body)
    await page.locator('im-chat [data-test=message]').nth(cards.length).waitFor()
    return { ...opened, agent, guest }
  }
}

/** The guest of an open chat, by its id. */
const guestOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { controller } = document.querySelector('im-chat') as unknown as { controller: { client: { identity: { value: { id: string } } } } }
    return controller.client.identity.value.id
  })

/** Every picture of the shop is the same small one. */
export const showPictures = async (page: Page): Promise<void> =>
  void (await page.route(/shop\.example|\/art\//, (route) => route.fulfill({ contentType: 'image/png', body: PICTURES.png })))

export async function write(page: Page, text: string): Promise<void> {
  await page.locator('im-chat textarea').fill(text)
  await page.locator('im-chat .send').click()
  await page.locator('im-chat [data-test=message][data-state=sent]', { hasText: text }).waitFor()
}

export const productOf = (fields: object): string => `product='${JSON.stringify(fields)}'`

export const cardsOf = (page: Page) => page.locator('im-chat .bubble [data-test=card]')

export const shot = async (page: Page, name: string): Promise<void> => {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
}

/** Two people, two browsers, one gateway process that is killed while they talk; over WebSocket, and where it is refused. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { openFaultProxy, type FaultProxy } from '../kit/fault-proxy.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { ChatView, type Shown } from './chat-view.ts'

const API_KEY = 'e2e'
/** What a browser says when its server is killed or refuses a WebSocket; nothing else may be said. */
const EXPECTED = /WebSocket connection to|Failed to load resource/
const EACH_WRITES = 24

/** Polls until it holds; how long a loaded machine takes is not what these tests are about. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 45_000, interval: 100 })

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** What really went over sockets and polls, seen from outside the page's own code. */
function watchTransport(page: Page): { readonly frames: string[]; readonly polls: string[] } {
  const frames: string[] = []
  const polls: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  page.on('response', (response) => void (response.url().includes('transport=polling') && polls.push(response.url())))
  return { frames, polls }
}

describe.each(['websocket', 'polling'] as const)('over %s', (transport) => {
  let gateway: SpawnedGateway
  let proxy: FaultProxy
  let url: string
  let customerPage: TestPage
  let agentPage: TestPage
  let customer: ChatView
  let agent: ChatView
  let seen: ReturnType<typeof watchTransport>

  beforeAll(async () => {
    gateway = await spawnGateway({ API_KEY })
    proxy = await openFaultProxy(gateway.port)
    if (transport === 'polling') proxy.socketFate = 'refuse'
    url = proxy.url
  })
  afterAll(async () => {
    await agentPage?.close()
    await customerPage?.close()
    await proxy.close()
    await gateway.stop()
  })

  const revive = async (): Promise<void> => {
    await gateway.kill()
    gateway = await spawnGateway({ API_KEY, DATA_DIR: gateway.dataDir, PORT: String(gateway.port) })
  }

  test('a customer opens the product page, taps the launcher and sends with Enter: sent', async () => {
    customerPage = await openPage(browser, 'about:blank', { ...PHONE, expected: EXPECTED })
    customer = new ChatView(customerPage.page, 'im-chat')
    seen = watchTransport(customerPage.page)
    await customer.page.goto(`${url}/product.html`)
    await customer.hook('launcher').tap()
    await customer.hook('panel').waitFor()
    await customer.writeWithEnter('Is the kettle in stock?')
    await eventually(() => customer.shown()).toMatchObject([{ seq: 1, state: 'sent', text: 'Is the kettle in stock?' }])
  })

  test('an agent opens the desk: the conversation is there, unread, and the customer sees it was delivered', async () => {
    agentPage = await openPage(browser, `${url}/desk.html`, { ...DESKTOP, expected: EXPECTED })
    agent = new ChatView(agentPage.page, 'im-desk')
    await agent.hook('conversation').waitFor()
    await eventually(() => agent.unread()).toBe(1)
    await eventually(() => customer.states()).toEqual(['delivered'])
  })

  test('the customer sends with the button, and the count at the desk rises', async () => {
    await customer.writeWithButton('I need it by Friday 🙂')
    await eventually(() => agent.unread()).toBe(2)
    await eventually(() => customer.states()).toEqual(['delivered', 'delivered'])
  })

  test('the transport is the expected one, by what went over the network', async () => {
    await eventually(() => customer.read('connection')).toBe('live')
    expect(await customer.read('transport')).toBe(transport)
    expect(await agent.read('transport')).toBe(transport)
    expect(proxy.upgradeCount).toBeGreaterThan(0)
    if (transport === 'polling') expect(seen.frames).toEqual([])
  })

  test('another customer writes, and the conversation appears at the desk by itself', async () => {
    const other = await openPage(browser, `${url}/phone.html`, { ...PHONE, expected: EXPECTED })
    await new ChatView(other.page, 'im-chat').writeWithEnter('Good morning')
    await eventually(() => agent.hook('conversation').count()).toBe(2)
    await eventually(() => agent.hook('conversation').first().textContent()).toContain('Good morning')
    await other.close()
  })

  test('the agent opens it and reads', async () => {
    await agent.hook('conversation').filter({ hasText: 'Friday' }).click()
    await eventually(() => agent.texts()).toEqual(['Is the kettle in stock?', 'I need it by Friday 🙂'])
    await eventually(() => agent.unread()).toBe(1)
  })

  test('the customer sees that it was read', async () => {
    await eventually(() => customer.states()).toEqual(['read', 'read'])
  })

  test('each sees the other typing, and the answer arrives and is read', async () => {
    await agent.field.pressSequentially('Yes, ')
    await customer.hook('typing').waitFor()
    await customer.field.pressSequentially('And')
    await agent.hook('typing').waitFor()
    await customer.field.fill('')
    await agent.writeWithEnter('Yes, it leaves today.')
    await eventually(async () => (await customer.texts()).at(-1)).toBe('Yes, it leaves today.')
    await eventually(async () => (await agent.states()).at(-1)).toBe('read')
    await customer.hook('typing').waitFor({ state: 'detached' })
    if (transport === 'websocket') expect(seen.frames.some((frame) => frame.includes('Yes, it leaves today.'))).toBe(true)
    else expect(seen.polls.length).toBeGreaterThan(0)
  })

  test('a message to a closed panel is counted on the launcher: delivered, unread, and read when it is opened', async () => {
    await customer.hook('close').tap()
    await agent.writeWithButton('Shall I put one aside?')
    await eventually(() => customer.unread()).toBe(1)
    await eventually(async () => (await agent.states()).at(-1)).toBe('delivered')
    await customer.hook('launcher').tap()
    await eventually(async () => (await agent.states()).at(-1)).toBe('read')
  })

  test('a second window of the customer shows the same, also what the other one writes', async () => {
    const page = await customerPage.context.newPage()
    await page.goto(`${url}/phone.html`)
    const second = new ChatView(page, 'im-chat')
    await eventually(() => second.texts()).toEqual(await customer.texts())
    await second.writeWithEnter('Please do.')
    await eventually(async () => (await customer.texts()).at(-1)).toBe('Please do.')
    await eventually(async () => (await agent.texts()).at(-1)).toBe('Please do.')
    const placed = ({ id, seq, text }: Shown) => ({ id, seq, text })
    expect((await customer.shown()).map(placed)).toEqual((await second.shown()).map(placed))
    await page.close()
  })

  test('a reload shows the history before the network answers', async () => {
    const before = await customer.texts()
    let isBlocked = true
    const { context, page } = customerPage
    const network = /\/(im|v1)\//
    // held, not refused: nothing is answered at all
    await context.route(network, (route) => (isBlocked ? undefined : route.continue()))
    await context.routeWebSocket(/./, (socket) => void (isBlocked || socket.connectToServer()))
    await page.reload()
    await customer.hook('launcher').tap()
    await eventually(() => customer.texts()).toEqual(before)
    expect(await customer.read('connection')).toBe('connecting')
    isBlocked = false
    await context.unroute(network)
    await eventually(() => customer.read('connection')).toBe('live')
    expect(await customer.texts()).toEqual(before)
  })

  test('kill -9 while messages flow, twice: nothing is lost, doubled or out of order, and no page is reloaded', { timeout: 150_000 }, async () => {
    for (const { page } of [customer, agent]) await page.evaluate(() => void Object.assign(window, { isSamePage: true }))
    const before = await customer.texts()
    const write = async (view: ChatView, who: string, onWritten?: (count: number) => Promise<void>): Promise<void> => {
      for (let count = 1; count <= EACH_WRITES; count++) {
        await view.writeWithEnter(`${who} ${count}`)
        await onWritten?.(count)
      }
    }
    const killAt = [8, 16]
    await Promise.all([write(customer, 'customer'), write(agent, 'agent', async (count) => (killAt.includes(count) ? revive() : undefined))])

    const total = before.length + 2 * EACH_WRITES
    const settled = async (view: ChatView) => (await view.shown()).filter(({ seq }) => seq > 0).length
    await eventually(() => settled(customer)).toBe(total)
    await eventually(() => settled(agent)).toBe(total)

    const log = await readLog(
      gateway,
      await agent
        .hook('conversation')
        .filter({ hasText: /(customer|agent) 24/ })
        .getAttribute('data-conversation'),
    )
    const inLog = log.map(({ seq, id, body }) => ({ seq, id, text: body.text }))
    const placed = ({ seq, id, text }: Shown) => ({ seq, id, text })
    expect(inLog.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, at) => at + 1))
    expect((await customer.shown()).map(placed)).toEqual(inLog)
    expect((await agent.shown()).map(placed)).toEqual(inLog)
    for (const who of ['customer', 'agent']) {
      const own = inLog.map(({ text }) => text).filter((text) => text.startsWith(`${who} `))
      expect(own).toEqual(Array.from({ length: EACH_WRITES }, (_, at) => `${who} ${at + 1}`))
    }
    for (const { page } of [customer, agent]) expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true)
    expect(await customer.read('transport')).toBe(transport)
  })

  test('the gateway stops with exit code 0 when it is asked to', async () => {
    await agentPage.close()
    await customerPage.close()
    expect(await gateway.stop()).toBe(0)
  })
})

interface Logged {
  readonly seq: number
  readonly id: string
  readonly body: { readonly text: string }
}

async function readLog({ url }: SpawnedGateway, conversation: string | null): Promise<Logged[]> {
  const response = await fetch(`${url}/v1/conversations/${encodeURIComponent(conversation ?? '')}/messages?after=0&limit=100`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  })
  return ((await response.json()) as { messages: Logged[] }).messages
}

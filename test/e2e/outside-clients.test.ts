/** Clients that are not ours talk to an `<im-chat>` on a page: a stock socket.io client, and a bare WebSocket. */
import type { Browser } from 'playwright-core'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { ChatView } from './chat-view.ts'

interface Pushed {
  readonly conversation: string
  readonly seq: number
  readonly from: string
  readonly body: { readonly text: string }
}

const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000, interval: 50 })

let browser: Browser
let gateway: StartedGateway
let token: string
let customerPage: TestPage
let customer: ChatView

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  gateway = await startGateway()
  token = await gateway.pass({ sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
  customerPage = await openPage(browser, `${gateway.url}/phone.html`, PHONE)
  customer = new ChatView(customerPage.page, 'im-chat')
})
afterEach(async () => {
  await customerPage.close()
  await gateway.stop()
})

test.each(['websocket', 'polling'] as const)('an unmodified socket.io client over %s', async (transport) => {
  const socket: Socket = io(gateway.url, { path: '/im/', auth: { token }, transports: [transport] })
  try {
    const pushed: Pushed[] = []
    socket.on('messagePush', (message: Pushed) => pushed.push(message))
    await new Promise((resolve, reject) => void socket.once('connect', () => resolve(undefined)).once('connect_error', reject))
    await customer.writeWithEnter('Hello, socket.io')
    await eventually(() => pushed.map(({ body }) => body.text)).toEqual(['Hello, socket.io'])

    const { conversation, seq, from } = pushed[0]!
    const send = { to: from, id: 'answer-1', kind: 'text', body: { text: 'Hello, page' } }
    expect(await socket.emitWithAck('send', send)).toMatchObject({ ok: true, conversation, seq: seq + 1 })
    expect(await socket.emitWithAck('send', send)).toMatchObject({ ok: true, seq: seq + 1, duplicate: true })
    await eventually(() => customer.texts()).toEqual(['Hello, socket.io', 'Hello, page'])

    expect(await socket.emitWithAck('read', { conversation, seq })).toEqual({ ok: true })
    await eventually(async () => (await customer.states())[0]).toBe('read')
    expect(await socket.emitWithAck('read', { conversation })).toMatchObject({ error: { code: 'bad_request' } })
    expect(socket.io.engine.transport.name).toBe(transport)
  } finally {
    socket.disconnect()
  }
})

test('a plain WebSocket with nothing but text packets', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
  try {
    const heard: string[] = []
    socket.on('message', (data) => heard.push(String(data)))
    const parse = (text: string | undefined): unknown => text && JSON.parse(text.replace(/^\d+/, ''))
    const find = (start: string): unknown => parse(heard.find((text) => text.startsWith(start)))
    await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject))
    socket.send(`0${JSON.stringify({ token })}`)
    await eventually(() => find('0')).toMatchObject({ identity: { id: 'ann', side: 'shop:42' } })

    await customer.writeWithEnter('Hello, wire')
    await eventually(() => find('2["messagePush"')).toMatchObject(['messagePush', { seq: 1, body: { text: 'Hello, wire' } }])
    const [, { from }] = find('2["messagePush"') as [string, Pushed]
    socket.send(`27${JSON.stringify(['send', { to: from, id: 'answer-1', kind: 'text', body: { text: 'Hello, page' } }])}`)
    await eventually(() => find('37')).toMatchObject([{ ok: true, seq: 2 }])
    await eventually(() => customer.texts()).toEqual(['Hello, wire', 'Hello, page'])
  } finally {
    socket.close()
  }
})

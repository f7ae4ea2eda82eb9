/** Each way a WebSocket fails on real networks: a real proxy in front of a real gateway, and the real engine.io-client. */
import { rm } from 'node:fs/promises'
import { describe, expect, test, vi, type TestContext } from 'vitest'
import { WebSocket } from 'ws'
import { createClient } from '../../widget/client/client.ts'
import { rawPort } from '../../widget/client/transports/raw.ts'
import type { Client } from '../../widget/client/types.ts'
import { openFaultProxy, type SocketFate } from '../kit/fault-proxy.ts'
import { spawnGateway, startGateway } from '../kit/gateway.ts'

/** A gateway, a proxy before it, `a` who comes through the proxy and `b` who does not. They talk to each other. */
async function world(onTestFinished: TestContext['onTestFinished']) {
  const gateway = await startGateway()
  const proxy = await openFaultProxy(gateway.port)
  const clients: Client[] = []
  onTestFinished(async () => {
    for (const client of clients) client.close()
    await proxy.close()
    await gateway.stop()
  })
  const open = async (sub: string, to: string, url: string): Promise<Client> => {
    const client = createClient({ gateway: url, token: await gateway.pass({ sub }), to, storage: null })
    clients.push(client)
    client.connect()
    return client
  }
  return { proxy, gateway, openA: () => open('a', 'b', proxy.url), openB: () => open('b', 'a', gateway.url) }
}

const until = (what: () => boolean, timeout = 30_000) => vi.waitUntil(what, { timeout, interval: 5 })

const isLive = (client: Client, transport: string): boolean =>
  client.connection.value.name === 'live' && client.connection.value.transport === transport

const texts = (client: Client, to: string) => client.conversation(to).timeline.value.messages.map(({ body }) => body.text)

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

describe.concurrent('the transport', () => {
  test('a good network: a WebSocket', async ({ onTestFinished }) => {
    const { proxy, openA } = await world(onTestFinished)
    const a = await openA()
    await until(() => isLive(a, 'websocket'))
    expect(proxy.openSocketCount).toBe(1)
  })

  test('a plain WebSocket at /ws: the same conversation without engine.io', async ({ onTestFinished }) => {
    const { gateway, proxy, openB } = await world(onTestFinished)
    const Class = WebSocket as unknown as typeof globalThis.WebSocket
    const token = await gateway.pass({ sub: 'a' })
    const transports = [rawPort(proxy.url, Class)]
    const a = createClient({ gateway: proxy.url, token, to: 'b', storage: null, transports })
    onTestFinished(() => a.close())
    a.connect()
    const b = await openB()
    await until(() => isLive(a, 'websocket') && isLive(b, 'websocket'))
    for (const text of numbers(10)) a.conversation('b').send(text)
    await until(() => texts(b, 'a').length >= 5)
    proxy.cut()
    await until(() => texts(b, 'a').length === 10 && texts(a, 'b').length === 10)
    expect(texts(b, 'a')).toEqual(numbers(10))
  })

  test('a WebSocket class that throws: reported as closed, tried again, never hanging', async ({ onTestFinished }) => {
    const { gateway } = await world(onTestFinished)
    const Class = function () {
      throw new Error('SecurityError')
    } as unknown as typeof globalThis.WebSocket
    const token = await gateway.pass({ sub: 'a' })
    const a = createClient({ gateway: gateway.url, token, storage: null, transports: [rawPort(gateway.url, Class)] })
    onTestFinished(() => a.close())
    a.connect()
    await until(() => a.connection.value.name === 'waiting' && a.connection.value.attempt > 2)
    expect(a.connection.value).toMatchObject({ reason: 'Error: SecurityError' })
  })

  const fates: [string, SocketFate][] = [
    ['refused', 'refuse'],
    ['reset', 'reset'],
    ['hanging', 'hang'],
    ['mute after 101', 'mute'],
    ['stripped by a proxy', 'strip'],
  ]
  test.for(fates)('a WebSocket that is %s: polling, and the WebSocket again when it works', async ([, fate], { onTestFinished }) => {
    const { proxy, openA, openB } = await world(onTestFinished)
    proxy.socketFate = fate
    const [a, b] = [await openA(), await openB()]
    await until(() => isLive(a, 'polling') && isLive(b, 'websocket'))
    for (const text of numbers(20).slice(0, 10)) a.conversation('b').send(text)
    await until(() => texts(b, 'a').length === 10)
    proxy.socketFate = 'pass'
    for (const text of numbers(20).slice(10)) a.conversation('b').send(text)
    await until(() => isLive(a, 'websocket') && texts(b, 'a').length === 20 && texts(a, 'b').length === 20)
    expect(texts(b, 'a')).toEqual(numbers(20))
    expect(texts(a, 'b')).toEqual(numbers(20))
  })

  test('a WebSocket that is cut again and again within seconds: polling, and nothing is lost', async ({ onTestFinished }) => {
    const { proxy, openA, openB } = await world(onTestFinished)
    proxy.socketFate = 1500
    const [a, b] = [await openA(), await openB()]
    await until(() => isLive(a, 'websocket'))
    const stop = setInterval(() => a.conversation('b').send(String(sent++)), 20)
    let sent = 0
    await until(() => isLive(a, 'polling'))
    clearInterval(stop)
    await until(() => texts(b, 'a').length === sent)
    expect(texts(b, 'a')).toEqual(numbers(sent))
    expect(proxy.upgradeCount).toBe(2)
  })

  test('a connection that falls silent while sending is noticed by the missing answer', async ({ onTestFinished }) => {
    const { proxy, openA, openB } = await world(onTestFinished)
    const [a, b] = [await openA(), await openB()]
    await until(() => isLive(a, 'websocket') && isLive(b, 'websocket'))
    proxy.halfOpen()
    for (const text of numbers(5)) a.conversation('b').send(text)
    await until(() => texts(b, 'a').length >= 5)
    expect(texts(b, 'a')).toEqual(numbers(5))
  })

  test('kill -9 while messages flow, three times: nothing is lost, doubled or out of order', async ({ onTestFinished }) => {
    const first = await spawnGateway()
    onTestFinished(() => rm(first.dataDir, { recursive: true, force: true }))
    const proxy = await openFaultProxy(first.port)
    const token = await first.pass({ sub: 'a' })
    const a = createClient({ gateway: proxy.url, token, to: 'b', storage: null })
    onTestFinished(() => a.close())
    onTestFinished(() => proxy.close())
    a.connect()
    const conversation = a.conversation('b')
    let sent = 0
    let gateway = first
    for (let round = 1; round <= 3; round++) {
      while (sent < round * 50) conversation.send(String(sent++))
      await until(() => texts(a, 'b').length > round * 50 - 40)
      await gateway.kill()
      while (sent < round * 50 + 10) conversation.send(String(sent++))
      gateway = await spawnGateway({ DATA_DIR: first.dataDir })
      proxy.retarget(gateway.port)
    }
    await until(() => texts(a, 'b').length === sent && a.connection.value.name === 'live')
    expect(texts(a, 'b')).toEqual(numbers(sent))
    expect(conversation.outbox.value).toEqual([])
    const { messages, head } = await a.request('history', { to: 'b', after: 100, limit: 100 })
    expect(messages.map(({ body }) => body.text)).toEqual(numbers(sent).slice(100))
    expect(head.seq).toBe(sent)
    await gateway.stop()
  })
})

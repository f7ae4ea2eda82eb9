/** One port, several protocols: which door gets a request, and which doors are open. */
import { request } from 'node:http'
import { afterEach, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const started: StartedGateway[] = []
const start = async (environment: Record<string, string> = {}): Promise<StartedGateway> => {
  const gateway = await startGateway(environment)
  started.push(gateway)
  return gateway
}
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop()
})

/** The status with which an upgrade is turned down; 101 when it is not. */
const upgrade = (url: string, path: string): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`)
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('error', () => undefined)
  })

const status = async (url: string, init: RequestInit = {}): Promise<number> => (await fetch(url, init)).status

describe('the upgrade router', () => {
  test('opens both kinds of sockets and refuses any other upgrade', async () => {
    const { url } = await start()
    expect(await upgrade(url, '/ws')).toBe(101)
    expect(await upgrade(url, '/im/?EIO=4&transport=websocket')).toBe(101)
    expect(await upgrade(url, '/elsewhere')).toBe(404)
    expect(await upgrade(url, '/healthz')).not.toBe(101)
    expect(await status(`${url}/ws`)).toBe(404)
    expect(await status(`${url}/nothing`)).toBe(404)
  })

  test('refuses a door that is not configured', async () => {
    const raw = await start({ DOORS: 'websocket' })
    expect(await upgrade(raw.url, '/ws')).toBe(101)
    expect(await upgrade(raw.url, '/im/?EIO=4&transport=websocket')).toBe(404)
    expect(await status(`${raw.url}/im/?EIO=4&transport=polling`)).toBe(404)
    expect(await status(`${raw.url}/v1/guests`, { method: 'POST' })).toBe(404)
    const inSite = await start({ DOORS: 'engine.io,rest' })
    expect(await upgrade(inSite.url, '/ws')).toBe(404)
    expect(await status(`${inSite.url}/im/?EIO=4&transport=polling`)).toBe(200)
    expect(await status(`${inSite.url}/v1/guests`, { method: 'POST' })).toBe(200)
  })

  test("passes Engine.IO's errors on with their codes", async () => {
    const { url } = await start()
    const error = async (query: string, init?: RequestInit) => {
      const response = await fetch(`${url}/im/?${query}`, init)
      return [response.status, ((await response.json()) as { code: number }).code]
    }
    expect(await error('EIO=4&transport=pigeon')).toEqual([400, 0])
    expect(await error('EIO=4&transport=polling&sid=unknown')).toEqual([400, 1])
    expect(await error('EIO=4&transport=polling', { method: 'POST' })).toEqual([400, 2])
    expect(await error('EIO=3&transport=polling')).toEqual([400, 5])
  })

  test("answers the handshake with our heartbeat and limit, and a sid that begins with the node's tag", async () => {
    const { url } = await start({ NODE_TAG: 'n7' })
    const body = await (await fetch(`${url}/im/?EIO=4&transport=polling`)).text()
    expect(JSON.parse(body.slice(1))).toMatchObject({
      sid: expect.stringMatching(/^n7\.[\w-]{20}$/) as string,
      upgrades: ['websocket'],
      pingInterval: 25_000,
      pingTimeout: 10_000,
      maxPayload: 2_097_152,
    })
  })

  test('lets pages of any origin read polling answers, preflight included, and sets no cookie', async () => {
    const { url } = await start()
    const headers = { origin: 'https://shop.example' }
    const answer = await fetch(`${url}/im/?EIO=4&transport=polling`, { headers })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(answer.headers.get('access-control-allow-credentials')).toBe(null)
    expect(answer.headers.get('set-cookie')).toBe(null)
    const asked = { ...headers, 'access-control-request-headers': 'content-type,x-trace' }
    const preflight = await fetch(`${url}/im/?EIO=4&transport=polling`, { method: 'OPTIONS', headers: asked })
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type, x-trace'])
  })

  test('answers localhost on IPv4 and on IPv6', async () => {
    const { port } = await start({ HOST: '::' })
    for (const host of ['127.0.0.1', '::1']) {
      const code = await new Promise((resolve, reject) => {
        request({ host, port, path: '/healthz' }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end()
      })
      expect(code).toBe(200)
    }
  })
})

describe('closing', () => {
  test('ends sessions of every kind with a byePush', async () => {
    const gateway = await start()
    const wireClients = await Promise.all(
      (['ws', 'engine.io websocket', 'engine.io polling'] as const).map(async (way) => {
        const wireClient = await new WireClient(gateway.url, way).open()
        await wireClient.hello({ token: await gateway.pass({ sub: 'c1' }) })
        return wireClient
      }),
    )
    const silent = await new WireClient(gateway.url, 'ws').open()
    await gateway.app.drain()
    for (const wireClient of [...wireClients, silent]) {
      expect(await wireClient.push('byePush')).toMatchObject({ code: 'draining', reconnect: true })
      await wireClient.closed()
    }
    expect(wireClients[0]?.closeCode).toBe(4000)
    await expect(fetch(gateway.url)).rejects.toThrow()
    started.splice(0)
  })

  test('answers commands in progress, and accepts no connection meanwhile', async () => {
    const gateway = await start()
    const wireClients = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const wireClient = await new WireClient(gateway.url, n % 2 === 0 ? 'ws' : 'engine.io websocket').open()
        await wireClient.hello({ token: await gateway.pass({ sub: `c${n}` }) })
        return wireClient
      }),
    )
    // a peer that has gone makes the drain wait until its limit
    const absent = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
    await new Promise((resolve) => absent.once('open', resolve))
    absent.pause()
    const answers = wireClients.map((wireClient) => wireClient.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'x' } }))
    await answers[0]
    const draining = gateway.app.drain()
    expect(await upgrade(gateway.url, '/ws')).toBe(503)
    expect(await upgrade(gateway.url, '/im/?EIO=4&transport=websocket')).toBe(503)
    const ready = await fetch(`${gateway.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false, reason: 'This node is stopping.' }])
    for (const answer of await Promise.all(answers)) expect(answer.ok).toBe(true)
    await draining
    absent.terminate()
    for (const wireClient of wireClients) expect(wireClient.pushes('byePush')).toMatchObject([{ code: 'draining' }])
    started.splice(0)
  })
})

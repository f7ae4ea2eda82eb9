/** The nginx.conf that we ship, in a real nginx, in front of two real gateways on one real Redis. */
import { Socket as EngineSocket } from 'engine.io-client'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Crowd } from '../kit/crowd.ts'
import { eventually, startRedis, type RedisServer } from '../kit/redis.ts'
import { NODE_TAGS, Site } from '../kit/site.ts'
import { WireClient } from '../kit/wire-client.ts'

let redis: RedisServer
let site: Site
beforeAll(async () => {
  redis = await startRedis()
  site = await Site.start({ n1: redis.url, n2: redis.url })
})
afterAll(async () => {
  expect(await site.stop()).toBe(true)
  await redis.stop()
})

const until = (what: () => boolean): Promise<unknown> => vi.waitUntil(what, { timeout: 30_000, interval: 10 })
const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const BALANCED = {
  lost: 0,
  missing: 0,
  doubled: 0,
  misordered: 0,
  foreign: 0,
  unshown: 0,
  shownTwice: 0,
  brokenLinks: 0,
}
const tagOf = (sid: string): string => sid.slice(0, sid.indexOf('.'))

async function handshake(): Promise<{ status: number; sid: string }> {
  const response = await fetch(`${site.url}/im/?EIO=4&transport=polling`)
  const body = await response.text()
  return { status: response.status, sid: response.ok ? (JSON.parse(body.slice(1)) as { sid: string }).sid : '' }
}

const handshakes = async (count: number): Promise<string[]> => {
  const tags: string[] = []
  for (let n = 0; n < count; n++) tags.push(tagOf((await handshake()).sid))
  return tags
}

const poll = async (sid: string, init?: RequestInit): Promise<number> =>
  (await fetch(`${site.url}/im/?EIO=4&transport=polling&sid=${sid}`, init)).status

describe('many nodes behind one address', () => {
  test('sessions are spread over the nodes on every door, and people at different nodes chat', async () => {
    const wireClients = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const wireClient = await new WireClient(site.url, (['ws', 'engine.io websocket', 'engine.io polling'] as const)[n % 3]!).open()
        const { sid } = await wireClient.hello({ token: await site.pass({ sub: `c${n}` }), to: `c${n ^ 1}` })
        return { wireClient, tag: tagOf(sid) }
      }),
    )
    expect(new Set(wireClients.map(({ tag }) => tag))).toEqual(new Set(NODE_TAGS))
    await Promise.all(
      wireClients.map(async ({ wireClient }, n) => {
        for (let m = 0; m < 20; m++) await wireClient.command('send', text(`c${n ^ 1}`, `c${n}-${m}`))
      }),
    )
    for (const [n, { wireClient }] of wireClients.entries()) {
      await wireClient.push('messagePush', 19)
      expect(wireClient.pushes('messagePush').map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, m) => `c${n ^ 1}-${m}`))
      expect(wireClient.isClosed).toBe(false)
      wireClient.close()
    }
  })

  test('a polling session is upgraded on its own node, by stock clients', async () => {
    for (let n = 0; n < 6; n++) {
      const engine = new EngineSocket(site.url, { path: '/im/' })
      onTestFinished(() => void engine.close())
      await new Promise<void>((resolve, reject) => {
        engine.on('upgrade', () => resolve())
        engine.on('close', (reason) => reject(new Error(reason)))
      })
      expect(engine.transport.name).toBe('websocket')
    }
    const socket = io(site.url, { path: '/im/', auth: { token: await site.pass({ sub: 'stock' }), v: 1 }, forceNew: true })
    onTestFinished(() => void socket.close())
    await until(() => socket.connected && socket.io.engine.transport.name === 'websocket')
    expect(await socket.emitWithAck('send', text('shop:1', 'm1'))).toMatchObject({ ok: true, seq: 1 })
  })

  test("no cookie is set, a visitor's forged address is dropped, and the operator's addresses are not served", async () => {
    const response = await fetch(`${site.url}/im/?EIO=4&transport=polling`)
    expect(response.headers.get('set-cookie')).toBe(null)
    const minted = await fetch(`${site.url}/v1/passes`, { method: 'POST', headers: { 'x-forwarded-for': '127.0.0.1' } })
    expect(minted.status).toBe(401)
    for (const path of ['metrics', 'readyz']) expect((await fetch(`${site.url}/${path}`)).status).toBe(404)
    expect((await fetch(`${site.url}/healthz`)).status).toBe(200)
  })
})

describe('a node that goes and comes', () => {
  test('killed: its sessions get one error and are not sent to other nodes, new ones go elsewhere; back: it is used again', async () => {
    const tags = await handshakes(6)
    expect(new Set(tags)).toEqual(new Set(NODE_TAGS))
    await eventually(handshake, ({ sid }) => tagOf(sid) === 'n1')
    const { sid } = await eventually(handshake, (one) => tagOf(one.sid) === 'n1')
    await site.node('n1').kill()
    expect(await poll(sid)).toBe(502)
    expect(new Set(await handshakes(6))).toEqual(new Set(['n2']))
    await site.startAgain('n1')
    await eventually(handshake, (one) => tagOf(one.sid) === 'n1')
    expect(await poll(sid)).toBe(400)
  })

  test('taken out, drained, started and taken back in while people chat: nothing is lost, doubled or out of order', async () => {
    const crowd = await Crowd.open(site.url, (claims) => site.pass(claims), { name: 'guest', pairs: 6 })
    onTestFinished(() => crowd.close())
    await until(() => crowd.isLive)
    crowd.talk(240)
    await site.nginx.takeOut('n1')
    expect(new Set(await handshakes(6))).toEqual(new Set(['n2']))
    expect(await site.node('n1').stop()).toBe(0)
    await site.startAgain('n1')
    await site.nginx.takeOut()
    await eventually(handshake, ({ sid }) => tagOf(sid) === 'n1')
    await until(() => crowd.isLive)
    crowd.quiet()
    await until(() => crowd.isSettled)
    const books = await crowd.books()
    console.log(`taken out and back: ${JSON.stringify(books)}, longest offline ${Math.round(crowd.longestOfflineMs)} ms`)
    expect(crowd.writtenCount).toBeGreaterThan(100)
    expect(books).toMatchObject(BALANCED)
    expect(crowd.wasRefused).toEqual([])
  })

  test('a rolling restart of both under load: every message is accounted for, everybody is back, nobody was refused', async () => {
    const crowd = await Crowd.open(site.url, (claims) => site.pass(claims), { name: 'person', pairs: 12 })
    onTestFinished(() => crowd.close())
    await until(() => crowd.isLive)
    crowd.talk(480)
    for (const tag of NODE_TAGS) {
      expect(await site.node(tag).stop()).toBe(0)
      await site.startAgain(tag)
      await eventually(handshake, ({ sid }) => tagOf(sid) === tag)
    }
    await until(() => crowd.isLive)
    crowd.quiet()
    await until(() => crowd.isSettled)
    const books = await crowd.books()
    console.log(`rolling restart: ${JSON.stringify(books)}, longest offline ${Math.round(crowd.longestOfflineMs)} ms`)
    expect(books).toMatchObject(BALANCED)
    expect(crowd.wasRefused).toEqual([])
    // a blink on an idle machine; this bound only tells a blink from a line that gave up
    expect(crowd.longestOfflineMs).toBeLessThan(20_000)
  })
})

/** The handshake, events and acks of Socket.IO v5 by its public specification, against the production door and codec. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startConformance } from '../../conformance/conformance-server.ts'
import type { AppOptions } from '../../../gateway/app.ts'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import type { Welcome } from '../../../gateway/protocol/commands.ts'
import { startGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { EnginePipe } from '../../kit/engine-pipe.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

/** An open engine.io session on a server of its own that sends no ping during the test. */
async function start(pings = { pingIntervalMs: 60_000, pingTimeoutMs: 60_000 }): Promise<EnginePipe> {
  const server = await startConformance({ port: 0, host: '127.0.0.1', path: '/socket.io/', ...pings })
  const pipe = new EnginePipe(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => {
    pipe.socket.terminate()
    server.close()
  })
  await pipe.next()
  return pipe
}

describe('Socket.IO v5 on the default namespace', () => {
  async function connected(hello = '40', pings?: Parameters<typeof start>[0]): Promise<{ pipe: EnginePipe; welcome: string; auth: string }> {
    const pipe = await start(pings)
    pipe.send(hello)
    return { pipe, welcome: String(await pipe.next()), auth: String(await pipe.next()) }
  }

  test.each([
    ['without a payload', '40', '42["auth",{}]'],
    ['with one', '40{"token":"123"}', '42["auth",{"token":"123"}]'],
  ])('a connect %s is answered with a sid', async (_, hello, echoed) => {
    const { welcome, auth } = await connected(hello)
    expect(welcome.slice(0, 2)).toBe('40')
    expect(JSON.parse(welcome.slice(2))).toEqual({ sid: expect.any(String) as string })
    expect(auth).toBe(echoed)
  })

  test('a connect to another namespace is refused, and the session stays open', async () => {
    const { pipe } = await connected()
    pipe.send('40/random,')
    expect(await pipe.next()).toBe('44/random,{"message":"Invalid namespace"}')
    pipe.send('42["message",1]')
    expect(await pipe.next()).toBe('42["message-back",1]')
  })

  test('events and acks keep their arguments', async () => {
    const { pipe } = await connected()
    pipe.send('42["message",1,"2",{"3":[true]}]')
    expect(await pipe.next()).toBe('42["message-back",1,"2",{"3":[true]}]')
    pipe.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    expect(await pipe.next()).toBe('43456[1,"2",{"3":[false]}]')
  })

  test.each([
    ['what is no packet', '4abc'],
    ['an ack nobody asked for', '430[]'],
  ])('%s closes the session', async (_, packet) => {
    const { pipe } = await connected()
    pipe.send(packet)
    await pipe.closed
  })

  // as in the official suite, which answers no ping either
  test('a disconnect keeps the Engine.IO session open: it is pinged, refuses events and accepts another connect', async () => {
    const { pipe } = await connected('40', { pingIntervalMs: 400, pingTimeoutMs: 60_000 })
    pipe.send('41')
    expect(await pipe.next()).toBe('2')
    pipe.send('40')
    expect(String(await pipe.next()).slice(0, 2)).toBe('40')
  })

  test('a client that reads one message at a time misses none', async () => {
    const server = await startConformance({ port: 0, host: '127.0.0.1', path: '/socket.io/', pingIntervalMs: 60_000, pingTimeoutMs: 60_000 })
    for (let n = 0; n < 20; n++) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`)
      const next = async (): Promise<string> => String((await once(socket, 'message'))[0])
      await next()
      socket.send('40')
      expect((await next()).slice(0, 2)).toBe('40')
      expect(await next()).toBe('42["auth",{}]')
      socket.terminate()
    }
    server.close()
  })

  test('an event before the connect closes the session', async () => {
    const pipe = await start()
    pipe.send('42["message"]')
    await pipe.closed
  })
})

describe("on the chat's own door too", () => {
  async function opened(environment: Record<string, string> = {}, options: AppOptions = {}) {
    const gateway = await startGateway(environment, options)
    onTestFinished(() => gateway.stop())
    const pipe = new EnginePipe(`ws://127.0.0.1:${gateway.port}/im/?EIO=4&transport=websocket`)
    onTestFinished(() => pipe.socket.terminate())
    await pipe.next()
    const hello = async (sub: string): Promise<Welcome> => {
      pipe.send(`40${JSON.stringify({ token: await gateway.pass({ sub }) })}`)
      return JSON.parse(String(await pipe.next()).slice(2)) as Welcome
    }
    return { pipe, hello }
  }

  test('a disconnected person is offline, and another person may say hello on the same Engine.IO session as a new session', async () => {
    const { pipe, hello } = await opened()
    const ann = await hello('ann')
    pipe.send('41')
    pipe.send('427["history",{"conversation":"shop:1~ann"}]')
    expect(await pipe.next()).toContain('hello_required')
    const bo = await hello('bo')
    expect([ann.identity.id, bo.identity.id]).toEqual(['ann', 'bo'])
    expect(bo.sid).not.toBe(ann.sid)
    pipe.send('428["history",{"conversation":"shop:1~ann"}]')
    expect(await pipe.next()).toContain('forbidden')
  })

  test.each(['yes', 'no'])('an answer to the first person is neither sent to the second nor awaited: %s', async (answer) => {
    const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const hooked = new HookedBackbone(await openEmbedded({ dataDir: folder }))
    const { pipe, hello } = await opened({}, { backbone: hooked })
    await hello('ann')
    const waiting: (() => void)[] = []
    hooked.beforeRead = () =>
      new Promise((resolve, reject) => {
        waiting.push(answer === 'yes' ? resolve : () => reject(new Unavailable('away')))
      })
    pipe.send('421["history",{"to":"shop:1"}]')
    pipe.send('422["history",{"to":"shop:2"}]')
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    pipe.send('41')
    hooked.beforeRead = async () => undefined
    await hello('bo')
    pipe.send('422["conversations",{}]')
    expect(await pipe.next()).toBe('432[{"ok":true,"conversations":[],"more":false}]')
    for (const go of waiting) go()
    await new Promise((resolve) => setImmediate(resolve))
    pipe.send('423["conversations",{}]')
    expect(await pipe.next()).toBe('433[{"ok":true,"conversations":[],"more":false}]')
    expect(pipe.received).toEqual([])
  })

  test('the second person has rate limits of their own', async () => {
    const { pipe, hello } = await opened({ COMMANDS_PER_SECOND: '1' })
    const ask = async (): Promise<string> => {
      pipe.send('421["conversations",{}]')
      return String(await pipe.next())
    }
    await hello('ann')
    let answer = ''
    for (let n = 0; n < 20 && !answer.includes('rate_limited'); n++) answer = await ask()
    expect(answer).toContain('rate_limited')
    pipe.send('41')
    await hello('bo')
    expect(await ask()).toContain('"ok":true')
  })
})

test('a session that stays silent after a disconnect ends at the deadline', async () => {
  const gateway = await startGateway({}, { helloMs: 300 })
  onTestFinished(() => gateway.stop())
  const pipe = new EnginePipe(`ws://127.0.0.1:${gateway.port}/im/?EIO=4&transport=websocket`)
  await pipe.next()
  pipe.send(`40${JSON.stringify({ token: await gateway.pass({ sub: 'ann' }) })}`)
  await pipe.next()
  pipe.send('41')
  expect(await pipe.next()).toContain('hello_timeout')
  await pipe.closed
})

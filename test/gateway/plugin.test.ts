/** The gateway inside a Fastify that a program already has, with real clients under its prefix. */
import { once } from 'node:events'
import { createHmac, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastifyWebsocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createApp } from '../../gateway/app.ts'
import { imChat, type ConversationChange, type ImChatOptions, type Message } from '../../gateway/plugin.ts'
import { createClient } from '../../widget/client/client.ts'
import type { ListingClient } from '../../widget/client/types.ts'

const secret = 'a secret of more than thirty-two bytes'
const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function pass(claims: object): string {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'im-plugin-'))
  stops.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** An app that listens, with the gateway in it. Resolves with its address. */
async function start(app: FastifyInstance, options: ImChatOptions = {}): Promise<string> {
  stops.push(() => app.close())
  await app.register(imChat, { prefix: '/chat', secret, store: await newFolder(), ...options })
  return app.listen({ port: 0, host: '127.0.0.1' })
}

function open(gateway: string, claims: object, to?: string): ListingClient {
  const client = createClient({ gateway, token: pass(claims), to, storage: null })
  stops.push(() => client.close())
  client.connect()
  return client
}

test('a customer and an agent chat under the prefix, and the app hears of it', async () => {
  const messages: Message[] = []
  const changes: ConversationChange[] = []
  const app = Fastify()
  app.get('/', () => 'the app')
  const url = await start(app, { onMessage: (message) => messages.push(message), onConversation: (change) => changes.push(change) })
  const agent = open(`${url}/chat`, { sub: '7', role: 'agent', shop: '42' })
  const customer = open(`${url}/chat`, { sub: '1001', role: 'customer' })
  const conversation = customer.conversation('shop:42')
  await expect.poll(() => agent.connection.value.name).toBe('live')
  conversation.send('Hello')
  await expect.poll(() => messages.map(({ body, from, seq }) => [body.text, from, seq])).toEqual([['Hello', '1001', 1]])
  await expect.poll(() => changes.map(({ shop, customer: who, phase }) => [shop, who, phase])).toContainEqual(['shop:42', '1001', 'open'])

  const answer = await app.imChat.send({ from: 'shop:42', to: '1001', text: 'Your parcel is on its way.' })
  expect(answer.seq).toBe(2)
  await expect.poll(() => conversation.timeline.value.messages.map(({ body }) => body.text)).toEqual(['Hello', 'Your parcel is on its way.'])
  expect(await (await fetch(url)).text()).toBe('the app')
})

test('what the gateway answers over HTTP it answers under the prefix, with its own limits of bodies and its own refusals', async () => {
  const url = await start(Fastify())
  expect(await (await fetch(`${url}/chat/readyz`)).text()).toContain('ok')
  const guest = await fetch(`${url}/chat/v1/guests`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  expect(guest.status).toBe(200)
  const wrong = await fetch(`${url}/chat/v1/nothing`)
  expect([wrong.status, ((await wrong.json()) as { error: { code: string } }).error.code]).toEqual([404, 'unknown_command'])
})

test('a socket of the app is its own, one of the gateway is not seen by the app, and a stranger is answered', async () => {
  const app = Fastify()
  await app.register(fastifyWebsocket)
  app.get('/echo', { websocket: true }, (socket) => void socket.on('message', (bytes: Buffer) => socket.send(bytes.toString())))
  const url = (await start(app)).replace('http', 'ws')
  const echo = new WebSocket(`${url}/echo`)
  await once(echo, 'open')
  echo.send('mine')
  expect(String((await once(echo, 'message'))[0])).toBe('mine')
  echo.close()
  const raw = new WebSocket(`${url}/chat/ws`)
  await once(raw, 'open')
  raw.send(`0${JSON.stringify({ token: pass({ sub: '1', role: 'customer' }), device: randomUUID() })}`)
  expect(String((await once(raw, 'message'))[0])).toMatch(/^0/)
  raw.close()
  const nobody = new WebSocket(`${url}/chat/nothing`)
  expect(String((await once(nobody, 'error'))[0])).toContain('404')
})

test('in an app without sockets an offer of another protocol is answered as plain HTTP', async () => {
  const app = Fastify()
  app.get('/', () => 'the app')
  const { port } = new URL(await start(app))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n')
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 [\s\S]*the app/)
  socket.destroy()
})

test('two gateways in one process have people, messages and hooks of their own', async () => {
  const heard: string[] = []
  const [one, two] = [Fastify(), Fastify()]
  const first = await start(one, { onMessage: ({ body }) => heard.push(`one ${body.text}`) })
  const second = await start(two, { prefix: '/deep/im', onMessage: ({ body }) => heard.push(`two ${body.text}`) })
  const [a, b] = [open(`${first}/chat`, { sub: '1', role: 'customer' }), open(`${second}/deep/im`, { sub: '1', role: 'customer' })]
  a.conversation('shop:42').send('A')
  b.conversation('shop:42').send('B')
  await expect.poll(() => heard.toSorted()).toEqual(['one A', 'two B'])
})

test('a hook that fails fails no message, and is told in the log of the app', async () => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: (line: string) => void lines.push(line) } } })
  await start(app, {
    onMessage: () => {
      throw new Error('the hook is broken')
    },
  })
  await expect(app.imChat.send({ from: 'shop:42', to: '1001', text: 'Hello' })).resolves.toMatchObject({ seq: 1 })
  await vi.waitFor(() => expect(lines.join('')).toContain('the hook is broken'))
})

test('an app that closes says goodbye to its sessions', async () => {
  const app = Fastify()
  const url = await start(app, { settings: { DRAIN_MS: 500 } })
  const client = open(`${url}/chat`, { sub: '1', role: 'customer' })
  await expect.poll(() => client.connection.value.name).toBe('live')
  await app.close()
  await expect.poll(() => client.connection.value.name).toBe('waiting')
})

test.each([
  [{ secret: undefined }, /needs `secret`/],
  [{ secret: 'short' }, /IM_SECRET must have 32 bytes/],
  [{ prefix: 'chat' }, /prefix of im-chat must be a path/],
  [{ settings: { AGENT_LIMIT: 'many' } }, /AGENT_LIMIT must be a whole number/],
  [{ settings: { AGENT_LIMITS: 1 } as object }, /There is no setting AGENT_LIMITS/],
])('a wrong option ends the start with a sentence: %j', async (options, sentence) => {
  const app = Fastify()
  stops.push(() => app.close())
  await expect((async () => app.register(imChat, { secret, ...(options as object) }))()).rejects.toThrow(sentence)
})

test('createApp works with the settings that are given, and has the defaults for the others', async () => {
  const app = await createApp({ DATA_DIR: await newFolder(), PORT: 0, HOST: '127.0.0.1', LOG_LEVEL: 'silent' })
  stops.push(() => app.close())
  const { port } = await app.listen()
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
})

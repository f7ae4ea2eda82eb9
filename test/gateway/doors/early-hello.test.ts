/** Hellos that come with the handshake: what a gateway promises of them, and what they may cost. */
import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { AppOptions } from '../../../gateway/app.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

async function gatewayForTest(environment: Record<string, string> = {}, options: AppOptions = {}): Promise<StartedGateway> {
  const gateway = await startGateway(environment, options)
  onTestFinished(() => gateway.stop())
  return gateway
}

const POLLING = '/im/?EIO=4&transport=polling'
const encoded = (hello: object): string => Buffer.from(JSON.stringify(hello)).toString('base64url')

async function openSocket({ url }: StartedGateway, protocols: string[], query = ''): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/im/?EIO=4&transport=websocket${query}`, protocols)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

test('a gateway chooses im-chat.hello only if it has taken the hello', async () => {
  const gateway = await gatewayForTest()
  const hello = encoded({ token: await gateway.pass({ sub: 'c1' }) })
  expect((await openSocket(gateway, ['im-chat', 'im-chat.hello', hello])).protocol).toBe('im-chat.hello')
  expect((await openSocket(gateway, ['im-chat', 'im-chat.hello'])).protocol).toBe('im-chat')
  expect((await openSocket(gateway, ['im-chat.hello', 'im-chat', hello])).protocol).toBe('im-chat')
  const { sid } = JSON.parse((await (await fetch(gateway.url + POLLING)).text()).slice(1)) as { sid: string }
  expect((await openSocket(gateway, ['im-chat', 'im-chat.hello', hello], `&sid=${sid}`)).protocol).toBe('im-chat')
})

test.each(['&sid=', '#&sid=x', '&hello=1&sid=', '&hello=1#&sid=x'])('a session that is opened with %s counts like any other', async (suffix) => {
  const { port } = await gatewayForTest({}, { rates: { session: { address: { perMinute: 1, burst: 2 } } } })
  const statusOf = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const method = suffix.includes('hello') ? 'POST' : 'GET'
      const ask = request({ port, host: '127.0.0.1', path: POLLING + suffix, method }, (answer) => {
        answer.resume()
        resolve(answer.statusCode!)
      })
      ask.on('error', reject).end(method === 'POST' ? '40{}' : undefined)
    })
  for (let n = 0; n < 2; n++) expect(await statusOf()).toBe(200)
  expect(await statusOf()).toBe(429)
})

/** The bytes that each of 60 sessions that are opened so keeps: the least of three measurements, because the compiler and other sessions keep something, too. */
test('a body that is too long is refused as soon as that is known', async () => {
  const { port, url } = await gatewayForTest()
  const { sid } = JSON.parse((await (await fetch(url + POLLING)).text()).slice(1)) as { sid: string }
  for (const [suffix, bytes] of [
    ['&hello=1', 70_000],
    [`&sid=${sid}&n=1`, 2_100_000],
  ] as const) {
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { 'content-length': 50_000_000 }
      const post = request({ port, host: '127.0.0.1', path: POLLING + suffix, method: 'POST', headers }, (answer) => {
        resolve(answer.statusCode!)
        post.destroy()
      })
      post.on('error', reject).setTimeout(5000, () => resolve(0))
      post.write('x'.repeat(bytes))
    })
    expect(status).toBe(413)
  }
})

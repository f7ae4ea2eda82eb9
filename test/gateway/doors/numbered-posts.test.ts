/** POSTs of long polling that say their number, against the door itself with a session that echoes. */
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startConformance } from '../../conformance/conformance-server.ts'

let base: string
let close: () => void
beforeAll(async () => {
  const server = await startConformance({ port: 0, host: '127.0.0.1', path: '/engine.io/', pingIntervalMs: 60_000, pingTimeoutMs: 60_000 })
  close = server.close
  base = `http://127.0.0.1:${server.port}/engine.io/?EIO=4&transport=polling`
})
afterAll(() => close())

async function open() {
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1)) as { sid: string }
  const address = `${base}&sid=${sid}`
  return {
    address,
    polled: async () => (await fetch(address)).text(),
    post: async (body: string, number: string) => (await fetch(`${address}&n=${number}`, { method: 'POST', body })).text(),
  }
}

/** A POST of which only the first bytes arrive. */
const breakOff = (address: string): Promise<void> =>
  new Promise((resolve) => {
    const post = request(address, { method: 'POST', headers: { 'content-length': 100 } })
    post.on('error', () => resolve())
    post.write('4half', () => setTimeout(() => post.destroy(), 50))
  })

test('a POST that comes again under its number is answered again and carried out once', async () => {
  const { polled, post } = await open()
  expect(await post('4one', '1')).toBe('1')
  expect(await post('4one', '1')).toBe('1')
  expect(await polled()).toBe('4one')
  expect(await post('4two', '2')).toBe('2')
  expect(await post('4one', '1')).toBe('1')
  expect(await polled()).toBe('4two')
})

test('a POST that breaks off does not end the session, and may come again', async () => {
  const { address, polled, post } = await open()
  await breakOff(`${address}&n=1`)
  expect(await post('4whole', '1')).toBe('1')
  expect(await polled()).toBe('4whole')
})

test('a POST that comes before another is not carried out, and is not said to be', async () => {
  const { address, polled, post } = await open()
  expect((await fetch(`${address}&n=2`, { method: 'POST', body: '4two' })).status).toBe(400)
  expect(await post('4one', '1')).toBe('1')
  expect(await post('4two', '2')).toBe('2')
  expect(await polled()).toBe('4one\x1e4two')
})

test('a goodbye waits for no predecessor: a client that closes sends it beside the POST that is under way', async () => {
  const { address, post } = await open()
  expect(await post('1', '2')).toBe('2')
  expect((await fetch(`${address}&n=1`, { method: 'POST', body: '4one' })).status).toBe(400)
})

test('a POST whose session ends before it is read is not said to be carried out', async () => {
  const { address, post } = await open()
  const status = new Promise<number>((resolve, reject) => {
    const late = request(`${address}&n=1`, { method: 'POST', headers: { 'content-length': 4 } }, (answer) => resolve(answer.statusCode!))
    late.on('error', reject)
    late.write('4on', () => setTimeout(() => void post('1', '').then(() => late.end('e'), reject), 50))
  })
  expect(await status).toBe(400)
})

test.each(['0', '-1', '1.5', 'x', ''])('n=%s is no number: the POST is taken as Engine.IO has it', async (number) => {
  const { polled, post } = await open()
  expect(await post('4one', number)).toBe('ok')
  expect(await post('4one', number)).toBe('ok')
  expect(await polled()).toBe('4one\x1e4one')
})

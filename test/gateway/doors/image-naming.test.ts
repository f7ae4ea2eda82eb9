/** Images are stored for good when something refers to them. The clock is moved by an hour. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { PICTURES } from '../../kit/pictures.ts'
import { WireClient } from '../../kit/wire-client.ts'

const HOUR_MS = 3_600_000
const KEY = 'the key of a backend, long enough'

let folder: string
let gateway: StartedGateway
let hooked: HookedBackbone
let lateMs: number
let customer: WireClient
let agent: WireClient
let token: string

beforeEach(async () => {
  lateMs = 0
  folder = await mkdtemp(join(tmpdir(), 'im-chat-naming-'))
  hooked = new HookedBackbone(await openEmbedded({ dataDir: folder, now: () => Date.now() + lateMs }))
  gateway = await startGateway({ API_KEY: KEY }, { backbone: hooked, now: Date.now })
  token = await gateway.pass({ sub: 'c1' })
  customer = await new WireClient(gateway.url, 'ws').open()
  await customer.hello({ token })
  agent = await new WireClient(gateway.url, 'ws').open()
  await agent.hello({ token: await gateway.pass({ sub: 'a1', role: 'agent', shop: '1' }) })
})
afterEach(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true })
})

const add = async (): Promise<string> => {
  const response = await fetch(`${gateway.url}/v1/images`, {
    method: 'POST',
    body: new Uint8Array(PICTURES.png),
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await response.json()) as { url: string }).url
}
const status = async (url: string): Promise<number> => (await fetch(gateway.url + url)).status
let last = 0
const send = (kind: string, body: object): Promise<unknown> => customer.ask('send', { to: 'shop:1', id: `m${++last}`, kind, body })
const image = (url: string): Promise<unknown> => send('image', { text: 'Image', url, width: 40, height: 30 })
const REFUSED = (code: string) => ({ error: expect.objectContaining({ code, retry: false }) as unknown })

test('an image is deleted after an hour, unless a message, a card, a note, a quick reply or a backend refers to it', async () => {
  const urls = (await Promise.all(Array.from({ length: 8 }, add))) as [string, string, string, string, string, string, string, string]
  const [none, sent, card, linked, posted, noted, saved, late] = urls
  expect(await image(sent)).toMatchObject({ ok: true })
  expect(await send('product', { text: 'Kettle', image: gateway.url + card })).toMatchObject({ ok: true })
  expect(await send('text', { text: `see ${gateway.url}${linked}, it is broken` })).toMatchObject({ ok: true })
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ conversation: 'shop:1~c1', kind: 'image', body: { text: 'x', url: posted } }),
  })
  expect(response.status).toBe(200)
  expect(await agent.ask('saveNote', { to: 'c1', id: 'n1', text: `as in ${noted}` })).toMatchObject({ ok: true })
  const quickReply = { id: 'q1', scope: 'shop', title: 'Map', text: `here: ${saved}` }
  expect(await agent.ask('saveQuickReply', { quickReply })).toMatchObject({ ok: true })
  lateMs = HOUR_MS - 60_000
  expect(await image(late)).toMatchObject({ ok: true })
  lateMs = 2 * HOUR_MS
  expect(await status(none)).toBe(404)
  for (const url of [sent, card, linked, posted, noted, saved, late]) expect(await status(url)).toBe(200)
  // again, and by another client id
  expect(await image(sent)).toMatchObject({ ok: true })
})

test('a message with a deleted image is refused, so that the client uploads it again', async () => {
  const url = await add()
  lateMs = HOUR_MS
  expect(await image(url)).toEqual(REFUSED('image_gone'))
  expect(await image('/v1/images/aaaaaaaaaaaaaaaaaaaaaaaa')).toEqual(REFUSED('image_gone'))
  // a mere mention in a text and images of other hosts do not count
  expect(await send('text', { text: `was ${url}` })).toMatchObject({ ok: true })
  expect(await send('image', { text: 'x', url: 'https://cdn.example/v1/images/aaaaaaaaaaaaaaaaaaaaaaaa' })).toMatchObject({ ok: true })
  expect(await send('text', { text: Array.from({ length: 21 }, (_, n) => `/v1/images/${String(n).padStart(24, 'a')}`).join(' ') })).toEqual(
    REFUSED('bad_request'),
  )
})

test('a refused message keeps no image', async () => {
  const url = await add()
  await send('text', { text: 'hello' })
  await agent.ask('block', { to: 'c1', reason: 'spam' })
  expect(await image(url)).toEqual(REFUSED('blocked'))
  expect(await status(url)).toBe(200)
  lateMs = HOUR_MS + 1000
  expect(await status(url)).toBe(404)
})

test('messages stay in order around one with an image', async () => {
  const url = await add()
  const { images } = hooked
  const keep = images.keep
  let goOn = (): void => undefined
  images.keep = async (id) => {
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    return keep(id)
  }
  const sends = [send('text', { text: 'before' }), image(url), send('text', { text: 'after' }), send('text', { text: 'last' })]
  await sends[0]
  await expect.poll(() => goOn !== undefined).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  goOn()
  const seqs = (await Promise.all(sends)).map((answer) => (answer as { seq: number }).seq)
  expect(seqs).toEqual([1, 2, 3, 4])
})

test('a full image store refuses images and accepts everything else', async () => {
  hooked.images.put = () => Promise.reject(Object.assign(new Error('no room'), { name: 'Full' }))
  const response = await fetch(`${gateway.url}/v1/images`, {
    method: 'POST',
    body: new Uint8Array(PICTURES.png),
    headers: { authorization: `Bearer ${token}` },
  })
  expect([response.status, await response.json()]).toEqual([507, REFUSED('images_full')])
  expect(await send('text', { text: 'hello' })).toMatchObject({ ok: true })
})

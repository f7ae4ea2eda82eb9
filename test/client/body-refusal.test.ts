/** What a gateway would refuse for its size or form is refused at once, with the gateway's own code, and never waits in the outbox. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODES } from '../../gateway/protocol/codes.ts'
import { LIMITS } from '../../gateway/protocol/limits.ts'
import type { Body } from '../../gateway/protocol/model.ts'
import { bodyRefusal } from '../../widget/client/body-refusal.ts'
import { idOrRefused, RefusalError } from '../../widget/client/refusal-error.ts'
import { ClientWorld } from '../kit/client-world.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

const SHOP = 'shop:42'

const nested = (depth: number): Body => {
  let value: unknown = {}
  for (let i = 2; i < depth; i++) value = { value }
  return { text: 'x', value } as Body
}
const counted = (count: number): Body => ({ text: 'x', list: Array.from({ length: count - 2 }, () => 1) }) as Body
/** `sign` fills a body up to so many bytes. */
const filled = (sign: string, bytes: number): Body => {
  const empty = { text: 'x', more: '', rest: '' }
  const left = bytes - Buffer.byteLength(JSON.stringify(empty))
  const size = Buffer.byteLength(JSON.stringify(sign)) - 2
  return { ...empty, more: sign.repeat(Math.floor(left / size)), rest: 'x'.repeat(left % size) } as Body
}
const text = (length: number, sign = 'x'): Body => ({ text: sign.repeat(length) })

const { bodyBytes, bodyCount, bodyDepth, textLength } = LIMITS
const BODIES: readonly (readonly [string, string, Body])[] = [
  ['the longest text', 'text', text(textLength)],
  ['a text too long', 'text', text(textLength + 1)],
  ['the longest text of three bytes a sign', 'text', text(textLength, '字')],
  ['of controls, six bytes a sign', 'text', text(textLength, '\u0001')],
  ['a card whose text is too long', 'product', text(textLength + 1)],
  ['the deepest', 'product', nested(bodyDepth)],
  ['deeper', 'product', nested(bodyDepth + 1)],
  ['the most parts', 'product', counted(bodyCount)],
  ['one part more', 'product', counted(bodyCount + 1)],
  ...['x', 'é', '字', '😀', '"', '\u0001', '\ud800'].flatMap((sign) => [
    [`as large as can be, of ${JSON.stringify(sign)}`, 'product', filled(sign, bodyBytes)] as const,
    [`a byte more, of ${JSON.stringify(sign)}`, 'product', filled(sign, bodyBytes + 1)] as const,
  ]),
  ['a kind that is none', 'Product', text(1)],
  ["the gateway's own kind", 'system', text(1)],
  ['no text', 'product', {} as Body],
  ['a text that is none', 'product', { text: 1 } as unknown as Body],
  ['nothing at all', 'product', null as unknown as Body],
]

describe('the client and the gateway say the same', () => {
  let gateway: StartedGateway
  let wireClient: WireClient
  beforeAll(async () => {
    gateway = await startGateway({ RATE_LIMITS: 'off' })
    wireClient = await new WireClient(gateway.url, 'ws').open()
    await wireClient.hello({ token: await gateway.pass({ sub: 'c1' }) })
  })
  afterAll(() => gateway.stop())

  test.each(BODIES)('%s', async (name, kind, body) => {
    const id = `m${BODIES.findIndex(([each]) => each === name)}`
    const code = (await wireClient.ask('send', { to: SHOP, id, kind, body })).error?.code
    expect(bodyRefusal(kind, body)?.code).toBe(code)
    if (/^(the (longest|deepest|most)|as large|of controls)/.test(name)) expect(code).toBeUndefined()
    else expect(Object.keys(CODES)).toContain(code)
  })
})

describe('send', () => {
  const loop: Record<string, unknown> = { text: 'x' }
  loop.loop = loop

  test.each([
    ['a text too long', 'text', text(textLength + 1), 'text_too_long'],
    ['a body that leads back to itself', 'product', loop, 'bad_request'],
    ['what JSON has no sign for', 'product', { text: 'x', price: 1n }, 'bad_request'],
    ['too large', 'product', filled('x', bodyBytes + 1), 'too_large'],
  ])('%s: thrown, told, and neither in the outbox nor in the storage', async (_name, kind, body, code) => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    const told: string[] = []
    client.person.value.onRefused(({ code: no }, command) => void told.push(`${command} ${no}`))
    const conversation = client.conversation(SHOP)
    const stored = [...world.storage('phone').values.keys()]
    const act = () => (kind === 'text' ? conversation.send((body as Body).text) : conversation.sendBody(kind, body as Body))
    expect(act).toThrow(expect.objectContaining({ code, retry: false }) as RefusalError)
    expect(act).toThrow(RefusalError)
    expect(told).toEqual([`send ${code}`, `send ${code}`])
    expect(conversation.outbox.value).toEqual([])
    expect([...world.storage('phone').values.keys()]).toEqual(stored)
    conversation.send('this one')
    await world.clock.advance(100)
    expect(world.log).toEqual(['this one'])
  })

  test('a waiting picture may have any size, its other fields may not', () => {
    const url = `data:image/png;base64,${'A'.repeat(3_000_000)}`
    expect(bodyRefusal('image', { text: 'Image', url, width: 4, height: 3 } as Body)).toBeUndefined()
    expect(bodyRefusal('image', { ...filled('x', bodyBytes), url } as Body)?.code).toBe('too_large')
    expect(bodyRefusal('image', { text: 'Image', url: `/v1/${'A'.repeat(bodyBytes)}` } as Body)?.code).toBe('too_large')
    expect(bodyRefusal('image', { text: 'Image', picture: url } as Body)?.code).toBe('too_large')
  })

  test('an address that is no text does not stop what comes after', async () => {
    const world = new ClientWorld()
    const conversation = world.open('customer:u1', SHOP).conversation(SHOP)
    conversation.sendBody('product', { text: 'odd', url: 5 } as unknown as Body)
    conversation.send('even')
    await world.clock.advance(100)
    expect(world.log).toEqual(['odd', 'even'])
  })
})

test('the limits are those of the gateway that welcomed last', async () => {
  const world = new ClientWorld()
  world.gateway.limits = { ...LIMITS, textLength: 10 }
  const conversation = world.open('customer:u1', SHOP).conversation(SHOP)
  expect(conversation.limits.textLength).toBe(textLength)
  await world.clock.advance(100)
  expect(conversation.limits.textLength).toBe(10)
  expect(() => conversation.send('eleven sign')).toThrow('limits.textLength (10)')
  expect(conversation.send('ten signs.')).toBeDefined()
})

test.each([0, -1, 0.5, 1e300, 2 ** 53 - 1])('a gateway that tells %d as its limits is odd: sending works as with the own, and ends', async (odd) => {
  const world = new ClientWorld()
  world.gateway.limits = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, odd])) as unknown as typeof LIMITS
  const conversation = world.open('customer:u1', SHOP).conversation(SHOP)
  await world.clock.advance(100)
  for (const [name, limit] of Object.entries(conversation.limits)) {
    expect(Number.isSafeInteger(limit), name).toBe(true)
    // 0: a gateway that does not say so knows no withdrawing, and asks for no ratings
    expect(limit, name).toBeGreaterThanOrEqual(['withdrawMs', 'ratingLength'].includes(name) ? 0 : 1)
  }
  const loop: Record<string, unknown> = { text: 'x' }
  loop.loop = loop
  expect(() => conversation.sendBody('product', loop as never)).toThrow(RefusalError)
  expect(conversation.send('hello')).toBeDefined()
})

test('a refusal at send() gives no id and does not throw; any other error is a bug and throws', () => {
  expect(
    idOrRefused(() => {
      throw new RefusalError({ code: 'text_too_long' })
    }),
  ).toBeUndefined()
  expect(idOrRefused(() => 'id')).toBe('id')
  expect(() =>
    idOrRefused(() => {
      throw new TypeError('a bug')
    }),
  ).toThrow('a bug')
})

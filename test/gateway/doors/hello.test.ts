/** Which hellos are accepted, over every transport. */
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { Talker, WAYS } from '../../kit/talker.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const SECRET = 'a secret of the operator, long enough'
let gateway: StartedGateway

beforeAll(async () => {
  gateway = await startGateway({ IM_SECRET: SECRET, ORIGINS: 'https://shop.example' })
})
afterAll(() => gateway.stop())

interface Signing {
  readonly secret?: string
  readonly expires?: string | number
}

function sign(claims: Record<string, unknown>, { secret = SECRET, expires = '1h' }: Signing = {}): Promise<string> {
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' })
  return (expires === '' ? jwt : jwt.setExpirationTime(expires)).sign(Buffer.from(secret))
}

const CUSTOMER = { sub: 'c1', role: 'customer' }
const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"c1","role":"customer","exp":9999999999}')}.`.replaceAll('=', '')

const BAD_PASSES: readonly [title: string, pass: () => Promise<unknown>, code: string][] = [
  ['no pass', async () => ({}), 'pass_required'],
  ['an empty pass', async () => ({ token: '' }), 'pass_required'],
  ['a pass that is no text', async () => ({ token: 7 }), 'bad_request'],
  ['nonsense', async () => ({ token: 'nonsense' }), 'pass_invalid'],
  ['an unsigned pass', async () => ({ token: unsigned }), 'pass_invalid'],
  ['a forged pass', async () => ({ token: await sign(CUSTOMER, { secret: 'another secret, long enough too' }) }), 'pass_invalid'],
  ['an expired pass', async () => ({ token: await sign(CUSTOMER, { expires: 1000 }) }), 'pass_expired'],
  ['a pass without an end', async () => ({ token: await sign(CUSTOMER, { expires: '' }) }), 'pass_invalid'],
  ['a pass of nobody', async () => ({ token: await sign({ role: 'customer' }) }), 'pass_invalid'],
  ['a pass whose id cannot be one', async () => ({ token: await sign({ sub: 'a~b', role: 'customer' }) }), 'pass_invalid'],
  ['a customer who says he is a shop', async () => ({ token: await sign({ sub: 'shop:1', role: 'customer' }) }), 'pass_invalid'],
  ['a source that makes a shop', async () => ({ token: await sign({ ...CUSTOMER, src: 'shop:' }) }), 'pass_invalid'],
  ['an unknown role', async () => ({ token: await sign({ sub: 'c1', role: 'system' }) }), 'pass_invalid'],
  ['an agent of no shop', async () => ({ token: await sign({ sub: 'a1', role: 'agent' }) }), 'pass_invalid'],
  ['an agent with the name of the queue', async () => ({ token: await sign({ sub: 'queue', role: 'agent', shop: '1' }) }), 'pass_invalid'],
  ['the same in two parts', async () => ({ token: await sign({ src: 'que', sub: 'ue', role: 'agent', shop: '1' }) }), 'pass_invalid'],
  ['a version long gone', async () => ({ token: await sign(CUSTOMER), v: 0 }), 'version_unsupported'],
]

describe.each(WAYS)('over %s', (way) => {
  test.each(BAD_PASSES)('%s is refused, and the session may say hello again', async (_title, hello, code) => {
    const talker = await new Talker(gateway.url, way).open()
    expect(await talker.refusedHello(await hello())).toMatchObject({ code, retry: false })
    talker.sendPacket({ type: 'connect', data: { token: await sign(CUSTOMER) } })
    await talker.until(() => talker.received.find(({ type }) => type === 'connect'))
    await talker.command('conversations', {})
    talker.close()
  })

  test('a hello without a payload is refused as one without a pass', async () => {
    const talker = await new Talker(gateway.url, way).open()
    expect((await talker.refusedHello(undefined)).code).toBe('pass_required')
    talker.close()
  })

  test('a page of a foreign origin is refused with a reason', async () => {
    const talker = await new Talker(gateway.url, way, 'https://evil.example').open()
    const refusal = await talker.refusedHello({ token: await sign(CUSTOMER) })
    expect(refusal).toMatchObject({ code: 'origin_forbidden', retry: false })
    talker.close()
  })

  test("a listed page, and a page of the gateway's own host, may connect", async () => {
    for (const origin of ['https://shop.example', gateway.url]) {
      const talker = await new Talker(gateway.url, way, origin).open()
      await talker.hello({ token: await sign(CUSTOMER) })
      talker.close()
    }
  })

  test('a command before the hello is refused, with the advice to say hello', async () => {
    const talker = await new Talker(gateway.url, way).open()
    expect((await talker.ask('send', {})).error).toMatchObject({ code: 'hello_required', retry: true })
    await talker.hello({ token: await sign(CUSTOMER) })
    talker.close()
  })

  test('a hello repeated for want of a welcome is the same hello: ignored while it is checked, welcomed again until a command', async () => {
    const talker = await new Talker(gateway.url, way).open()
    const hello = { type: 'connect', data: { token: await sign(CUSTOMER) } } as const
    const welcomes = () => talker.received.filter(({ type }) => type === 'connect')
    talker.sendPacket(hello)
    talker.sendPacket(hello)
    await talker.until(() => welcomes()[0])
    talker.sendPacket(hello)
    await talker.until(() => welcomes()[1])
    await talker.command('conversations', {})
    // over polling, the second hello may have come after the first welcome, and been welcomed as well
    const before = welcomes().length
    talker.sendPacket(hello)
    await talker.command('conversations', {})
    expect(welcomes().length).toBe(before)
    expect(talker.received.filter((packet) => packet.type === 'event' && packet.name === 'refusalPush')).toEqual([])
    talker.close()
  })

  test('another hello is refused, whether the first is still in progress or not', async () => {
    const talker = await new Talker(gateway.url, way).open()
    const token = await sign(CUSTOMER)
    talker.sendPacket({ type: 'connect', data: { token } })
    talker.sendPacket({ type: 'connect', data: { token, device: 'other' } })
    expect(await talker.push('refusalPush')).toMatchObject({ error: { code: 'hello_repeated' }, about: 'hello' })
    await talker.until(() => talker.received.find(({ type }) => type === 'connect'))
    talker.sendPacket({ type: 'connect', data: { token, device: 'other' } })
    await talker.push('refusalPush', 1)
    await talker.command('conversations', {})
    expect(talker.received.filter(({ type }) => type === 'connect')).toHaveLength(1)
    talker.close()
  })
})

describe('a session without an accepted hello', () => {
  test.each(WAYS)('ends with a byePush after the deadline, over %s', async (way) => {
    const impatient = await startGateway({ IM_SECRET: SECRET }, { helloMs: 200 })
    const talker = await new Talker(impatient.url, way).open()
    expect(await talker.refusedHello({ token: 'nonsense' })).toMatchObject({ code: 'pass_invalid' })
    expect(await talker.push('byePush')).toMatchObject({ code: 'hello_timeout', reconnect: true })
    await talker.closed()
    if (way === 'ws') expect(talker.closeCode).toBe(4002)
    await impatient.stop()
  })
})

test('with a secret set, nobody gets a pass without the API key', async () => {
  await expect(gateway.pass({ sub: 'c1' })).rejects.toThrow('404')
})

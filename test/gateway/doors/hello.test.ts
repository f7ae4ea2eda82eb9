/** Which hellos are accepted, over every transport. */
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'

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

describe.each(TRANSPORTS)('over %s', (transport) => {
  test.each(BAD_PASSES)('%s is refused, and the session may say hello again', async (_title, hello, code) => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    expect(await wireClient.refusedHello(await hello())).toMatchObject({ code, retry: false })
    wireClient.sendPacket({ type: 'connect', data: { token: await sign(CUSTOMER) } })
    await wireClient.until(() => wireClient.received.find(({ type }) => type === 'connect'))
    await wireClient.command('conversations', {})
    wireClient.close()
  })

  test('a hello without a payload is refused as one without a pass', async () => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    expect((await wireClient.refusedHello(undefined)).code).toBe('pass_required')
    wireClient.close()
  })

  test('a page of a foreign origin is refused with a reason', async () => {
    const wireClient = await new WireClient(gateway.url, transport, 'https://evil.example').open()
    const refusal = await wireClient.refusedHello({ token: await sign(CUSTOMER) })
    expect(refusal).toMatchObject({ code: 'origin_forbidden', retry: false })
    wireClient.close()
  })

  test("a listed page, and a page of the gateway's own host, may connect", async () => {
    for (const origin of ['https://shop.example', gateway.url]) {
      const wireClient = await new WireClient(gateway.url, transport, origin).open()
      await wireClient.hello({ token: await sign(CUSTOMER) })
      wireClient.close()
    }
  })

  test('a command before the hello is refused, with the advice to say hello', async () => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    expect((await wireClient.ask('send', {})).error).toMatchObject({ code: 'hello_required', retry: true })
    await wireClient.hello({ token: await sign(CUSTOMER) })
    wireClient.close()
  })

  test('a hello repeated for want of a welcome is the same hello: ignored while it is checked, welcomed again until a command', async () => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    const hello = { type: 'connect', data: { token: await sign(CUSTOMER) } } as const
    const welcomes = () => wireClient.received.filter(({ type }) => type === 'connect')
    wireClient.sendPacket(hello)
    wireClient.sendPacket(hello)
    await wireClient.until(() => welcomes()[0])
    wireClient.sendPacket(hello)
    await wireClient.until(() => welcomes()[1])
    await wireClient.command('conversations', {})
    // over polling, the second hello may have come after the first welcome, and been welcomed as well
    const before = welcomes().length
    wireClient.sendPacket(hello)
    await wireClient.command('conversations', {})
    expect(welcomes().length).toBe(before)
    expect(wireClient.received.filter((packet) => packet.type === 'event' && packet.name === 'refusalPush')).toEqual([])
    wireClient.close()
  })

  test('another hello is refused, whether the first is still in progress or not', async () => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    const token = await sign(CUSTOMER)
    wireClient.sendPacket({ type: 'connect', data: { token } })
    wireClient.sendPacket({ type: 'connect', data: { token, device: 'other' } })
    expect(await wireClient.push('refusalPush')).toMatchObject({ error: { code: 'hello_repeated' }, about: 'hello' })
    await wireClient.until(() => wireClient.received.find(({ type }) => type === 'connect'))
    wireClient.sendPacket({ type: 'connect', data: { token, device: 'other' } })
    await wireClient.push('refusalPush', 1)
    await wireClient.command('conversations', {})
    expect(wireClient.received.filter(({ type }) => type === 'connect')).toHaveLength(1)
    wireClient.close()
  })
})

describe('a session without an accepted hello', () => {
  test.each(TRANSPORTS)('ends with a byePush after the deadline, over %s', async (transport) => {
    const impatient = await startGateway({ IM_SECRET: SECRET }, { helloMs: 200 })
    const wireClient = await new WireClient(impatient.url, transport).open()
    expect(await wireClient.refusedHello({ token: 'nonsense' })).toMatchObject({ code: 'pass_invalid' })
    expect(await wireClient.push('byePush')).toMatchObject({ code: 'hello_timeout', reconnect: true })
    await wireClient.closed()
    if (transport === 'ws') expect(wireClient.closeCode).toBe(4002)
    await impatient.stop()
  })
})

test('with a secret set, nobody gets a pass without the API key', async () => {
  await expect(gateway.pass({ sub: 'c1' })).rejects.toThrow('404')
})

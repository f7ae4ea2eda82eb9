/** Invalid input of every kind, over every transport, gets a clear refusal, and the session stays open. The double of the client's tests refuses as a gateway does. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ALL_TRANSPORTS, startGatewayAndDouble, type AnyTransport } from '../../kit/gateway-and-double.ts'
import { TRANSPORTS, type WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: Awaited<ReturnType<typeof startGatewayAndDouble>>

beforeAll(async () => {
  gateway = await startGatewayAndDouble()
})
afterAll(() => gateway.stop())

const send = (more: Record<string, unknown>): Record<string, unknown> => ({ to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'hello' }, ...more })

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const MANY = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, n]))

const REFUSED: readonly [title: string, command: string, input: unknown, code: string, detail: string][] = [
  ['an unknown command', 'fly', {}, 'unknown_command', 'fly'],
  ['a command named like a property of every object', 'constructor', {}, 'unknown_command', 'constructor'],
  ['no argument at all', 'send', undefined, 'bad_request', 'argument'],
  ['an argument that is no object', 'send', 'hello', 'bad_request', 'argument'],
  ['a wrong type', 'send', send({ id: 7 }), 'bad_request', 'id'],
  ['a wrong type deep inside', 'send', send({ body: { text: 7 } }), 'bad_request', 'body.text'],
  ['a missing field', 'send', { to: 'shop:1', kind: 'text', body: { text: 'x' } }, 'bad_request', 'id'],
  ['an id that is too long', 'send', send({ id: 'x'.repeat(65) }), 'bad_request', 'id'],
  ['an id that is half a character', 'send', send({ id: 'a\ud800' }), 'bad_request', 'id'],
  ['neither to nor conversation', 'send', { id: 'm1', kind: 'text', body: { text: 'x' } }, 'bad_request', 'conversation or to'],
  ['both to and conversation', 'send', send({ conversation: 'shop:1~c1' }), 'bad_request', 'not both'],
  ['a to that is no id', 'send', send({ to: 'a b' }), 'bad_request', 'to'],
  ['a shop without a name', 'send', send({ to: 'shop:' }), 'bad_request', 'to'],
  ['a message to oneself', 'send', send({ to: 'c1' }), 'bad_request', 'yourself'],
  ['a text over the limit', 'send', send({ body: { text: 'x'.repeat(4001) } }), 'text_too_long', '4000'],
  ['an empty text', 'send', send({ body: { text: '' } }), 'text_empty', ''],
  ['a text of white space', 'send', send({ body: { text: ' \n\t ' } }), 'text_empty', ''],
  ['a text of nothing to see', 'send', send({ body: { text: ' \u3000\u200b\u2060' } }), 'text_empty', ''],
  ['a system message by a person', 'send', send({ kind: 'system' }), 'forbidden', ''],
  ['a body that nests 17 deep', 'send', send({ body: { text: 'x', deep: nested(16) } }), 'bad_request', 'bodyDepth'],
  ['a body of 600 items', 'send', send({ body: { text: 'x', list: Array(600).fill(0) } }), 'bad_request', 'bodyCount'],
  ['a body of 5,000 properties', 'send', send({ body: { text: 'x', ...MANY } }), 'bad_request', 'packetCount'],
  ['a body of 40 kB', 'send', send({ body: { text: 'x', more: 'x'.repeat(40_000) } }), 'too_large', 'bodyBytes'],
  ['a list of thirty thousand nothings', 'presence', { of: Array(30_000).fill(0) }, 'bad_request', 'packetCount'],
  ['an unknown conversation', 'history', { conversation: 'nonsense' }, 'unknown_conversation', ''],
  ['a conversation with its sides in the wrong order', 'history', { conversation: 'c1~shop:1' }, 'unknown_conversation', ''],
  ["someone else's conversation", 'history', { conversation: 'shop:1~c2' }, 'forbidden', ''],
  ["writing into someone else's conversation", 'send', send({ conversation: 'shop:1~c2', to: undefined }), 'forbidden', ''],
  ["reading someone else's cursor", 'read', { conversation: 'shop:1~c2', seq: 1 }, 'forbidden', ''],
  ['a negative seq', 'read', { to: 'shop:1', seq: -1 }, 'bad_request', 'seq'],
  ['a page before and after', 'history', { to: 'shop:1', before: 3, after: 1 }, 'bad_request', 'not both'],
  ['a page too large', 'history', { to: 'shop:1', limit: 101 }, 'bad_request', 'limit'],
  ['a forged renewal', 'renew', { token: 'a.b.c' }, 'pass_invalid', ''],
]

const HELLOS_REFUSED: readonly [title: string, hello: unknown, code: string][] = [
  ['no payload', undefined, 'pass_required'],
  ['an empty pass', { token: '' }, 'pass_required'],
  ['a pass that is no text', { token: 7 }, 'bad_request'],
  ['nonsense for a pass', { token: 'nonsense' }, 'pass_invalid'],
  ['a partner that is no id', { to: 'shop:' }, 'bad_request'],
  ['a version long gone', { v: 0 }, 'version_unsupported'],
]

async function arrive(transport: AnyTransport, sub: string): Promise<WireClient> {
  const wireClient = await gateway.wireClient(transport)
  await wireClient.hello({ token: await gateway.pass(transport, { sub }) })
  return wireClient
}

async function stillAnswers(wireClient: WireClient): Promise<void> {
  await wireClient.command('conversations', {})
  expect(wireClient.isClosed).toBe(false)
  wireClient.close()
}

describe.each(ALL_TRANSPORTS)('over %s', (transport) => {
  test.each(HELLOS_REFUSED)('a hello with %s is refused, and the session may say hello again', async (_title, hello, code) => {
    const wireClient = await gateway.wireClient(transport)
    const valid = { token: await gateway.pass(transport, { sub: 'c1' }) }
    const refusal = await wireClient.refusedHello(hello && { ...valid, ...hello })
    expect(refusal).toEqual({ code, message: expect.any(String) as string, retry: false })
    wireClient.sendPacket({ type: 'connect', data: valid })
    await wireClient.until(() => wireClient.received.find(({ type }) => type === 'connect'))
    await stillAnswers(wireClient)
  })

  test('a command before the hello is refused in its ack, a second hello by a push', async () => {
    const wireClient = await gateway.wireClient(transport)
    expect((await wireClient.ask('conversations', {})).error).toMatchObject({ code: 'hello_required', retry: true })
    const hello = { token: await gateway.pass(transport, { sub: 'c1' }) }
    await wireClient.hello(hello)
    wireClient.sendPacket({ type: 'connect', data: { ...hello, device: 'other' } })
    expect(await wireClient.push('refusalPush')).toMatchObject({ error: { code: 'hello_repeated', retry: false }, about: 'hello' })
    await stillAnswers(wireClient)
  })

  test.each(REFUSED)('%s is refused in the ack', async (_title, command, input, code, detail) => {
    const wireClient = await arrive(transport, 'c1')
    const { error } = await wireClient.ask(command, input)
    expect(error).toMatchObject({ code, retry: false })
    expect(error?.message).toContain(detail)
    await stillAnswers(wireClient)
  })

  test.each([
    ['not JSON', '2["send",', 'bad_packet'],
    ['no packet at all', 'hello', 'bad_packet'],
    ['an event without a name', '2[7]', 'bad_packet'],
    ['an ack nobody asked for', '31[]', 'bad_packet'],
    ['the header of a binary packet', '51-["send",{"_placeholder":true,"num":0}]', 'binary_unsupported'],
  ])('%s is refused by a push', async (_title, packet, code) => {
    const wireClient = await arrive(transport, 'c1')
    wireClient.send(packet)
    expect((await wireClient.push('refusalPush')).error).toMatchObject({ code, retry: false })
    await stillAnswers(wireClient)
  })

  test('a refused command without an ack id is answered by a push that names it', async () => {
    const wireClient = await arrive(transport, 'c1')
    wireClient.sendPacket({ type: 'event', name: 'send', args: [send({ body: { text: '' } })] })
    expect(await wireClient.push('refusalPush')).toMatchObject({ error: { code: 'text_empty' }, about: 'send' })
    await stillAnswers(wireClient)
  })
})

describe.each(TRANSPORTS)('a door, %s', (transport) => {
  test.each([
    ['send', `{"to":"shop:1","id":"deep","kind":"text","body":{"text":"x","deep":${'['.repeat(5000)}${']'.repeat(5000)}}}`],
    ['changeUser', `{"toid":"shop:1","deep":${'{"a":'.repeat(5000)}0${'}'.repeat(5000)}}`],
    ['presence', `{"of":[],"deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ])('%s with data thousands deep is refused in the ack', async (command, input) => {
    const wireClient = await arrive(transport, 'c1')
    wireClient.send(`277["${command}",${input}]`)
    expect(await wireClient.ack(77)).toMatchObject({ error: { code: 'bad_request', retry: false } })
    await stillAnswers(wireClient)
  })

  test('a connect to another namespace gets a connect error for that namespace', async () => {
    const wireClient = await arrive(transport, 'c1')
    const refused = wireClient.until(() => wireClient.received.find((packet) => packet.type === 'invalid'))
    wireClient.send('0/admin,{}')
    expect(await refused).toMatchObject({ reason: 'namespace', namespace: '/admin' })
    wireClient.send('2/admin,1["send",{}]')
    await wireClient.until(() => wireClient.received.filter((packet) => packet.type === 'invalid').length === 2)
    await stillAnswers(wireClient)
  })

  test('a packet of 1 MB is refused in its ack', async () => {
    const wireClient = await arrive(transport, 'c1')
    const { error } = await wireClient.ask('send', send({ body: { text: 'x'.repeat(1_000_000) } }))
    expect(error).toMatchObject({ code: 'too_large', retry: false })
    await stillAnswers(wireClient)
  })

  test('a packet with too many bytes in few characters is refused too', async () => {
    const wireClient = await arrive(transport, 'c1')
    const { error } = await wireClient.ask('send', send({ body: { text: '漢'.repeat(22_000) } }))
    expect(error?.code).toBe('too_large')
    await stillAnswers(wireClient)
  })

  test('a packet above the transport limit ends the session', async () => {
    const wireClient = await arrive(transport, 'c1')
    wireClient.send('2["send",{"text":"' + 'x'.repeat(2_200_000) + '"}]')
    await wireClient.closed()
  })

  test('a session ends with a byePush when it goes on sending invalid packets', async () => {
    const wireClient = await arrive(transport, 'c1')
    for (let n = 0; n < 60; n++) wireClient.send('nonsense')
    expect(await wireClient.push('byePush')).toMatchObject({ code: 'abuse', reconnect: false })
    await wireClient.closed()
    expect(wireClient.pushes('refusalPush').length).toBe(50)
    if (transport === 'ws') expect(wireClient.closeCode).toBe(4101)
  })
})

describe.each(TRANSPORTS)('without a pass, over %s', (transport) => {
  test('a session ends with a byePush after a few refused hellos and commands', async () => {
    const wireClient = await gateway.wireClient(transport)
    for (let n = 0; n < 4; n++) await wireClient.refusedHello({ token: 'nonsense' })
    for (let n = 0; n < 20; n++) wireClient.sendPacket({ type: 'event', name: 'send', args: [{}], id: n })
    expect(await wireClient.push('byePush')).toMatchObject({ code: 'abuse', reconnect: false })
    await wireClient.closed()
    expect(wireClient.received.filter(({ type }) => type === 'ack' || type === 'connectError')).toHaveLength(10)
  })
})

test('a polling payload of too many packets ends its session with a byePush and delays nobody', async () => {
  const opened = await (await fetch(`${gateway.url}/im/?EIO=4&transport=polling`)).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const started = performance.now()
  const body = '4x\x1e'.repeat(690_000)
  await fetch(`${gateway.url}/im/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body })
  expect(performance.now() - started).toBeLessThan(1000)
  expect(await (await fetch(`${gateway.url}/im/?EIO=4&transport=polling&sid=${sid}`)).text()).toContain('"code":"abuse"')
})

describe.each(TRANSPORTS.filter((transport) => transport !== 'engine.io polling'))('binary over %s', (transport) => {
  test('a binary message is refused by a push', async () => {
    const wireClient = await gateway.wireClient(transport)
    await wireClient.hello({ token: await gateway.pass(transport, { sub: 'c1' }) })
    wireClient.send(Buffer.from([1, 2, 3]))
    expect((await wireClient.push('refusalPush')).error.code).toBe('binary_unsupported')
    await wireClient.command('conversations', {})
    wireClient.close()
  })
})

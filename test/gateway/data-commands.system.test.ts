/** The data commands as an operator runs them, beside a gateway, its clients and Redis: nobody's messages are lost, doubled or mixed. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import type { Client } from '../../widget/client/types.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { freePort } from '../kit/free-port.ts'
import { startRedis } from '../kit/redis.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'im-chat-data-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

function run(environment: Record<string, string>, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['dist/gateway/main.js', ...args], { env: { PATH: process.env.PATH, ...environment } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })))
}

const until = (what: () => boolean) => vi.waitUntil(what, { timeout: 30_000, interval: 5 })
const textsOf = (client: Client, to: string): string[] => client.conversation(to).timeline.value.messages.map(({ body }) => body.text)
const epochOf = (client: Client, to: string): string | undefined => client.conversation(to).timeline.value.messages.at(-1)?.epoch
const isSettled = (client: Client, to: string): boolean =>
  client.conversation(to).timeline.value.messages.length > 0 && client.connection.value.name === 'live'

/** Ends with its test. */
async function started(environment: Record<string, string>): Promise<SpawnedGateway> {
  const gateway = await spawnGateway(environment)
  onTestFinished(() => gateway.kill())
  return gateway
}

async function connected(gateway: SpawnedGateway, sub: string, to: string): Promise<Client> {
  const client = createClient({ gateway: gateway.url, token: await gateway.pass({ sub }), to, storage: null })
  onTestFinished(() => client.close())
  client.connect()
  await until(() => client.connection.value.name === 'live')
  return client
}

async function say(client: Client, to: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) client.conversation(to).send(text)
  await until(() => texts.every((text) => textsOf(client, to).includes(text)))
}

test('set back to a backup made while it ran: both see one new history, with what each had written since sent again, once', async () => {
  const PORT = String(await freePort())
  const [DATA_DIR, copy, restored] = [join(root, 'data'), join(root, 'copy'), join(root, 'restored')]
  const gateway = await started({ PORT, DATA_DIR })
  const [a, b] = [await connected(gateway, 'a', 'b'), await connected(gateway, 'b', 'a')]
  await say(a, 'b', ['a1', 'a2'])
  await say(b, 'a', ['b1'])
  const backup = await run({ DATA_DIR }, 'backup', copy)
  expect(backup).toEqual({ code: 0, output: expect.stringMatching(/Copied .* and checked the copy[^]*messages +3\n/) })
  await say(b, 'a', ['b late'])
  await say(a, 'b', ['a late', 'a last'])
  await until(() => textsOf(a, 'b').length === 6 && textsOf(b, 'a').length === 6)
  const before = epochOf(a, 'b')
  await gateway.kill()
  expect(await run({}, 'restore', copy, restored)).toEqual({ code: 0, output: expect.stringMatching(/^Restored/) })
  const again = await started({ PORT, DATA_DIR: restored })
  await until(() => epochOf(a, 'b') !== before && epochOf(b, 'a') !== before && isSettled(a, 'b') && isSettled(b, 'a'))
  await until(() => textsOf(a, 'b').length === 6 && textsOf(b, 'a').length === 6)
  await say(a, 'b', ['on'])
  await until(() => textsOf(b, 'a').length === 7)
  expect(textsOf(a, 'b')).toEqual(textsOf(b, 'a'))
  expect(textsOf(a, 'b').toSorted()).toEqual(['a late', 'a last', 'a1', 'a2', 'b late', 'b1', 'on'].toSorted())
  const { messages } = await a.request('history', { to: 'b', limit: 50 })
  expect(messages.map(({ seq, epoch, body }) => [seq, epoch, body.text])).toEqual(textsOf(a, 'b').map((text, i) => [i + 1, epochOf(a, 'b'), text]))
  expect(await again.stop()).toBe(0)
})

test('moved into Redis: clients that come back go on in the same history', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const PORT = String(await freePort())
  const DATA_DIR = join(root, 'moved')
  const gateway = await started({ PORT, DATA_DIR })
  const [a, b] = [await connected(gateway, 'a', 'b'), await connected(gateway, 'b', 'a')]
  await say(a, 'b', ['a1', 'a2'])
  await say(b, 'a', ['b1'])
  const before = epochOf(a, 'b')
  const environment = { DATA_DIR, REDIS_URL: redis.url }
  expect(await run(environment, 'move')).toEqual({ code: 1, output: expect.stringMatching(/in use by another gateway/) })
  expect(await gateway.stop()).toBe(0)
  // written while nobody answers: it waits in the outbox
  b.conversation('a').send('b2')
  expect(await run({ DATA_DIR }, 'move')).toEqual({ code: 1, output: expect.stringMatching(/^Set REDIS_URL/) })
  expect(await run(environment, 'move')).toEqual({
    code: 0,
    output: expect.stringMatching(/^Moved 3 messages in 1 conversations, .*the same on both sides/),
  })
  await started({ PORT, ...environment })
  await until(() => textsOf(a, 'b').length === 4 && textsOf(b, 'a').length === 4)
  await say(a, 'b', ['on'])
  await until(() => textsOf(b, 'a').length === 5)
  expect(textsOf(a, 'b')).toEqual(['a1', 'a2', 'b1', 'b2', 'on'])
  expect(textsOf(b, 'a')).toEqual(['a1', 'a2', 'b1', 'b2', 'on'])
  expect(epochOf(a, 'b')).toBe(before)
  expect(await run(environment, 'check')).toEqual({ code: 0, output: expect.stringMatching(/^The data in Redis are sound[^]*messages +5\n/) })
})

test('what is missing on the command line is said in one sentence', async () => {
  for (const [args, sentence] of [
    [['backup'], /^Say where to/],
    [['restore'], /^Say what/],
    [['check', join(root, 'nothing')], /^There are no data of a gateway in/],
    [['restore', join(root, 'nothing')], /^There are no data of a gateway in/],
    [['backup', 'a', 'b'], /^There is no option b/],
  ] as const) {
    const { code, output } = await run({ DATA_DIR: join(root, 'unused') }, ...args)
    expect([code, output.trim().split('\n').length]).toEqual([1, 1])
    expect(output).toMatch(sentence)
  }
})

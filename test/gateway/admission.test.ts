/** Who is turned away is told why: by the claim, and in the log by the origin. */
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exportJWK, SignJWT, type JWTPayload } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import type { Fact } from '../../gateway/domain/facts.ts'
import { Passes } from '../../gateway/doors/admit/passes.ts'
import { Metrics } from '../../gateway/ops/metrics.ts'
import { reporter } from '../../gateway/ops/reporter.ts'
import { startGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

const SECRET = 'a secret of the operator, long enough'
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function start(settings: Record<string, string>) {
  const gateway = await startGateway(settings)
  stops.push(() => gateway.stop())
  return gateway
}

const sign = (claims: JWTPayload, key = SECRET): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(key))
const soon = (): number => Math.floor(Date.now() / 1000) + 600

test.each<[string, () => Promise<string>, RegExp]>([
  ['no exp', () => sign({ sub: '1', role: 'customer' }), /"exp" is missing/],
  ['no sub', () => sign({ role: 'customer', exp: soon() }), /"sub" is missing/],
  ['no role', () => sign({ sub: '1', exp: soon() }), /"role" must be/],
  ['an agent without a shop', () => sign({ sub: '1', role: 'agent', exp: soon() }), /"shop" must name/],
  ['a name that is none', () => sign({ sub: '1', role: 'customer', name: 7, exp: soon() } as JWTPayload), /"name" must be text/],
  ['an exp of text', () => sign({ sub: '1', role: 'customer', exp: 'tomorrow' as never }), /"exp"/],
  ['another secret', () => sign({ sub: '1', role: 'customer', exp: soon() }, 'x'.repeat(40)), /another key/],
  ['no JWT', async () => 'garbage', /no signed JWT/],
])('a pass with %s is refused by what is wrong', async (_name, make, sentence) => {
  await expect(new Passes({ secret: SECRET, now: Date.now }).verify(await make())).rejects.toThrow(sentence)
})

test('the pass of the README works word for word, for a customer and an agent', async () => {
  const [, , script] = /### A pass([\s\S]*?)```js\n([\s\S]*?)```/.exec(await readFile('README.md', 'utf8'))!
  const folder = await mkdtemp(join(tmpdir(), 'im-pass-'))
  stops.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'pass.mjs'), script!)
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'pass.mjs')], { env: { IM_SECRET: SECRET } })
  const { url } = await start({ IM_SECRET: SECRET })
  const identities = await Promise.all(
    stdout
      .trim()
      .split('\n')
      .map(async (token) => {
        const wireClient = await new WireClient(url, 'ws').open()
        return (await wireClient.hello({ token })).identity
      }),
  )
  expect(identities).toMatchObject([
    { id: '1001', role: 'customer', name: 'Ada' },
    { id: '7', role: 'agent', side: 'shop:42' },
  ])
})

describe('a key set', () => {
  async function keySet(body: string): Promise<string> {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(async () => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  }
  test("with IM_SECRET: people's passes are checked by its keys, guests' by the secret; the refusal names an unknown kid", async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const url = await keySet(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }))
    const gateway = await start({ IM_SECRET: SECRET, IM_JWKS_URL: url })
    const signed = (kid: string) =>
      new SignJWT({ sub: '5', role: 'customer', exp: soon() }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
    const person = await new WireClient(gateway.url, 'ws').open()
    expect((await person.hello({ token: await signed('k1') })).identity.id).toBe('5')
    const { token } = (await (await fetch(`${gateway.url}/v1/guests`, { method: 'POST' })).json()) as { token: string }
    const guest = await new WireClient(gateway.url, 'ws').open()
    expect((await guest.hello({ token })).identity.role).toBe('customer')
    const stranger = await new WireClient(gateway.url, 'ws').open()
    expect(await stranger.refusedHello({ token: await signed('k2') })).toMatchObject({ code: 'pass_invalid' })
  })
})

describe('the log', () => {
  function told() {
    const lines: string[] = []
    let now = 0
    const write = (_fact: object, line: string): void => void lines.push(line)
    const log = { error: write, warn: write, debug: () => undefined } as unknown as Parameters<typeof reporter>[0]
    const report = reporter(log, new Metrics({ isProcess: false }), () => now)
    return {
      lines,
      report,
      pass: (ms: number) => {
        now += ms
      },
    }
  }
  const no: Fact = {
    fact: 'helloRefused',
    code: 'origin_forbidden',
    message: 'Pages of this origin may not connect.',
    origin: 'https://shop.example',
    host: 'chat.example',
    address: '1.2.3.4',
  }

  test('names both origins, once a minute, however many pages come', () => {
    const { lines, pass, report } = told()
    for (let i = 0; i < 1000; i++) report(no)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/https:\/\/shop\.example.*chat\.example.*ORIGINS/)
    pass(61_000)
    report(no)
    report(no)
    expect(lines).toHaveLength(2)
  })

  test('says once what is wrong with a system, again when that changes, and when it is over', () => {
    const { lines, report } = told()
    for (const problem of ['OOM', 'OOM', 'READONLY', 'READONLY', undefined, undefined, 'OOM']) report({ fact: 'partSeen', part: 'Redis', problem })
    expect(lines).toEqual(['Redis: OOM', 'Redis: READONLY', 'Redis works again', 'Redis: OOM'])
  })
})

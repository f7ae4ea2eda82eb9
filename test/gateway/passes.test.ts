/** Passes that are verified in place and remembered: what is accepted, what is refused, and for how long. */
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { exportJWK, jwtVerify, SignJWT } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { Passes } from '../../gateway/doors/admit/passes.ts'

const SECRET = 'a secret of at least thirty-two bytes'
const START = 1_800_000_000_000
const EXP = START / 1000 + 60
const CLAIMS = { sub: '1', role: 'customer', exp: EXP }

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
function sign(claims: unknown, { header = { alg: 'HS256' }, key = SECRET }: { header?: unknown; key?: string } = {}): string {
  const body = `${encode(header)}.${encode(claims)}`
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
}

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function passesAt(secret = SECRET) {
  const clock = { now: START }
  return { clock, passes: new Passes({ secret, now: () => clock.now }) }
}

test('a remembered pass expires at its exp, to the second', async () => {
  const { clock, passes } = passesAt()
  const token = sign(CLAIMS)
  expect(await passes.verify(token)).toMatchObject({ id: '1', expiresAt: EXP * 1000 })
  clock.now = EXP * 1000 - 1
  expect((await passes.verify(token)).id).toBe('1')
  clock.now = EXP * 1000
  await expect(passes.verify(token)).rejects.toMatchObject({ wire: { code: 'pass_expired' } })
})

test('a remembered pass is refused before its nbf, should the clock step back', async () => {
  const { clock, passes } = passesAt()
  const token = sign({ ...CLAIMS, nbf: START / 1000 })
  expect((await passes.verify(token)).id).toBe('1')
  clock.now = START - 1000
  await expect(passes.verify(token)).rejects.toThrow(/"nbf"/)
})

test('a pass that differs from a remembered one in a character is refused', async () => {
  const { passes } = passesAt()
  const token = sign(CLAIMS)
  await passes.verify(token)
  const at = token.lastIndexOf('.') + 5
  await expect(passes.verify(`${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`)).rejects.toThrow(/another key/)
})

test('after the secret was changed the passes of the one before are refused', async () => {
  const token = sign(CLAIMS)
  await passesAt().passes.verify(token)
  await expect(passesAt('another secret of thirty-two bytes').passes.verify(token)).rejects.toThrow(/another key/)
})

test('while a secret is being replaced, passes of both are valid, and new ones are signed with the new', async () => {
  const [before, after] = [SECRET, 'another secret of thirty-two bytes']
  const passes = new Passes({ secret: after, oldSecret: before, now: () => START })
  expect((await passes.verify(sign(CLAIMS, { key: before }))).id).toBe('1')
  expect((await passes.verify(sign({ ...CLAIMS, sub: '2' }, { key: after }))).id).toBe('2')
  await expect(passes.verify(sign(CLAIMS, { key: 'a third secret of thirty-two bytes!' }))).rejects.toThrow(/another key/)
  await expect(passes.verify(sign({ ...CLAIMS, exp: START / 1000 - 1 }, { key: before }))).rejects.toMatchObject({ wire: { code: 'pass_expired' } })
  const { token } = await passes.mint({ sub: '3', role: 'customer' }, 60_000)
  expect((await passesAt(after).passes.verify(token)).id).toBe('3')
})

test.each<[string, unknown, unknown]>([
  ['alg none', { alg: 'none' }, CLAIMS],
  ['another alg of its family', { alg: 'HS512' }, CLAIMS],
  ['the alg of a public key', { alg: 'RS256' }, CLAIMS],
  ['no alg', { typ: 'JWT' }, CLAIMS],
  ['a critical header that nobody knows', { alg: 'HS256', crit: ['x'], x: 1 }, CLAIMS],
  ['an unencoded payload', { alg: 'HS256', crit: ['b64'], b64: false }, CLAIMS],
  ['an exp that has passed', { alg: 'HS256' }, { ...CLAIMS, exp: START / 1000 }],
  ['an exp of text', { alg: 'HS256' }, { ...CLAIMS, exp: String(EXP) }],
  ['an nbf to come', { alg: 'HS256' }, { ...CLAIMS, nbf: START / 1000 + 1 }],
  ['an nbf of text', { alg: 'HS256' }, { ...CLAIMS, nbf: '0' }],
  ['an iat of text', { alg: 'HS256' }, { ...CLAIMS, iat: '0' }],
  ['a list in place of claims', { alg: 'HS256' }, [CLAIMS]],
  ['text in place of claims', { alg: 'HS256' }, 'claims'],
])('a pass signed with the right secret is refused for %s', async (_name, header, claims) => {
  await expect(passesAt().passes.verify(sign(claims, { header }))).rejects.toMatchObject({ wire: { code: /^pass_/ } })
})

test('what is accepted in place jose accepts as well: one law, whichever of the two verifies', async () => {
  const odd = fc.constantFrom<unknown>(undefined, null, 0, -1, EXP, EXP - 61, EXP + 0.5, '1', {}, [], true, '\ud800')
  const header = fc.record({ alg: fc.constantFrom('HS256', 'HS256', 'hs256', 'HS384', 'none'), typ: odd, crit: odd, b64: odd }, { requiredKeys: [] })
  const claims = fc.record({ sub: odd, role: fc.constant('customer'), exp: odd, nbf: odd, iat: odd }, { requiredKeys: ['role'] })
  const change = fc.constantFrom<(token: string) => string>(
    (token) => token,
    (token) => `${token}=`,
    (token) => token.replace('.', '..'),
    (token) => `${token}.`,
    (token) => ` ${token}`,
    (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
  )
  await fc.assert(
    fc.asyncProperty(header, claims, change, async (head, said, changed) => {
      const token = changed(sign(said, { header: head }))
      const options = { currentDate: new Date(START), requiredClaims: ['exp', 'sub'], algorithms: ['HS256'] }
      const byJose = await jwtVerify(token, Buffer.from(SECRET), options).then(
        ({ payload }) => payload,
        () => undefined,
      )
      const here = await passesAt()
        .passes.verify(token)
        .catch(() => undefined)
      if (here !== undefined) expect(here).toMatchObject({ id: byJose?.sub, expiresAt: byJose!.exp! * 1000 })
      else if (byJose !== undefined) expect(byJose.sub).not.toBe('1')
    }),
    { numRuns: 500 },
  )
})

test('what is remembered is bounded in bytes: a valid pass that its owner lengthens differently each time takes no memory', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { passes } = passesAt()
  const token = sign(CLAIMS)
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = used()
  for (let n = 1; n <= 500; n++) expect((await passes.verify(token + Buffer.alloc(60_000 + n, ' ').toString('latin1'))).id).toBe('1')
  expect(used() - before).toBeLessThan(10_000_000)
  // so that it is not collected before
  expect((await passes.verify(token)).id).toBe('1')
})

test('a pass whose key has left the key set is refused once the set was fetched again, remembered or not', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }
  let keys: unknown[] = [jwk]
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys }))).listen(0, '127.0.0.1')
  stops.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const passes = new Passes({ keySet: { url: `http://127.0.0.1:${port}/`, onSeen: () => undefined }, now: Date.now })
  stops.push(() => passes.close())
  await passes.followKeySet()
  const token = await new SignJWT({ sub: '5', role: 'customer' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setExpirationTime('1h')
    .sign(privateKey)
  expect((await passes.verify(token)).id).toBe('5')
  keys = [{ ...jwk, kid: 'k2' }]
  await passes.followKeySet()
  await expect(passes.verify(token)).rejects.toMatchObject({ wire: { code: 'pass_invalid' } })
})

test('a number as sub, as a database gives it, is refused with what to do', async () => {
  const { passes } = passesAt()
  await expect(passes.verify(sign({ ...CLAIMS, sub: 1001 }))).rejects.toMatchObject({
    wire: { code: 'pass_invalid', message: expect.stringContaining('"sub" must be text') },
  })
})

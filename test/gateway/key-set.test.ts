/** The key set of IM_JWKS_URL, of a real server that goes away, fails, tells something else, too much, or nothing. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, SignJWT } from 'jose'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../gateway/app.ts'
import { readConfig } from '../../gateway/config.ts'
import { Passes } from '../../gateway/doors/admit/passes.ts'

const SECRET = 'a secret of at least thirty-two bytes'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
let good: string
beforeAll(async () => {
  good = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] })
})
const stops: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const answer =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(body)
const endless: RequestListener = (_request, response) => {
  const part = Buffer.alloc(65_536, ' ')
  const write = (): void => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', write)
  write()
}
const halfWay: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-length': 1000 }).write('{"keys"')
  setTimeout(() => request.socket.destroy(), 5)
}

async function keyServer(): Promise<{ url: string; says: RequestListener; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => served.says(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const served = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    says: answer(200, good),
    async stop() {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
  stops.push(served.stop)
  return served
}

function passesOf(url: string, more: { readonly secret?: string; readonly retryMs?: number; readonly freshMs?: number } = {}) {
  const problems: (string | undefined)[] = []
  const { secret, ...times } = more
  const onSeen = (problem: string | undefined): void => {
    if (problems.length === 0 || problems.at(-1) !== problem) problems.push(problem)
  }
  const keySet = { url, limitMs: 300, ...times, onSeen }
  const passes = new Passes({ secret, keySet, now: Date.now })
  stops.push(() => passes.close())
  return { passes, problems, seen: (count: number) => expect.poll(() => problems.length, { interval: 5 }).toBeGreaterThanOrEqual(count) }
}

const signed = (kid = 'k1'): Promise<string> =>
  new SignJWT({ sub: '5', role: 'customer' }).setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('1h').sign(privateKey)

const TROUBLES: readonly (readonly [string, RequestListener | undefined, RegExp])[] = [
  ['goes away', undefined, /cannot be fetched \([A-Z_]+\)/],
  ['returns 500', answer(500, 'oops'), /answered with status 500/],
  ['redirects', answer(302, ''), /answered with status 302/],
  ['returns HTML', answer(200, '<html>'), /JSON/],
  ['returns something else', answer(200, '{"a":1}'), /no JSON Web Key Set/],
  ['nests brackets', answer(200, `{"keys":[],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), /nested deeper than 16/],
  ['nests brackets in a key', answer(200, `{"keys":[{"kty":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`), /nested deeper than 16/],
  ['returns keys without end', answer(200, `{"keys":[${'{},'.repeat(30_000)}{}]}`), /more than 20000/],
  ['returns no keys', answer(200, '{"keys":[]}'), /no keys/],
  ['never ends', endless, /more than 1048576 bytes/],
  ['hangs', () => undefined, /in time/],
  ['breaks off', halfWay, /cannot be fetched/],
]

test.each(TROUBLES)('a server that %s at the start: not ready, with a sentence; ready when it works', async (_name, says, sentence) => {
  const server = await keyServer()
  if (says) server.says = says
  else await server.stop()
  const { passes, problems, seen } = passesOf(server.url, { retryMs: 10 })
  await passes.followKeySet()
  expect(problems[0]).toMatch(sentence)
  expect(passes.unready()).toMatch(/^No pass can be verified: the key set of IM_JWKS_URL: .+\.$/)
  if (!says) return
  server.says = answer(200, good)
  await seen(2)
  expect(problems.slice(0, 2)).toEqual([problems[0], undefined])
  expect(passes.unready()).toBeUndefined()
  expect((await passes.verify(await signed())).id).toBe('5')
})

const LATER = TROUBLES.filter(([name]) => name !== 'returns no keys')
test.each(LATER)('a server that %s later: its keys stay in use, and the problem is logged once', async (_name, says, sentence) => {
  const server = await keyServer()
  const { passes, problems, seen } = passesOf(server.url, { freshMs: 10, retryMs: 10 })
  await passes.followKeySet()
  expect(problems).toEqual([undefined])
  if (says) server.says = says
  else await server.stop()
  await seen(2)
  expect(problems[1]).toMatch(sentence)
  expect(passes.unready()).toBeUndefined()
  for (let time = 0; time < 3; time++) expect((await passes.verify(await signed())).id).toBe('5')
  await expect(passes.verify(await signed('k2'))).rejects.toMatchObject({ wire: { code: 'pass_invalid' } })
  // it is not said to be well each time that somebody's pass is good
  expect(problems.slice(1)).not.toContain(undefined)
})

test('with IM_SECRET the gateway is ready: guests are served', async () => {
  const server = await keyServer()
  await server.stop()
  const { passes, problems } = passesOf(server.url, { secret: SECRET })
  await passes.followKeySet()
  expect(problems[0]).toMatch(/ECONNREFUSED/)
  expect(passes.unready()).toBeUndefined()
  await expect(passes.verify(await signed())).rejects.toMatchObject({ wire: { code: 'unavailable' } })
})

test('/readyz says it', async () => {
  const server = await keyServer()
  server.says = answer(503, '')
  const folder = mkdtempSync(join(tmpdir(), 'im-chat-keys-'))
  const app = await createApp(readConfig({ HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, IM_JWKS_URL: server.url, LOG_LEVEL: 'silent' }))
  stops.push(() => app.close().then(() => rmSync(folder, { recursive: true })))
  const { port } = await app.listen()
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
  expect({ status: ready.status, body: await ready.json() }).toEqual({
    status: 503,
    body: { ok: false, reason: 'No pass can be verified: the key set of IM_JWKS_URL: it was answered with status 503.' },
  })
})

/** `im-chat doctor` in front of real proxies, right and wrong. */
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { examine } from '../../gateway/ops/doctor.ts'
import { freePort } from '../kit/free-port.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startPlainNginx } from '../kit/nginx.ts'

const RIGHT = [
  'proxy_http_version 1.1;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection "upgrade";',
  'proxy_set_header Host $http_host;',
  'proxy_buffering off;',
].join(' ')

let gateway: SpawnedGateway
beforeAll(async () => {
  gateway = await spawnGateway({ IM_SECRET: 'a secret of at least thirty-two characters', ORIGINS: 'https://shop.example' })
})
afterAll(async () => void (await gateway.stop()))

async function through(directives: string): Promise<string> {
  const nginx = await startPlainNginx(gateway.port, directives)
  onTestFinished(() => nginx.stop())
  return nginx.url
}

async function changes(url: string, origin?: string): Promise<string[]> {
  const found: string[] = []
  for await (const { verdict, what, advice } of examine(url, origin)) {
    expect(advice === undefined).toBe(verdict === 'ok')
    if (verdict === 'change') found.push(what)
  }
  return found
}

test('a gateway without a proxy and one behind a right proxy need no change', async () => {
  expect(await changes(gateway.url)).toEqual([])
  const url = await through(RIGHT)
  expect(await changes(url)).toEqual([])
  expect(await changes(`${url}/`, 'https://shop.example')).toEqual([])
})

test('a page that ORIGINS does not list is named', async () => {
  expect(await changes(gateway.url, 'https://other.example')).toEqual(['Pages of https://other.example may not connect.'])
})

test('a proxy as most people begin forwards no WebSocket and changes the host', async () => {
  expect(await changes(await through(''))).toEqual([
    expect.stringMatching(/^No WebSocket gets through \(\/ws\): the upgrade is answered with \d+\.$/),
    expect.stringMatching(/^No WebSocket gets through \(\/im\/\): the upgrade is answered with \d+\.$/),
    "Not even pages of the gateway's own host may connect.",
  ])
})

test('a proxy that loses polls, and one that answers late, are told', async () => {
  const forwarding = (after: (path: string) => number | undefined): Promise<string> =>
    new Promise((resolve) => {
      const server = createServer((request, response) => {
        const parts: Buffer[] = []
        request.on('data', (part: Buffer) => parts.push(part))
        request.on('end', () => {
          const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>
          const lateMs = after(`${request.method} ${request.url}`)
          if (lateMs === undefined) return response.writeHead(502).end()
          const body = parts.length === 0 ? undefined : Buffer.concat(parts)
          fetch(gateway.url + request.url, { method: request.method!, headers: { ...headers, host: 'x' }, ...(body && { body }) })
            .then(async (answer) => {
              const text = await answer.text()
              setTimeout(() => response.writeHead(answer.status).end(text), lateMs)
            })
            .catch(() => response.destroy())
        })
      })
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
      onTestFinished(() => void server.close())
    })
  const lost = await forwarding((path) => (path.startsWith('POST /im/') ? undefined : 0))
  expect(await changes(lost)).toContainEqual(expect.stringMatching(/^Polling does not work: /))
  const late = await forwarding((path) => (path.startsWith('GET /im/') && path.includes('sid=') ? 4000 : 0))
  expect(await changes(late)).toContainEqual(expect.stringMatching(/^An answer to a poll came after 4\.\d s\.$/))
}, 90_000)

test('where nothing answers, or something else does, it says that and no more', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`
  expect(await changes(nobody)).toEqual(['No gateway answers: ECONNREFUSED.'])
  expect(await changes('chat.example.com')).toEqual(['The address is no web address.'])
})

test('the command prints what it finds and what to do, and ends with 1 where something has to change', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, ['dist/gateway/main.js', 'doctor', ...args], { encoding: 'utf8' })
  const well = run(gateway.url)
  expect([well.status, well.stdout]).toEqual([0, expect.stringContaining('ok      WebSockets get through (/ws).')])
  const wrong = run(gateway.url, '--origin', 'https://other.example')
  expect([wrong.status, wrong.stdout]).toEqual([
    1,
    expect.stringContaining('CHANGE  Pages of https://other.example may not connect.\n        Add https://other.example to ORIGINS.'),
  ])
})

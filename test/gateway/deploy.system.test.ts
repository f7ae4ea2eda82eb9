/** nginx as compose.yaml and kubernetes.yaml start it, with the certificate of certificates.sh, in front of two gateways on one Redis. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { parse, parseAllDocuments } from 'yaml'
import { removeEnding } from '../kit/ends-with-us.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startNginxWith, writesInto } from '../kit/nginx.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'

let redis: RedisServer
let nodes: readonly [SpawnedGateway, SpawnedGateway]
const folder = removeEnding(await mkdtemp(join(tmpdir(), 'im-deploy-')))

beforeAll(async () => {
  redis = await startRedis()
  const settings = { REDIS_URL: redis.url, IM_SECRET: 'a secret of thirty-two bytes, or more', API_KEY: 'key', TRUST_PROXY: '1' }
  nodes = [await spawnGateway({ ...settings, NODE_TAG: 'n1' }), await spawnGateway({ ...settings, NODE_TAG: 'n2' })]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis.stop()
})

/** What the `sed` of a container makes of nginx.conf, with the names of nodes as addresses here. */
function confOf([, , line]: readonly string[], names: readonly [string, string]): string {
  const sed = line!.slice(0, line!.indexOf(' > /etc/nginx/nginx.conf')).replace(/\/im-chat(\.conf|\/nginx\.conf)$/, 'demo/deploy/nginx.conf')
  let conf = execFileSync('sh', ['-c', sed], { encoding: 'utf8' })
  for (const [i, name] of names.entries()) {
    expect(conf).toContain(`${name}:8080`)
    conf = conf.replaceAll(`${name}:8080`, `127.0.0.1:${nodes[i]!.port}`)
  }
  expect(conf).not.toMatch(/127\.0\.0\.1:808/)
  return conf.replace('worker_processes auto;', 'worker_processes 1;')
}

test('compose.yaml: https and WebSocket with a certificate of a local authority, for both nodes', async () => {
  // what the script needs; without it this test is named as left out
  execFileSync('openssl', ['version'])
  await promisify(execFile)('sh', ['demo/deploy/certificates.sh', folder, 'shop.test'])
  const again = await promisify(execFile)('sh', ['demo/deploy/certificates.sh', folder])
  expect(again).toEqual({ stdout: '', stderr: '' })
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8')
  const { services } = parse(await readFile('demo/deploy/compose.yaml', 'utf8'), { merge: true }) as {
    services: { nginx: { command: readonly string[] } }
  }
  const conf = confOf(services.nginx.command, ['n1', 'n2']).replaceAll('/certificates/', `${folder}/`)
  const nginx = await startNginxWith((place) => {
    expect(conf).toContain('listen 443 ssl;')
    return conf
      .replace('listen 443 ssl;', `listen 127.0.0.1:${place.port} ssl;`)
      .replace('http {', `http { access_log off; ${writesInto(place.folder)}`)
  })
  const opened = await Promise.all(Array.from({ length: 8 }, () => open(`https://localhost:${nginx.port}/im/?EIO=4&transport=polling`, ca)))
  expect(new Set(opened.map((body) => /"sid":"(n\d)\./.exec(body)?.[1]))).toEqual(new Set(['n1', 'n2']))
  const socket = new WebSocket(`wss://localhost:${nginx.port}/ws`, { ca })
  await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject))
  socket.terminate()
  await nginx.stop()
})

test('kubernetes.yaml: the visitor whom the ingress names reaches the gateway', async () => {
  const all = parseAllDocuments(await readFile('demo/deploy/kubernetes.yaml', 'utf8')).map(
    (document) => document.toJS() as { kind: string; spec: Pod },
  )
  const conf = confOf(all.find(({ kind }) => kind === 'Deployment')!.spec.template.spec.containers[0]!.command, ['im-chat-n1', 'im-chat-n2'])
  const nginx = await startNginxWith((place) =>
    conf.replace('listen 8080;', `listen 127.0.0.1:${place.port};`).replace('http {', `http { access_log off; ${writesInto(place.folder)}`),
  )
  expect(conf).toContain('X-Forwarded-For $proxy_add_x_forwarded_for')
  const response = await fetch(`${nginx.url}/healthz`, { headers: { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' } })
  expect(response.status).toBe(200)
  await nginx.stop()
})

interface Pod {
  readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] } }
}

const open = (url: string, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { ca }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve(body))
    }).on('error', reject)
  })

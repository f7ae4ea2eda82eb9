/** The document says what the routes do, both ways. */
import Fastify from 'fastify'
import { Compile } from 'typebox/compile'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Allowances } from '../../../gateway/domain/allowances.ts'
import type { Images } from '../../../gateway/domain/messaging/images.ts'
import { Origins } from '../../../gateway/doors/admit/origins.ts'
import { DemoWord } from '../../../gateway/doors/admit/demo-word.ts'
import { Passes } from '../../../gateway/doors/admit/passes.ts'
import { TrustedProxies } from '../../../gateway/doors/admit/trusted-proxies.ts'
import { UnderWay } from '../../../gateway/doors/admit/under-way.ts'
import type { Domain } from '../../../gateway/doors/commands.ts'
import { OPENAPI } from '../../../gateway/doors/rest/openapi.ts'
import { registerRest } from '../../../gateway/doors/rest/rest.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const KEY = { authorization: 'Bearer key', 'content-type': 'application/json' }
let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ API_KEY: 'key' })
})
afterAll(() => gateway.stop())

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: TSchema }>> }>>
}
const operations = Object.entries(OPENAPI.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

/** Nothing is asked of them: only what is registered counts. */
async function routes(): Promise<string[]> {
  const found: string[] = []
  const app = Fastify()
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (!['OPTIONS', 'HEAD'].includes(one)) found.push(`${one} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
  registerRest(app, {
    passes: new Passes({ secret: 'secret', now: () => 0 }),
    origins: new Origins('*'),
    proxies: new TrustedProxies('off'),
    report: () => undefined,
    answers: new UnderWay({ address: 1, total: 1 }),
    domain: {} as Domain,
    apiKey: 'key',
    demoWord: new DemoWord('word'),
    hasGuests: true,
    allowances: {} as Allowances,
    images: {} as Images,
  })
  await app.ready()
  await app.close()
  return found
}

test('each route is described, and nothing else', async () => {
  const isThere = (route: string): boolean => !['GET /v1', 'GET /v1/', 'GET /v1/*'].includes(route)
  expect(operations.map(({ path, method }) => `${method} ${path}`).toSorted()).toEqual((await routes()).filter(isThere).toSorted())
})

test('it is served to whoever asks, and each reference leads somewhere', async () => {
  const served = (await (await fetch(`${gateway.url}/v1/openapi.json`)).json()) as typeof OPENAPI
  expect(served).toEqual(JSON.parse(JSON.stringify(OPENAPI)))
  expect(served.openapi).toBe('3.1.0')
  const references = [...JSON.stringify(served).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
  expect(new Set(references)).toEqual(new Set(['Refused']))
  expect(Object.keys(served.components.schemas)).toEqual(['Refused', 'CustomerInfo'])
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const given = ((operation as { parameters?: { in: string; name: string }[] }).parameters ?? []).filter((one) => one.in === 'path')
    expect(given.map(({ name }) => name)).toEqual(named)
  }
})

test.each([
  ['POST', '/v1/passes', { sub: 'ann', role: 'customer' }],
  ['POST', '/v1/passes', { sub: 'ann' }],
  ['POST', '/v1/guests', {}],
  ['POST', '/v1/guests', { name: 7 }],
  ['POST', '/v1/messages', { conversation: 'shop:1~c1', body: { text: 'hi' } }],
  ['POST', '/v1/messages', {}],
  ['GET', '/v1/conversations/{conversation}/messages', undefined],
] as const)('%s %s answers what it says (%j)', async (method, path, input) => {
  const response = await fetch(gateway.url + path.replace('{conversation}', 'shop:1~c1'), {
    method,
    headers: KEY,
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  })
  const { responses } = operations.find((one) => one.path === path && one.method === method)!.operation
  const said = responses[String(response.status)]?.content?.['application/json']?.schema ?? OPENAPI.components.schemas.Refused
  const answer: unknown = await response.json()
  expect([response.ok, Compile(said).Errors(answer)]).toEqual([Object.hasOwn(responses, String(response.status)), []])
})

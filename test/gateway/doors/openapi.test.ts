/** The OpenAPI document agrees with the routes. */
import Fastify from 'fastify'
import { Compile } from 'typebox/compile'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Records } from '../../../gateway/backbone/records.ts'
import type { Images } from '../../../gateway/domain/messaging/images.ts'
import type { Allowances } from '../../../gateway/doors/admit/allowances.ts'
import { ApiKeys } from '../../../gateway/doors/admit/api-keys.ts'
import { Origins } from '../../../gateway/doors/admit/origins.ts'
import { DemoWord } from '../../../gateway/doors/admit/demo-word.ts'
import { Passes } from '../../../gateway/doors/admit/passes.ts'
import { TrustedProxies } from '../../../gateway/doors/admit/trusted-proxies.ts'
import { ConcurrencyLimit } from '../../../gateway/doors/admit/concurrency-limit.ts'
import type { Domain } from '../../../gateway/doors/commands.ts'
import { registerRest } from '../../../gateway/doors/rest/rest.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const KEY = { authorization: 'Bearer key', 'content-type': 'application/json' }
let gateway: StartedGateway
let document: Document
beforeAll(async () => {
  gateway = await startGateway({ API_KEY: 'key' })
  document = (await (await fetch(`${gateway.url}/v1/openapi.json`)).json()) as Document
})
afterAll(() => gateway.stop())

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>
}
interface Operation {
  readonly security: readonly Readonly<Record<string, readonly never[]>>[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required: boolean }[]
  readonly requestBody?: Content & { readonly required: boolean }
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, TSchema>>; readonly securitySchemes: Readonly<Record<string, unknown>> }
}
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** Never called: only the registered routes count. */
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
    answers: new ConcurrencyLimit({ address: 1, total: 1 }),
    domain: {} as Domain,
    apiKeys: new ApiKeys({ API_KEY: 'key', API_KEYS: undefined }),
    records: {} as Records,
    now: () => 0,
    demoWord: new DemoWord('word'),
    hasGuests: true,
    allowances: {} as Allowances,
    images: {} as Images,
    deadLetters: undefined,
  })
  await app.ready()
  await app.close()
  return found
}

test('the document describes each route and no other', async () => {
  const isThere = (route: string): boolean => !['GET /v1', 'GET /v1/', 'GET /v1/*'].includes(route)
  expect(
    operationsOf(document)
      .map(({ path, method }) => `${method} ${path}`)
      .toSorted(),
  ).toEqual((await routes()).filter(isThere).toSorted())
})

// prettier-ignore
test.each([
  // its input, its security, its answers
  ['POST /v1/passes', 'apiKey or nobody', [], 'application/json', { 200: 'application/json', default: 'Refused' }],
  ['POST /v1/guests', 'nobody', [], 'application/json?', { 200: 'application/json', default: 'Refused' }],
  ['POST /v1/images', 'pass or apiKey', [], 'image/*', { 201: 'application/json', default: 'Refused' }],
  ['GET /v1/images/{id}', 'nobody', ['path id'], undefined, { 200: 'image/*', 404: 'Refused' }],
  ['GET /v1/conversations/{conversation}/messages', 'apiKey', ['path conversation', 'query before?', 'query after?', 'query limit?'], undefined, { 200: 'application/json', default: 'Refused' }],
  ['POST /v1/messages', 'apiKey', ['header Idempotency-Key?'], 'application/json', { 200: 'application/json', default: 'Refused' }],
  ['GET /v1/openapi.json', 'nobody', [], undefined, { 200: 'application/json' }],
] as const)('%s: %s', (route, who, parameters, body, answers) => {
  const { operation } = operationsOf(document).find(({ path, method }) => `${method} ${path}` === route)!
  const { requestBody, responses, security } = operation
  expect(security.map((each) => Object.keys(each)[0] ?? 'nobody').join(' or ') || 'nobody').toBe(who)
  expect((operation.parameters ?? []).map((one) => `${one.in} ${one.name}${one.required ? '' : '?'}`).toSorted()).toEqual([...parameters].toSorted())
  expect(requestBody && Object.keys(requestBody.content!).join() + (requestBody.required ? '' : '?')).toBe(body)
  const answered = Object.entries(responses).map(([status, { content }]) => {
    const [[type, { schema }] = ['', {} as { schema: TSchema }]] = Object.entries(content ?? {})
    return [status, '$ref' in schema ? String(schema.$ref).replace('#/components/schemas/', '') : type]
  })
  expect(Object.fromEntries(answered)).toEqual(answers)
  for (const { description } of Object.values(responses)) expect(description).not.toBe('Default Response')
})

test('the document is the same when a gateway has no key and no guests', async () => {
  const other = await startGateway({ GUESTS: 'off' })
  try {
    expect(await (await fetch(`${other.url}/v1/openapi.json`)).json()).toEqual(document)
  } finally {
    await other.stop()
  }
})

test('each reference resolves, and no keyword of the schema library is left', () => {
  expect(document.openapi).toBe('3.1.0')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
  expect(new Set(references)).toEqual(new Set(['Refused']))
  expect(Object.keys(document.components.schemas)).toEqual(['Refused', 'CustomerInfo', 'CardInfo', 'ShopRecord'])
  expect(Object.keys(document.components.securitySchemes)).toEqual(['apiKey', 'pass'])
  expect(JSON.stringify(document)).not.toMatch(/def-\d|\$id|x-response|"~/)
})

test.each([
  ['POST', '/v1/passes', { sub: 'ann', role: 'customer' }],
  ['POST', '/v1/passes', { sub: 'ann' }],
  ['POST', '/v1/guests', {}],
  ['POST', '/v1/guests', { name: 7 }],
  ['POST', '/v1/messages', { conversation: 'shop:1~c1', body: { text: 'hi' } }],
  ['POST', '/v1/messages', {}],
  ['GET', '/v1/conversations/{conversation}/messages', undefined],
] as const)('%s %s answers as documented (%j)', async (method, path, input) => {
  const response = await fetch(gateway.url + path.replace('{conversation}', 'shop:1~c1'), {
    method,
    headers: KEY,
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  })
  const { responses } = operationsOf(document).find((one) => one.path === path && one.method === method)!.operation
  const said = responses[String(response.status)]?.content?.['application/json']?.schema ?? document.components.schemas.Refused!
  const answer: unknown = await response.json()
  expect([response.ok, Compile(said).Errors(answer)]).toEqual([Object.hasOwn(responses, String(response.status)), []])
})

/** A gateway with keys of several rights, and what asks it over HTTP: the REST tests run in it on either store. */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { expect } from 'vitest'
import { PICTURES } from '../../kit/pictures.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

const secret = (name: string): string => name.padEnd(40, '.')
export const KEYS = {
  all: secret('all'),
  crm: secret('crm'),
  crmNew: secret('crm-new'),
  reader: secret('reader'),
  writer: secret('writer'),
  customers: secret('customers'),
  shops: secret('shops'),
  passes: secret('passes'),
  hooks: secret('hooks'),
  one: secret('one'),
} as const
export type KeyName = keyof typeof KEYS

export const API_KEYS = [
  `crm:read,write,customers,shops:${KEYS.crm}`,
  `crm:read,write,customers,shops:${KEYS.crmNew}`,
  `reader:read:${KEYS.reader}`,
  `writer:write:${KEYS.writer}`,
  `customers:customers:${KEYS.customers}`,
  `shops:shops:${KEYS.shops}`,
  `passes:passes:${KEYS.passes}`,
  `hooks:webhooks:${KEYS.hooks}`,
  `one:read,write,customers,shops,passes@1,one:${KEYS.one}`,
].join(' ')

export interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly security: readonly Readonly<Record<string, unknown>>[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: TSchema }>> }>>
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, TSchema>> }
}

/** What is wrong with an answer by the description; nothing for a route that is not there. */
function faultsOf({ paths, components }: OpenApi, route: string, { status, json }: Answered): readonly unknown[] {
  const [method = '', asked = ''] = route.split(' ')
  const found = Object.keys(paths).filter((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(asked))
  // a fixed path comes before one with an id in it
  const operation = paths[found.find((path) => path === asked) ?? found[0] ?? '']?.[method.toLowerCase()]
  const said = operation?.responses[String(status)] ?? operation?.responses.default
  const schema = status < 300 ? said?.content?.['application/json']?.schema : components.schemas.Refused
  return operation === undefined ? [] : schema === undefined ? ['no schema'] : Compile(schema).Errors(json)
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // what a program in another language sees
  readonly json: Readonly<Record<string, unknown>> & { readonly error?: { readonly code: string; readonly message: string } }
}

export interface Asked {
  readonly key?: KeyName | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly node?: number
}

export class RestWorld {
  readonly nodes: readonly StartedGateway[]
  readonly document: OpenApi
  #count = 0

  constructor(nodes: readonly StartedGateway[], document: OpenApi) {
    this.nodes = nodes
    this.document = document
  }

  static async start(environments: readonly Readonly<Record<string, string>>[]): Promise<RestWorld> {
    const nodes: StartedGateway[] = []
    for (const environment of environments) nodes.push(await startGateway({ API_KEY: KEYS.all, API_KEYS, COMMANDS_PER_SECOND: '0', ...environment }))
    return new RestWorld(nodes, (await (await fetch(`${nodes[0]!.url}/v1/openapi.json`)).json()) as OpenApi)
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop()
  }

  unique(name: string): string {
    return `${name}${++this.#count}`
  }

  /** Each answer has to be as the description says. */
  async ask(route: string, { key = 'all', body, headers = {}, node = 0 }: Asked = {}): Promise<Answered> {
    const [method = 'GET', path = ''] = route.split(' ')
    const response = await fetch(`${this.nodes[node % this.nodes.length]!.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${KEYS[key]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const answered = { status: response.status, headers: response.headers, json: (await response.json()) as Answered['json'] }
    expect(faultsOf(this.document, `${method} /v1${path.split('?')[0]}`, answered), route).toEqual([])
    return answered
  }

  async upload(key: KeyName): Promise<Answered> {
    const response = await fetch(`${this.nodes[0]!.url}/v1/images`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS[key]}`, 'content-type': 'image/png' },
      body: new Uint8Array(PICTURES.png),
    })
    return { status: response.status, headers: response.headers, json: (await response.json()) as Answered['json'] }
  }

  async arrive(claims: PassClaims, node = 0): Promise<WireClient> {
    const { url, pass } = this.nodes[node % this.nodes.length]!
    const client = await new WireClient(url, 'ws').open()
    await client.hello({ token: await pass({ ttlMs: 3_600_000, ...claims }) })
    return client
  }

  /** An agent whom its colleagues see. */
  async agent(shop: string, sub: string, node = 0): Promise<WireClient> {
    const client = await this.arrive({ sub, role: 'agent', shop, name: sub.toUpperCase() }, node)
    for (;;) {
      const { presence } = await client.command('presence', { of: [`shop:${shop}`] })
      if (presence[`shop:${shop}`]?.agents?.some(({ id }) => id === sub)) return client
    }
  }

  async guest(node = 0): Promise<{ readonly id: string; readonly client: WireClient }> {
    const { url } = this.nodes[node % this.nodes.length]!
    const response = await fetch(`${url}/v1/guests`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Visitor"}' })
    const { token, sub } = (await response.json()) as { token: string; sub: string }
    const client = await new WireClient(url, 'ws').open()
    await client.hello({ token })
    return { id: sub, client }
  }

  /** Somebody writes `count` messages to a shop. Returns the conversation. */
  async written(shop: string, customer: string, texts: readonly string[] = ['hello'], name?: string): Promise<string> {
    const client = await this.arrive({ sub: customer, ...(name === undefined ? {} : { name }) })
    for (const [n, text] of texts.entries()) await client.command('send', { to: `shop:${shop}`, id: `m${n}`, kind: 'text', body: { text } })
    client.close()
    return `shop:${shop}~${customer}`
  }
}

/**
 * The gateway as a plugin of a Fastify that a program already has:
 *
 *   await app.register(imChat, { prefix: '/chat', secret, store: './data', onMessage: ({ body }) => … })
 *   await app.imChat.send({ from: 'shop:42', to: '1001', text: 'Your parcel is on its way.' })
 *
 * The gateway keeps a Fastify of its own that listens nowhere; what arrives under the prefix is handed to it without the prefix. So its limits, parsers
 * and refusals are those of the command, and the app's hooks of `onRequest` come before them. Its log lines go to the app's logger, and it is drained
 * when the app closes. Needs an app on HTTP/1.1.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createApp } from './app.ts'
import { readConfig, SettingError, SETTINGS } from './config.ts'
import { refuseUpgrade } from './doors/http-server.ts'
import { servePlainly } from './doors/plain-request.ts'
import type { GatewayHooks, Send } from './hooks-and-send.ts'

export { createApp, type App } from './app.ts'
export { SettingError, type Config } from './config.ts'
export type { ConversationChange, GatewayHooks, OutgoingMessage, Send } from './hooks-and-send.ts'
export type { Assignment, Body, Message } from './protocol/model.ts'

/** A setting of the table in docs/gateway.md, as text or as the value that it stands for. */
export type Settings = { readonly [N in keyof typeof SETTINGS]?: string | number | boolean | readonly string[] | undefined }

export interface ImChatOptions extends GatewayHooks {
  /** Where the gateway is in the app, as `/chat`; pages then have `gateway="https://app.example/chat"`. Default: `/chat`. */
  readonly prefix?: string
  /** IM_SECRET, 32 bytes or more. */
  readonly secret?: string
  /** A folder, or the `redis://…` address of a Redis. Default: `./data`. */
  readonly store?: string
  /** All other settings, by their names. */
  readonly settings?: Settings
}

export interface ImChat {
  readonly send: Send
  /** Why the gateway cannot serve now; undefined: it can. */
  unready(): string | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly imChat: ImChat
  }
}

/** Rejects the app's start with a `SettingError` where an option has a wrong value. */
export const imChat: FastifyPluginAsync<ImChatOptions> = async (app, options) => {
  const prefix = prefixOf(options.prefix)
  const gateway = await createApp(configOf(options), { logger: app.log, onMessage: options.onMessage, onConversation: options.onConversation })
  const { server } = gateway
  const { send, unready } = gateway
  app.decorate('imChat', { send, unready })
  await app.register(async (scope) => forward(scope, server), { prefix })
  const unmount = mount(app.server, prefix, server)
  app.addHook('onReady', () => gateway.ready())
  app.addHook('preClose', async () => {
    await gateway.drain()
    unmount()
  })
}

// the app itself gets `imChat`, not a scope of the plugin's own
Object.assign(imChat, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'im-chat',
  [Symbol.for('plugin-meta')]: { name: 'im-chat', fastify: '5.x' },
})

function prefixOf(prefix = '/chat'): string {
  if (/^(\/[\w.~-]+)+$/.test(prefix)) return prefix
  throw new SettingError(`The prefix of im-chat must be a path like /chat, not "${prefix}".`)
}

function configOf({ secret, store = './data', settings = {} }: ImChatOptions): ReturnType<typeof readConfig> {
  const unknownName = Object.keys(settings).find((name) => !Object.hasOwn(SETTINGS, name))
  if (unknownName !== undefined) throw new SettingError(`There is no setting ${unknownName}; docs/gateway.md lists them.`)
  const texts = Object.entries(settings).map(([name, value]) => [name, value === undefined ? undefined : String(value)] as const)
  const isRedis = /^rediss?(\+\w+)?:/.test(store)
  const config = readConfig({ [isRedis ? 'REDIS_URL' : 'DATA_DIR']: store, IM_SECRET: secret, ...Object.fromEntries(texts) })
  if (config.IM_SECRET !== undefined || config.IM_JWKS_URL !== undefined || settings.DEMO_WORD !== undefined) return config
  throw new SettingError('im-chat needs `secret`, 32 bytes or more, or the setting IM_JWKS_URL: without one of them it cannot check who anybody is.')
}

/** Hands requests over before anybody reads their bodies: the gateway has limits of its own. */
async function forward(scope: FastifyInstance, server: Server): Promise<void> {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const url of ['/', '/*']) {
    scope.all(url, (request, reply) => {
      reply.hijack()
      server.emit('request', withoutPrefix(request.raw, scope.prefix), reply.raw)
    })
  }
}

function withoutPrefix(request: IncomingMessage, prefix: string): IncomingMessage {
  const rest = request.url!.slice(prefix.length)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  return request
}

/** By the app's server: the gateways under their prefixes. */
const mounts = new WeakMap<Server, Map<string, Server>>()

/** Hands upgrades under the prefix over. Returns what ends that. */
function mount(outer: Server, prefix: string, inner: Server): () => void {
  const known = mounts.get(outer)
  const gateways = known ?? new Map<string, Server>()
  gateways.set(prefix, inner)
  if (known === undefined) takeUpgrades(outer, gateways)
  mounts.set(outer, gateways)
  return () => void gateways.delete(prefix)
}

/**
 * Every listener of `upgrade` gets every request, and those of other libraries answer ours with 404 or cut it. So the gateways' requests are taken
 * before they are emitted.
 */
function takeUpgrades(outer: Server, gateways: ReadonlyMap<string, Server>): void {
  const emit = outer.emit.bind(outer)
  outer.emit = ((event: string, ...given: unknown[]) => {
    const [request] = given as [IncomingMessage]
    const prefix = event === 'upgrade' ? [...gateways.keys()].find((each) => isUnder(each, request.url!)) : undefined
    if (prefix === undefined) return emit(event, ...given)
    return gateways.get(prefix)!.emit('upgrade', withoutPrefix(request, prefix), ...given.slice(1))
  }) as Server['emit']
  // without a listener Node emits no `upgrade`; where the app has none of its own, what is not the gateways' is served as if there was none
  outer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (outer.listenerCount('upgrade') > 1 || servePlainly(outer, request, { socket, head })) return
    refuseUpgrade(socket, 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
}

const isUnder = (prefix: string, url: string): boolean => url.startsWith(prefix) && /^(?:[/?]|$)/.test(url.slice(prefix.length))

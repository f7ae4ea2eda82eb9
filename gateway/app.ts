/**
 * Puts a gateway together, in this order: backbone, domain, doors, ops. Nothing is loaded by a convention; what is not
 * in this file does not run. `main.ts` gives it the environment, tests give it a folder in /tmp.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import type { Backbone } from './backbone/backbone.ts'
import { openEmbedded } from './backbone/embedded/embedded.ts'
import { SettingError, type Config } from './config.ts'
import { Admit } from './doors/admit/admit.ts'
import { demoSecret } from './doors/admit/demo-secret.ts'
import { Origins } from './doors/admit/origins.ts'
import { Passes } from './doors/admit/passes.ts'
import type { Domain } from './doors/dispatch.ts'
import { EngineIoDoor } from './doors/engine-io.ts'
import { Hub } from './doors/hub.ts'
import { registerPages } from './doors/pages.ts'
import type { Reception } from './doors/reception.ts'
import { registerRest } from './doors/rest/rest.ts'
import { createDispatcher } from './doors/upgrade.ts'
import { WebSocketDoor } from './doors/websocket.ts'
import { Allowance } from './domain/allowance.ts'
import { CatchUp } from './domain/catch-up.ts'
import { Conversations } from './domain/conversations.ts'
import { Focus } from './domain/focus.ts'
import { Messages } from './domain/messages.ts'
import { Typing } from './domain/typing.ts'
import type { Report } from './domain/facts.ts'
import { drain } from './ops/drain.ts'
import { registerHealth } from './ops/health.ts'
import { Metrics } from './ops/metrics.ts'
import { reporter } from './ops/reporter.ts'

const BURST_SECONDS = 10
const MINUTE_SECONDS = 60

export interface App {
  /** Listens as the settings say; resolves with the address in use. */
  listen(): Promise<AddressInfo>
  /** Leaves without anyone noticing, then closes. */
  drain(): Promise<void>
  /** Closes now. */
  close(): Promise<void>
}

export async function openBackbone(config: Config): Promise<Backbone> {
  if (config.REDIS_URL !== undefined) throw new SettingError('REDIS_URL is not served by this build yet; leave it out.')
  return openEmbedded({ dataDir: config.DATA_DIR })
}

/** `isProcess`: whether this app is the whole process, so that process metrics are its own. */
export async function createApp(config: Config, { isProcess = false }: { isProcess?: boolean } = {}): Promise<App> {
  const now = (): number => Date.now()
  const metrics = new Metrics({ isProcess })
  const backbone = await openBackbone(config)
  const isDemo = config.IM_SECRET === undefined && config.IM_JWKS_URL === undefined
  const secret = isDemo ? await demoSecret(config.DATA_DIR) : config.IM_SECRET
  const passes = new Passes({ secret, jwksUrl: config.IM_JWKS_URL, now })
  const origins = new Origins(config.ORIGINS ?? (isDemo ? '*' : ''))
  const tag = config.NODE_TAG ?? randomBytes(3).toString('hex')
  let isClosing = false

  let report: Report = () => undefined
  const hub = new Hub({ backbone, report: (fact) => report(fact), now })
  const domain = createDomain({ backbone, hub, config, now, report: (fact) => report(fact) })
  const reception: Reception = {
    admit: new Admit({ passes, origins }), hub, domain, now, lines: new Set(), report: (fact) => report(fact),
  }
  const open = new Set(config.DOORS.split(',').map((door) => door.trim()))
  const engineIo = open.has('engine.io') ? new EngineIoDoor({ reception, tag }) : undefined
  const webSocket = open.has('websocket') ? new WebSocketDoor({ reception, tag }) : undefined

  const fastify = createFastify(config, (handler) => createDispatcher({ engineIo, webSocket, isClosing: () => isClosing }, handler))
  report = reporter(fastify.log, metrics)
  await webSocket?.register(fastify)
  if (open.has('rest')) {
    const guestAllowance = new Allowance({ perSecond: config.GUESTS_PER_MINUTE / MINUTE_SECONDS, burst: config.GUESTS_PER_MINUTE, now })
    registerRest(fastify, { passes, origins, domain, apiKey: config.API_KEY, isDemo, hasGuests: config.GUESTS, guestAllowance })
  }
  registerHealth(fastify, () => (isClosing ? 'This node is leaving.' : backbone.unready()))
  metrics.register(fastify)
  await registerPages(fastify, pageFolders(config))
  fastify.addHook('preClose', async () => engineIo?.close())
  fastify.addHook('onClose', async () => {
    hub.close()
    await backbone.close()
  })

  const stopAccepting = (): void => {
    isClosing = true
  }
  return {
    listen: () => listen(fastify, config),
    drain: async () => {
      await drain({ stopAccepting, lines: reception.lines }, { limitMs: config.DRAIN_MS, now, chance: Math.random, wait })
      await fastify.close()
    },
    close: async () => {
      stopAccepting()
      for (const line of reception.lines) line.leave(0)
      await fastify.close()
    },
  }
}

function createDomain({ backbone, hub, config, now, report }: {
  backbone: Backbone; hub: Hub; config: Config; now: () => number; report: Report
}): Domain {
  const { store, bus } = backbone
  const conversations = new Conversations({ store, bus, attendance: hub })
  const perSecond = config.COMMANDS_PER_SECOND
  return {
    conversations,
    messages: new Messages({ store, conversations, now, report }),
    focus: new Focus({ bus }),
    typing: new Typing({ bus }),
    catchUp: new CatchUp({ store }),
    allowance: new Allowance({ perSecond, burst: perSecond * BURST_SECONDS, now }),
  }
}

function createFastify(config: Config, serverFactory: (handler: RequestListener) => Server): FastifyInstance {
  const fastify = Fastify({
    logger: { level: config.LOG_LEVEL }, logController: new LogController({ disableRequestLogging: true }), trustProxy: config.TRUST_PROXY, forceCloseConnections: true,
    serverFactory: (handler) => serverFactory(handler as RequestListener),
  })
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin' })
  })
  return fastify
}

async function listen(fastify: FastifyInstance, { PORT, HOST }: Config): Promise<AddressInfo> {
  try {
    await fastify.listen({ port: PORT, host: HOST })
  } catch (error) {
    // a machine without IPv6
    if (HOST !== '::' || (error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error
    await fastify.listen({ port: PORT, host: '0.0.0.0' })
  }
  return fastify.server.address() as AddressInfo
}

/** The operator's pages or the demo's, then the widget's bundles. The package is one or two folders up: sources or dist. */
function pageFolders({ PAGES }: Config): string[] {
  const root = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../..')].find((folder) => existsSync(join(folder, 'package.json')))
  if (root === undefined) return PAGES === undefined ? [] : [PAGES]
  return [PAGES ?? join(root, 'demo/pages'), join(root, 'dist/widget')]
}

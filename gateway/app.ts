/**
 * Builds a gateway in this order: backbone, domain, doors, ops. Nothing is loaded by convention: what is named neither here nor in assemble-domain.ts does not
 * run. `run.ts` passes the settings of the environment, tests pass their own.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { assembleDomain, type DomainOptions } from './assemble-domain.ts'
import { Backends } from './backends/backends.ts'
import type { Backbone } from './backbone/backbone.ts'
import { imageHostsOf, readConfig, SettingError, shopsOf, sourcesOf, type Config } from './config.ts'
import type { AllowanceName } from './domain/allowances.ts'
import { folders } from './folders.ts'
import { Images } from './domain/messaging/images.ts'
import { Nodes } from './domain/presence/nodes.ts'
import { Presence } from './domain/presence/presence.ts'
import { Shops } from './domain/messaging/shops.ts'
import { Viewing } from './domain/presence/viewing.ts'
import { assembleWebhooks } from './domain/webhooks/assemble-webhooks.ts'
import { allowanceTable, type Row } from './doors/admit/allowance-table.ts'
import { ALLOWANCE_SCOPES, Allowances } from './doors/admit/allowances.ts'
import { ApiKeys } from './doors/admit/api-keys.ts'
import { AddressWatch } from './doors/admit/address-watch.ts'
import { Admit } from './doors/admit/admit.ts'
import { demoSecret, storedDemoWord, UnusableSecret } from './doors/admit/demo-secret.ts'
import { DemoWord, registerDemoWord } from './doors/admit/demo-word.ts'
import { sessionRefusal } from './doors/admit/session-refusal.ts'
import { Origins } from './doors/admit/origins.ts'
import { Passes } from './doors/admit/passes.ts'
import { TrustedProxies } from './doors/admit/trusted-proxies.ts'
import { ConcurrencyLimit } from './doors/admit/concurrency-limit.ts'
import { registerPages, registerWidgetFiles } from './doors/static-files.ts'
import { UpgradeRouter } from './doors/upgrade-router.ts'
import { EventLoopTurns } from './doors/fair-queue.ts'
import { EngineIoDoor } from './doors/engine-io.ts'
import { engineSessions } from './doors/engine-io-session.ts'
import { HTTP_LIMITS } from './doors/http-limits.ts'
import { hookOf, sendIn, type GatewayHooks, type Send } from './hooks-and-send.ts'
import { openBackbone } from './open-backbone.ts'
import { Hub } from './relay/hub.ts'
import type { SessionContext } from './doors/session-context.ts'
import { isLoopback } from './doors/admit/loopback.ts'
import { refuse } from './doors/rest/http-refusal.ts'
import { requestIdOf } from './doors/rest/request-id.ts'
import { registerRest } from './doors/rest/rest.ts'
import { BEAT_MS, WebSocketDoor } from './doors/websocket.ts'
import { drain } from './ops/drain.ts'
import { registerHealth } from './ops/health.ts'
import { startJobs, type Job } from './ops/jobs.ts'
import { Metrics } from './ops/metrics.ts'
import { reporter } from './ops/reporter.ts'
import { LIMITS } from './protocol/limits.ts'

const SECOND_MS = 1000
const REPORTS_MS = 5000
const MINUTE_MS = 60_000
/** How long sessions get to receive their byePush when there is no time to drain. */
const CLOSE_MS = 300
/** How long a start waits for the key set. */
const KEY_SET_MS = 1000

export interface App {
  /** Logs an error that no code has caught, with its stack. */
  reportStray(error: unknown): void
  /** The word of demo mode: whoever sends it gets any pass. Undefined outside demo mode. */
  readonly demoWord: string | undefined
  /** Listens as the settings say. Resolves with the address in use; rejects with the system's error. */
  listen(): Promise<AddressInfo>
  /** In place of `listen`, where another server hands over its requests: resolves when `server` may get them. */
  ready(): Promise<void>
  readonly server: Server
  /** Writes into a conversation as a backend does. */
  readonly send: Send
  /** Why it cannot serve now, the sentence of /readyz; undefined: it can. */
  unready(): string | undefined
  /** Asks the sessions to reconnect elsewhere, waits for them at most DRAIN_MS, then closes. */
  drain(): Promise<void>
  /** The same within `CLOSE_MS`. */
  close(): Promise<void>
}

export interface AppOptions extends GatewayHooks {
  /** Where log lines go; LOG_LEVEL is then that of this logger. */
  readonly logger?: FastifyBaseLogger | undefined
  /** Whether this app is the whole process: then its metrics include the process'. */
  readonly isProcess?: boolean
  /** How long a session may take to say hello. Tests of the deadline make it short. */
  readonly helloMs?: number
  /** Ms since the epoch, in place of the backbone's clock. Tests move it. */
  readonly now?: () => number
  /** Ms on a clock that never steps, for durations. Default: `now` where it is given, else `performance.now`. */
  readonly uptime?: () => number
  /** Rows that replace those of the allowance table, for tests. */
  readonly rates?: Partial<Readonly<Record<AllowanceName, Row>>> | undefined
  /** In place of the backbone that the settings name. The app closes it, too. */
  readonly backbone?: Backbone
}

/** Settings that are not given have their defaults. */
export async function createApp(given: Partial<Config> = {}, options: AppOptions = {}): Promise<App> {
  const config: Config = { ...readConfig({}), ...given }
  const { isProcess = false, helloMs = LIMITS.helloMs } = options
  const uptime = options.uptime ?? options.now ?? (() => Math.floor(performance.now()))
  const upgradeRouter = new UpgradeRouter()
  const proxies = new TrustedProxies(config.TRUST_PROXY)
  const visitors = { addressOf: (request: IncomingMessage) => proxies.clientAddress(request), hasAddresses: config.RATE_LIMITS === 'on' }
  const fastify = createFastify(config, options.logger, (handler) => upgradeRouter.server(handler, visitors))
  const metrics = new Metrics({ isProcess })
  const report = reporter(fastify.log, metrics, uptime)

  const opened = options.backbone ?? (await openBackbone(config, report))
  const now = options.now ?? opened.now
  const nodes = new Nodes({ records: opened.records, now, uptime, node: randomBytes(6).toString('hex') })
  const { passes, origins, admit, allowances, addressWatch } = await createAdmission(opened, { ...options, config, proxies, now, uptime, report })
  const presence = new Presence({ ...opened, nodes, allowances, now, uptime })
  const backends = new Backends(config, report)
  const common = { presence, now, uptime, report }
  const webhooks = assembleWebhooks({ ...common, backbone: opened, targets: backends.webhooks, settings: config, node: nodes.node })
  const { backbone } = webhooks
  metrics.countWebhooks(webhooks.waiting)
  const viewing = new Viewing({ ...backbone, nodes, allowances, now, uptime })
  const hub = new Hub({ backbone, presence, viewing, report, now, uptime })
  const images = new Images({ store: backbone.images, records: backbone.records, allowances, now, report })
  const ports = { viewing, backends, allowances, images, remember: webhooks.remember, onConversation: options.onConversation }
  const domain = assembleDomain(backbone, { ...common, ...ports, config })
  domain.messages.onStored = hookOf('onMessage', options.onMessage, report)
  nodes.onForgotten = () => {
    for (const each of [presence, viewing, domain.assignmentSweep]) each.doubt()
  }
  const context: SessionContext = {
    admit,
    hub,
    domain,
    allowances,
    addressWatch,
    now,
    uptime,
    helloMs,
    report,
    imageHosts: imageHostsOf(config),
    limitsJson: JSON.stringify(config.RATINGS ? LIMITS : { ...LIMITS, ratingLength: 0 }),
    sessions: new Set(),
    turns: new EventLoopTurns(),
    arrivals: upgradeRouter.arrivals,
  }

  const demoWord = isDemo(config) ? new DemoWord(config.DEMO_WORD ?? (await storedDemoWord(config.DATA_DIR).catch(asSetting))) : undefined
  if (demoWord !== undefined) registerDemoWord(fastify, demoWord, { allowances, proxies })
  await openDoors(fastify, { config, upgradeRouter, context })
  const jobs = [...jobsOf(context, { allowances, webSocket: upgradeRouter.webSocket, backbone }), ...webhooks.jobs]
  const stopJobs = startJobs(jobs, report)
  if (config.DOORS.includes('rest'))
    registerRest(fastify, {
      ...restOptions(config, allowances),
      ...{ demoWord, passes, origins, proxies, domain, images, records: backbone.records, now, report, deadLetters: webhooks.deadLetters },
    })
  const unready = (): string | undefined => (upgradeRouter.isClosing ? 'This node is stopping.' : (backbone.unready() ?? passes.unready()))
  registerHealth(fastify, unready)
  registerMetrics(fastify, metrics, config)
  registerFiles(fastify, config)
  fastify.addHook('onClose', async () => {
    stopJobs()
    await domain.reports.flush().catch(() => undefined) // the store is away; the figures lack the last seconds
    await webhooks.close().catch(() => undefined) // the store is away; the lease ends by itself
    for (const each of [hub, allowances, passes, backends]) each.close()
    await nodes.leave().catch(() => undefined) // the store is away; the other nodes will notice that this one is gone
    await backbone.close()
  })
  return { ...asApp(fastify, { config, upgradeRouter, context }), unready, demoWord: demoWord?.text }
}

/** Every periodic job of the gateway, in the order in which they run. */
function jobsOf(
  { hub, domain, sessions }: SessionContext,
  { allowances, webSocket, backbone }: { allowances: Allowances; webSocket: WebSocketDoor | undefined; backbone: Backbone },
): Job[] {
  const stalledSessions = async (): Promise<void> => {
    await setImmediate() // reads first what arrived while this process was busy, so that a session is not taken for stalled
    for (const session of sessions) session.tick()
  }
  return [
    { name: 'outdatedSessions', everyMs: SECOND_MS, run: () => hub.endOutdated() },
    { name: 'presence', everyMs: SECOND_MS, run: () => hub.refreshPresence() },
    { name: 'missedPublishes', everyMs: SECOND_MS, run: () => hub.compareAgain() },
    { name: 'viewing', everyMs: SECOND_MS, run: () => domain.viewing.tend() },
    { name: 'assignmentSweep', everyMs: SECOND_MS, run: () => domain.assignmentSweep.run(hub.shops()) },
    { name: 'retention', everyMs: MINUTE_MS, run: () => domain.retention.run() },
    { name: 'reports', everyMs: REPORTS_MS, run: () => domain.reports.flush() },
    { name: 'stalledSessions', everyMs: SECOND_MS, run: stalledSessions },
    { name: 'websocketHeartbeat', everyMs: BEAT_MS, run: () => webSocket?.beat() },
    { name: 'allowances', everyMs: SECOND_MS, run: () => allowances.publish() },
    ...backbone.jobs,
  ]
}

/** Turns an error that the operator can fix into a `SettingError`. */
function asSetting(error: unknown): never {
  throw error instanceof UnusableSecret ? new SettingError(error.message) : error
}

/** Adds `/metrics` to the gateway, or opens a port of its own for it that closes with the gateway. */
function registerMetrics(fastify: FastifyInstance, metrics: Metrics, { METRICS, HOST }: Config): void {
  if (METRICS === 'public') return metrics.register(fastify, () => true)
  if (METRICS === 'loopback') return metrics.register(fastify, ({ raw }) => isLoopback(raw))
  let close = (): void => undefined
  fastify.addHook('onReady', async () => {
    close = await metrics.listen(Number(METRICS), HOST)
  })
  fastify.addHook('onClose', async () => close())
}

function asApp(
  fastify: FastifyInstance,
  { config, upgradeRouter, context }: { config: Config; upgradeRouter: UpgradeRouter; context: SessionContext },
): Omit<App, 'unready' | 'demoWord'> {
  const { sessions, uptime: now } = context
  const stopAccepting = (): void => {
    upgradeRouter.isClosing = true
  }
  const leave = async (limitMs: number): Promise<void> => {
    await drain({ stopAccepting, sessions }, { limitMs, now, chance: Math.random, wait })
    await fastify.close()
  }
  return {
    reportStray: (error) => context.report({ fact: 'bugFound', where: 'process', error }),
    listen: () => listen(fastify, config),
    ready: async () => void (await fastify.ready()),
    server: fastify.server,
    send: sendIn(context.domain),
    drain: () => leave(config.DRAIN_MS),
    close: () => leave(CLOSE_MS),
  }
}

/** Demo mode: no keys are set, and whoever knows the word gets passes. */
const isDemo = ({ IM_SECRET, IM_JWKS_URL }: Config): boolean => IM_SECRET === undefined && IM_JWKS_URL === undefined

async function createPasses(config: Config, { now, report }: Pick<DomainOptions, 'now' | 'report'>): Promise<Passes> {
  const secret = isDemo(config) ? await demoSecret(config.DATA_DIR).catch(asSetting) : config.IM_SECRET
  const keySet =
    config.IM_JWKS_URL === undefined
      ? undefined
      : {
          url: config.IM_JWKS_URL,
          onSeen: (problem: string | undefined) => report({ fact: 'partSeen', part: 'The key set of IM_JWKS_URL', problem }),
        }
  const passes = new Passes({ secret, oldSecret: config.IM_SECRET_OLD, keySet, sources: sourcesOf(config), shops: new Shops(shopsOf(config)), now })
  // the key server may be slow, and the gateway can serve guests without it
  await Promise.race([passes.followKeySet(), wait(KEY_SET_MS, undefined, { ref: false })])
  return passes
}

async function openDoors(
  fastify: FastifyInstance,
  { config, upgradeRouter, context }: { config: Config; upgradeRouter: UpgradeRouter; context: SessionContext },
): Promise<void> {
  const tag = config.NODE_TAG ?? randomBytes(3).toString('hex')
  const {
    allowances,
    admit: { proxies },
    report,
  } = context
  upgradeRouter.refusalOf = (request) => sessionRefusal({ allowances, proxies, report }, request)
  if (config.DOORS.includes('engine.io'))
    upgradeRouter.engineIo = new EngineIoDoor({
      tag,
      onSession: engineSessions(context),
      mayConnect: (request) => context.admit.mayConnect(request),
    })
  if (config.DOORS.includes('websocket')) upgradeRouter.webSocket = new WebSocketDoor({ context, tag })
  await upgradeRouter.webSocket?.register(fastify)
  fastify.addHook('preClose', async () => {
    // an http server does not close while engine.io has sessions
    upgradeRouter.engineIo?.close()
    upgradeRouter.cut()
  })
}

type AdmissionOptions = Pick<DomainOptions, 'config' | 'now' | 'uptime' | 'report'> & Pick<AppOptions, 'rates'>

async function createAdmission(backbone: Backbone, options: AdmissionOptions & { readonly proxies: TrustedProxies }) {
  const { config, proxies, now, report } = options
  const passes = await createPasses(config, { now, report })
  const origins = new Origins(config.ORIGINS ?? (isDemo(config) ? '*' : ''))
  return {
    passes,
    origins,
    admit: new Admit({ passes, origins, proxies }),
    allowances: createAllowances(backbone, options),
    addressWatch: new AddressWatch({ report }),
  }
}

function createAllowances({ bus }: Backbone, { config, uptime, report, rates }: AdmissionOptions): Allowances {
  const table = {
    ...allowanceTable({
      commandsPerSecond: config.COMMANDS_PER_SECOND,
      guestsPerMinute: config.GUESTS_PER_MINUTE,
      imagesPerMinute: config.IMAGES_PER_MINUTE,
    }),
    ...rates,
  }
  const scopes = config.RATE_LIMITS === 'on' ? ALLOWANCE_SCOPES : ALLOWANCE_SCOPES.filter((scope) => scope !== 'address')
  const inUse = config.RATE_LIMITS === 'off' ? [] : scopes
  return new Allowances({ table, scopes: inUse, bus, node: randomBytes(6).toString('hex'), now: uptime, report })
}

const restOptions = (config: Config, allowances: Allowances) => ({
  apiKeys: new ApiKeys(config),
  hasGuests: config.GUESTS,
  allowances,
  answers: new ConcurrencyLimit(HTTP_LIMITS.pictures, { hasAddresses: config.RATE_LIMITS === 'on' }),
})

function registerFiles(fastify: FastifyInstance, config: Config): void {
  const { pages, hasDemo, widget } = folders(config, isDemo(config))
  registerWidgetFiles(fastify, widget, { hasQa: hasDemo })
  registerPages(fastify, pages)
}

function createFastify(config: Config, logger: FastifyBaseLogger | undefined, createServer: (handler: RequestListener) => Server): FastifyInstance {
  const fastify = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: { level: config.LOG_LEVEL } }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    // for parameters as they are in an address, percent-encoded; the schema refuses longer ones with a sentence
    routerOptions: { maxParamLength: 9 * LIMITS.conversationLength },
    frameworkErrors: refuse, // for addresses that cannot be read, which no route handles
    genReqId: requestIdOf,
    serverFactory: (handler) => createServer(handler as RequestListener),
  })
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin' })
    done()
  })
  return fastify
}

async function listen(fastify: FastifyInstance, { PORT, HOST }: Config): Promise<AddressInfo> {
  try {
    await fastify.listen({ port: PORT, host: HOST })
  } catch (error) {
    // this machine has no IPv6
    if (HOST !== '::' || (error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error
    await fastify.listen({ port: PORT, host: '0.0.0.0' })
  }
  return fastify.server.address() as AddressInfo
}

import { existsSync } from 'node:fs'
import { Origins } from './doors/admit/origins.ts'
import { TrustedProxies } from './doors/admit/trusted-proxies.ts'

/** Every setting once: name, type, default, one sentence. Environment, `--help` and docs/gateway.md all come from this table. */
interface Kinds {
  readonly port: number
  readonly count: number
  readonly flag: boolean
  readonly text: string
  readonly optional: string | undefined
  readonly list: readonly string[]
}

interface Setting<K extends keyof Kinds> {
  readonly kind: K
  readonly fallback: Kinds[K]
  readonly sentence: string
  /** The values that may stand, where only these may. */
  readonly choices?: readonly string[]
  /** The least and the most that can be meant, of a number. */
  readonly range?: readonly [number, number]
}

const DAY_MS = 86_400_000
const SECRET_BYTES = 32
const MOST_A_MINUTE = 1_000_000

const port = (fallback: number, sentence: string): Setting<'port'> => ({ kind: 'port', fallback, sentence, range: [0, 65_535] })
const count = (fallback: number, range: readonly [number, number], sentence: string): Setting<'count'> => ({
  kind: 'count',
  fallback,
  sentence,
  range,
})
const flag = (fallback: boolean, sentence: string): Setting<'flag'> => ({ kind: 'flag', fallback, sentence })
const text = (fallback: string, sentence: string): Setting<'text'> => ({ kind: 'text', fallback, sentence })
const optional = (sentence: string): Setting<'optional'> => ({ kind: 'optional', fallback: undefined, sentence })
/** One of `choices`; the first is the default. */
const choice = (choices: readonly [string, ...string[]], sentence: string): Setting<'text'> => ({
  kind: 'text',
  fallback: choices[0],
  sentence: `${sentence} One of ${choices.join(', ')}.`,
  choices,
})
/** Any of `choices`, separated by commas; all are the default. */
const list = (choices: readonly string[], sentence: string): Setting<'list'> => ({ kind: 'list', fallback: choices, sentence, choices })

export const SETTINGS = {
  PORT: port(8080, 'The port to listen on; 0 takes any free one.'),
  HOST: text('::', 'The address to listen on; `::` is every address, IPv4 and IPv6.'),
  DATA_DIR: text('./data', 'The folder of the embedded store, and of the demo secret.'),
  REDIS_URL: optional('Redis instead of the embedded store: one server, a ring, Sentinel or Cluster.'),
  REDIS_DURABILITY: choice(['memory', 'replica'], 'Whether a message is acknowledged by the master alone or by a replica too.'),
  REDIS_KEEP_COUNT: count(10_000, [0, 1_000_000_000], 'Messages kept in each conversation on Redis, about; 0 = all.'),
  REDIS_KEEP_DAYS: count(0, [0, 36_500], 'Days a message is kept on Redis; 0 = for ever.'),
  UNANSWERED_DAYS: count(
    30,
    [0, 36_500],
    'Days after which a conversation on Redis is forgotten that one person alone wrote to, and nobody answered; 0 = never.',
  ),
  IM_SECRET: optional(
    'The secret that signs passes (HS256), 32 bytes or more. Without it and IM_JWKS_URL: demo mode, passes for whoever brings the word.',
  ),
  DEMO_WORD: optional(
    'The word for passes in demo mode, for scripts and tests. Default: made up, kept in DATA_DIR and part of the links printed at the start.',
  ),
  IM_JWKS_URL: optional('A JSON Web Key Set whose keys sign passes, instead of IM_SECRET or beside it: guests are signed with IM_SECRET.'),
  API_KEY: optional('The key with which backends use the REST interface; without it those routes are off.'),
  CUSTOMER_URL: optional('Your backend that knows customers, for the desk: `{customer}` and `{shop}` are filled in, or follow as a query.'),
  CUSTOMER_KEY: optional('Sent to CUSTOMER_URL as `Authorization: Bearer …`.'),
  CUSTOMER_MS: count(8000, [1, 60_000], 'How many milliseconds CUSTOMER_URL may take; the desk is told that it is slow after 700.'),
  ORIGINS: optional(
    'Pages that may connect: origins separated by commas, `https://*.shop.example` for all of one label, or `*`. Without it: any in demo mode, else only pages of this host.',
  ),
  IMAGE_HOSTS: optional(
    'Hosts beside this gateway whose pictures are shown without asking, separated by commas; `*.` in front stands for one label.',
  ),
  GUESTS: flag(true, 'Whether visitors without a login get a pass of their own from POST /v1/guests.'),
  DIRECT: choice(
    ['signed-in', 'off', 'on'],
    'Which persons may start conversations with each other: those who are signed in, none, or guests too; with shops everybody may.',
  ),
  SOURCES: optional('The source prefixes (`src`) that passes may have, separated by commas; none may begin with another. Without it: any.'),
  SHOPS: text('*', 'The shops there are: their ids, separated by commas; all others are refused. `*`: any that somebody names.'),
  DOORS: list(['engine.io', 'websocket', 'rest'], 'Which ways in are open, separated by commas.'),
  PAGES: optional('A folder of pages to serve at `/`, or `demo` for the demo and the QA page. Default: those in demo mode, else none.'),
  METRICS: text(
    'loopback',
    'Who may read /metrics: `loopback` programs on this machine, `public` everybody; a number is a port of HOST for it alone. ' +
      'A proxy on this machine that adds no header passes for such a program: refuse /metrics in it, or choose a port.',
  ),
  NODE_TAG: optional('Begins the id of each session, so that a proxy can route by it; letters and digits. Default: made up.'),
  TRUST_PROXY: text(
    'off',
    'Your proxies in front: their number, or their addresses and blocks (10.0.0.0/8,::1). Then X-Forwarded-For, -Host and -Proto count, from the right.',
  ),
  COMMANDS_PER_SECOND: count(100, [0, 1_000_000], 'Commands a second a participant may send on average, ten times that at once; 0 = no limit.'),
  RATE_LIMITS: choice(
    ['on', 'participants', 'off'],
    "Whose doings have limits: everybody's; only participants', not those of addresses (guests and who has said no hello); nobody's.",
  ),
  AGENT_LIMIT: count(8, [1, 10_000], 'Open conversations an agent is given at most; taking more by hand is possible.'),
  HANDOVER_MS: count(30_000, [0, DAY_MS], 'After how many milliseconds a customer who waits for an agent who is gone goes on to another.'),
  TRANSFER_MS: count(60_000, [1, DAY_MS], 'How many milliseconds an agent has to accept a transfer.'),
  GUESTS_PER_MINUTE: count(
    600,
    [0, MOST_A_MINUTE],
    "Guest passes a minute an address may fetch: first visits of all phones behind a carrier's NAT, for each keeps its pass; 0 = no limit.",
  ),
  IMAGES_PER_MINUTE: count(20, [0, MOST_A_MINUTE], 'Images a minute a participant may add; 0 = no limit.'),
  IMAGES_MB: count(
    10_000,
    [0, 1_000_000_000],
    'Megabytes that all images in DATA_DIR may have; then new ones are refused; 0 = no limit. On Redis it is three quarters of its maxmemory.',
  ),
  DRAIN_MS: count(10_000, [0, DAY_MS], 'How many milliseconds a stop may take; what is open then is cut.'),
  LOG_LEVEL: choice(['warn', 'silent', 'error', 'info', 'debug'], 'What goes to the log.'),
} as const

type Settings = typeof SETTINGS
export type Config = { readonly [N in keyof Settings]: Settings[N] extends Setting<infer K> ? Kinds[K] : never }

/** Of an id as in gateway/protocol/keys.ts. */
const SHOP = /^(?!shop:)[^\s~{}*\p{C}]{1,59}$/u
const SOURCE = /^[^\s~{}\p{C}]{1,32}$/u

const HOST_NAME = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i

/** A setting that cannot be meant; the message is one sentence. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

/** An empty value counts as absent. Throws `SettingError`. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const entries = Object.entries(SETTINGS).map(([name, entry]) => {
    const given = environment[name]?.trim()
    return [name, given === undefined || given === '' ? entry.fallback : parse(name, entry, given)]
  })
  const config = Object.fromEntries(entries) as Config
  if (config.NODE_TAG !== undefined && !/^[A-Za-z0-9]{1,16}$/.test(config.NODE_TAG)) {
    throw new SettingError(`NODE_TAG must be 1 to 16 letters and digits, not "${config.NODE_TAG}".`)
  }
  if (config.IM_JWKS_URL !== undefined && !isWebUrl(config.IM_JWKS_URL)) {
    throw new SettingError(`IM_JWKS_URL must be an http or https address without a password${repeated(config.IM_JWKS_URL)}.`)
  }
  if (config.DEMO_WORD !== undefined && !/^[\w.~-]{4,128}$/.test(config.DEMO_WORD)) {
    throw new SettingError('DEMO_WORD must be 4 to 128 letters, digits and signs of - _ . ~')
  }
  if (config.PAGES !== undefined && config.PAGES !== 'demo' && !existsSync(config.PAGES)) {
    throw new SettingError(`PAGES must be a folder that exists, not "${config.PAGES}".`)
  }
  checkMetrics(config)
  checkBy('ORIGINS', () => new Origins(config.ORIGINS ?? ''))
  checkBy('TRUST_PROXY', () => new TrustedProxies(config.TRUST_PROXY))
  checkImageHosts(config)
  checkSecret(config)
  checkShops(config)
  checkSources(config)
  checkCustomer(config)
  return config
}

/** Whoever uses a setting reads it, and says in half a sentence what is wrong with it. */
function checkBy(name: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    throw new SettingError(`${name} ${(error as Error).message}`)
  }
}

function checkMetrics({ METRICS, PORT }: Config): void {
  const isPort = /^\d{1,5}$/.test(METRICS) && Number(METRICS) > 0 && Number(METRICS) < 65_536
  if (METRICS === 'loopback' || METRICS === 'public' || (isPort && Number(METRICS) !== PORT)) return
  throw new SettingError(`METRICS must be loopback, public or a port other than PORT, not "${METRICS}".`)
}

/** RFC 7518, 3.2: no shorter than the hash. A shorter one can be guessed from a single pass. Secrets are never repeated in a sentence. */
function checkSecret({ IM_SECRET }: Config): void {
  if (IM_SECRET !== undefined && Buffer.byteLength(IM_SECRET) < SECRET_BYTES) {
    throw new SettingError(`IM_SECRET must have ${SECRET_BYTES} bytes or more; \`openssl rand -base64 ${SECRET_BYTES}\` makes one.`)
  }
}

/** IMAGE_HOSTS as a list. */
export const imageHostsOf = ({ IMAGE_HOSTS }: Pick<Config, 'IMAGE_HOSTS'>): readonly string[] =>
  IMAGE_HOSTS?.split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '') ?? []

function checkImageHosts(config: Config): void {
  const host = imageHostsOf(config).find((each) => !HOST_NAME.test(each))
  if (host !== undefined) throw new SettingError(`IMAGE_HOSTS must be names of hosts like cdn.shop.example or *.shop.example, not "${host}".`)
}

/** SOURCES as a list. */
export const sourcesOf = ({ SOURCES }: Pick<Config, 'SOURCES'>): readonly string[] | undefined =>
  SOURCES?.split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '')

/** SHOPS as a list; undefined: any. */
export function shopsOf({ SHOPS }: Pick<Config, 'SHOPS'>): readonly string[] | undefined {
  return SHOPS === '*'
    ? undefined
    : SHOPS.split(',')
        .map((shop) => shop.trim())
        .filter((shop) => shop !== '')
}

function checkShops(config: Config): void {
  const shops = shopsOf(config)
  const wrong = shops?.find((shop) => !SHOP.test(shop))
  if (wrong !== undefined) {
    throw new SettingError(`SHOPS must be * or ids of shops, without "shop:", 1 to 59 signs without spaces, *, ~, { or }, not "${wrong}".`)
  }
  if (shops?.length === 0) throw new SettingError('SHOPS must name a shop, or be * for any.')
}

/** Two ids of different people must not become one: {src: 'a', sub: 'b1'} and {src: 'ab', sub: '1'}. */
function checkSources(config: Config): void {
  const sources = [...new Set(sourcesOf(config) ?? [])]
  const wrong = sources.find((source) => !SOURCE.test(source))
  if (wrong !== undefined) throw new SettingError(`SOURCES must be prefixes of ids, 1 to 32 signs without spaces, ~, { or }, not "${wrong}".`)
  for (const source of sources) {
    const longer = sources.find((other) => other !== source && other.startsWith(source))
    if (longer !== undefined)
      throw new SettingError(`SOURCES must be told apart by their beginnings, but in "${config.SOURCES}" one, "${longer}", begins with "${source}".`)
    if (source.startsWith('shop:')) throw new SettingError(`SOURCES must not name shops, as "${source}" does.`)
    const isGuests = config.GUESTS && ('guest-'.startsWith(source) || source.startsWith('guest-'))
    if (isGuests) throw new SettingError(`SOURCES must leave "guest-" to guests, so "${source}" needs GUESTS=off.`)
  }
}

/** Where a password or a key may stand in an address, nothing of it is repeated: whoever wrote it knows it. */
const repeated = (address: string): string => (/[@?]/.test(address) ? '' : `, not "${address}"`)

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username + password === ''
}

function checkCustomer({ CUSTOMER_URL, CUSTOMER_KEY }: Config): void {
  if (CUSTOMER_URL !== undefined) {
    const filled = CUSTOMER_URL.replace(/\{(customer|shop)\}/g, 'x')
    const address = URL.canParse(filled) ? new URL(filled) : undefined
    // who is asked about must not decide who is asked
    const isFixed = address !== undefined && !/[{}]/.test(/^[^/]*\/\/[^/?#]*/.exec(CUSTOMER_URL)?.[0] ?? '{')
    if (!isFixed || !/^https?:$/.test(address.protocol) || address.username + address.password !== '') {
      throw new SettingError(
        `CUSTOMER_URL must be an http or https address without a password, with {customer} and {shop} behind its host${repeated(CUSTOMER_URL)}.`,
      )
    }
  }
  if (CUSTOMER_KEY !== undefined && !/^[\x21-\x7e]+$/.test(CUSTOMER_KEY)) {
    throw new SettingError('CUSTOMER_KEY must be letters, digits and signs of ASCII, without spaces.')
  }
}

function parse(name: string, { kind, choices, range }: Setting<keyof Kinds>, given: string): Kinds[keyof Kinds] {
  if (kind === 'flag') return parseFlag(name, given)
  if (range !== undefined) return parseNumber(name, given, range)
  const values = kind === 'list' ? given.split(',').map((value) => value.trim()) : [given]
  const stranger = choices === undefined ? undefined : values.find((value) => !choices.includes(value))
  if (stranger !== undefined) throw new SettingError(`${name} knows ${choices?.join(', ')}, not "${stranger}".`)
  return kind === 'list' ? values : given
}

function parseFlag(name: string, given: string): boolean {
  if (/^(1|true|yes|on)$/i.test(given)) return true
  if (/^(0|false|no|off)$/i.test(given)) return false
  throw new SettingError(`${name} must be on or off, not "${given}".`)
}

function parseNumber(name: string, given: string, [least, most]: readonly [number, number]): number {
  const value = Number(given)
  if (/^\d+$/.test(given) && value >= least && value <= most) return value
  throw new SettingError(`${name} must be a whole number from ${least} to ${most}, not "${given}".`)
}

function shown(fallback: Kinds[keyof Kinds]): string {
  if (typeof fallback === 'boolean') return fallback ? 'on' : 'off'
  return fallback === undefined ? '' : String(fallback)
}

/** The table for `--help`. */
export function helpText(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, sentence }]) => {
    const value = shown(fallback)
    return `  ${name.padEnd(20)} ${sentence}${value === '' ? '' : ` [${value}]`}`
  })
  const salvage = '  --salvage [folder]   Not a chat: saves what is whole of a damaged data folder, and keeps the damaged files beside it. [DATA_DIR]'
  return ['im-chat: the gateway. Settings come from the environment:', '', ...rows, '', salvage, ''].join('\n')
}

/** The same as a Markdown table, for docs/gateway.md. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, sentence }]) => {
    const value = shown(fallback)
    return `| \`${name}\` | ${value === '' ? '–' : `\`${value}\``} | ${sentence} |`
  })
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

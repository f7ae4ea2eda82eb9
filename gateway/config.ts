import { existsSync } from 'node:fs'
import { webhookAddresses, webhookSecrets } from './backends/webhook-addresses.ts'
import { ApiKeys, RIGHTS } from './doors/admit/api-keys.ts'
import { Origins } from './doors/admit/origins.ts'
import { TrustedProxies } from './doors/admit/trusted-proxies.ts'

/** The table of settings: name, type, default, sentence. The environment is read by it; `--help` and docs/gateway.md are written from it. */
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
  /** The only allowed values, where there are such. */
  readonly choices?: readonly string[]
  /** The least and the greatest allowed number. */
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
/** Some of `choices`, separated by commas; the default is all of them. */
const list = (choices: readonly string[], sentence: string): Setting<'list'> => ({ kind: 'list', fallback: choices, sentence, choices })

export const SETTINGS = {
  PORT: port(8080, 'The port to listen on. 0 takes any free one.'),
  HOST: text('::', 'The address to listen on. `::` is every address, IPv4 and IPv6.'),
  DATA_DIR: text('./data', 'The folder of the embedded store and of the demo secret.'),
  KEEP_DAYS: count(
    0,
    [0, 36_500],
    'After how many days without a message a conversation is erased, with its pictures. 0 = never. Redis also removes older messages of conversations that go on.',
  ),
  REDIS_URL: optional('The Redis to use instead of the embedded store: one server, a ring, Sentinel or Cluster.'),
  REDIS_DURABILITY: choice(['memory', 'replica'], 'Whether the master alone acknowledges a message, or a replica too.'),
  REDIS_KEEP_COUNT: count(10_000, [0, 1_000_000_000], 'About how many messages of each conversation Redis stores. 0 = all.'),
  UNANSWERED_DAYS: count(30, [0, 36_500], 'After how many days Redis deletes a conversation in which only one person ever wrote. 0 = never.'),
  IM_SECRET: optional(
    'The secret that signs passes (HS256), 32 bytes or more. Without it and without IM_JWKS_URL the gateway is in demo mode: it gives a pass to anybody with the word.',
  ),
  IM_SECRET_OLD: optional(
    'The secret before IM_SECRET, while it is being replaced: passes that it signed are still valid, and it signs no new ones.',
  ),
  DEMO_WORD: optional(
    'The word for passes in demo mode, for scripts and tests. Default: a random one, stored in DATA_DIR and part of the links printed at the start.',
  ),
  IM_JWKS_URL: optional(
    'The address of a JSON Web Key Set whose keys sign passes. It can replace IM_SECRET, or both can be set; guest passes are signed with IM_SECRET.',
  ),
  API_KEY: optional('The key with which backends use the REST interface, with all rights. Without any key those routes are off.'),
  API_KEYS: optional(
    `Further keys, separated by spaces, each as \`name:rights:key\`. Rights are ${RIGHTS.join(', ')}, separated by commas, or \`all\`; \`name:rights@1,2:key\` is limited to the shops 1 and 2.`,
  ),
  CUSTOMER_URL: optional(
    'The address of your backend that tells the desk about a customer. `{customer}` and `{shop}` are filled in; without them both are appended as a query.',
  ),
  CUSTOMER_KEY: optional('The key that is sent to CUSTOMER_URL as `Authorization: Bearer …`.'),
  CUSTOMER_MS: count(8000, [1, 60_000], 'How many milliseconds CUSTOMER_URL may take. After 700 the desk shows that it is slow.'),
  SHOP_URL: optional(
    'The address of your backend that tells what a shop is called, its logo, greeting and hours. `{shop}` is filled in; without it, it is appended as a query.',
  ),
  SHOP_KEY: optional('The key that is sent to SHOP_URL as `Authorization: Bearer …`.'),
  SHOP_MS: count(8000, [1, 60_000], 'How many milliseconds SHOP_URL may take. A session that begins waits 700 at most.'),
  CARD_URL: optional(
    'The address of your backend that tells the price and state of a product or order now. `{kind}`, `{id}`, `{customer}` and `{shop}` are filled in; without any of them all are appended as a query.',
  ),
  CARD_KEY: optional('The key that is sent to CARD_URL as `Authorization: Bearer …`.'),
  CARD_MS: count(8000, [1, 60_000], 'How many milliseconds CARD_URL may take. After 700 a card stays as it was sent until the answer is there.'),
  WEBHOOK_URL: optional(
    'Addresses of your backends that get events by POST, separated by spaces. `#message,closed` behind one names the events it gets; without it all.',
  ),
  WEBHOOK_SECRET: optional(
    'The secret that signs what WEBHOOK_URL gets, 32 bytes or more. While you change it, the new one and the old one, separated by a space.',
  ),
  WEBHOOK_ABSENT_MS: count(
    30_000,
    [1000, DAY_MS],
    'How many milliseconds a message waits for somebody who is not there before WEBHOOK_URL gets the event absent.',
  ),
  WEBHOOK_DAYS: count(3, [1, 30], 'After how many days an event that WEBHOOK_URL refuses, while it takes others, becomes a dead letter.'),
  ORIGINS: optional(
    'Pages that may connect: origins separated by commas, `https://*.shop.example` for every host with one more label, or `*` for any. Default: any in demo mode, else only pages of this host.',
  ),
  IMAGE_HOSTS: optional(
    'Hosts besides this gateway whose pictures are shown without asking, separated by commas. `*.` at the start stands for one label.',
  ),
  GUESTS: flag(true, 'Whether visitors without a login get a guest pass from POST /v1/guests.'),
  DIRECT: choice(
    ['signed-in', 'off', 'on'],
    'Who may start conversations with persons: those who are signed in, nobody, or guests too. With shops everybody may.',
  ),
  SOURCES: optional('The source prefixes (`src`) that passes may have, separated by commas; none may be the beginning of another. Default: any.'),
  SHOPS: text('*', 'The ids of your shops, separated by commas; all others are refused. `*` allows any id.'),
  DOORS: list(['engine.io', 'websocket', 'rest'], 'Which interfaces are open, separated by commas.'),
  PAGES: optional('A folder of pages to serve at `/`, or `demo` for the demo and the QA page. Default: `demo` in demo mode, else none.'),
  METRICS: text(
    'loopback',
    'Who may read /metrics: `loopback` programs on this machine, `public` everybody. A number opens it on that port of HOST alone. ' +
      'A proxy on this machine that adds no header counts as such a program: refuse /metrics in the proxy, or choose a port.',
  ),
  NODE_TAG: optional('The start of every session id, so that a proxy can route by it. Letters and digits. Default: a random one.'),
  TRUST_PROXY: text(
    'off',
    'Your proxies in front: their number, or their addresses and blocks (10.0.0.0/8,::1). Then X-Forwarded-For, -Host and -Proto are read, from the right.',
  ),
  COMMANDS_PER_SECOND: count(
    100,
    [0, 1_000_000],
    'How many commands a second a participant may send on average; ten times as many may come at once. 0 = no limit.',
  ),
  RATE_LIMITS: choice(
    ['on', 'participants', 'off'],
    'What has limits: participants and addresses (guests, and sessions before their hello), participants only, or nothing.',
  ),
  AGENT_LIMIT: count(8, [1, 10_000], 'At most how many open conversations are given to an agent. Agents may take more by hand.'),
  HANDOVER_MS: count(
    30_000,
    [0, DAY_MS],
    'How many milliseconds a customer waits for an agent who is gone before another agent gets the conversation.',
  ),
  RATINGS: flag(false, 'Whether customers are asked how a conversation with a shop was, once it is closed.'),
  TRANSFER_MS: count(60_000, [1, DAY_MS], 'How many milliseconds an agent has to accept a transfer.'),
  GUESTS_PER_MINUTE: count(
    600,
    [0, MOST_A_MINUTE],
    "How many guest passes a minute an address may fetch. A carrier's NAT puts many phones behind one address; each phone fetches one pass and stores it. 0 = no limit.",
  ),
  IMAGES_PER_MINUTE: count(20, [0, MOST_A_MINUTE], 'How many pictures a minute a participant may upload. 0 = no limit.'),
  IMAGES_MB: count(
    10_000,
    [0, 1_000_000_000],
    'How many megabytes all pictures in DATA_DIR may take; above that new ones are refused. 0 = no limit. On Redis the limit is three quarters of its maxmemory.',
  ),
  DRAIN_MS: count(10_000, [0, DAY_MS], 'How many milliseconds a stop may take. Sessions that are still open then are cut.'),
  WARM_UP: flag(
    true,
    'Whether a process carries some thousand messages and welcomes some hundred people in memory before it listens, so that its first people do not wait for its compiler.',
  ),
  LOG_LEVEL: choice(['warn', 'silent', 'error', 'info', 'debug'], 'The least severe messages that are logged.'),
} as const

type Settings = typeof SETTINGS
type Environment = Readonly<Record<string, string | undefined>>
export type Config = { readonly [N in keyof Settings]: Settings[N] extends Setting<infer K> ? Kinds[K] : never }

/** The form of a shop's id, as in gateway/protocol/keys.ts. */
const SHOP = /^(?!shop:)[^\s~{}*\p{C}]{1,59}$/u
const SOURCE = /^[^\s~{}\p{C}]{1,32}$/u

const HOST_NAME = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$|^localhost$/i

/** A setting has a wrong value. The message is one sentence for the operator. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

/** Reads all settings. An empty value counts as absent. Throws `SettingError`. */
export function readConfig(environment: Environment): Config {
  const entries = Object.entries(SETTINGS).map(([name, entry]) => {
    const given = valueOf(environment, name)
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
    throw new SettingError('DEMO_WORD must be 4 to 128 letters, digits or the characters - _ . ~')
  }
  if (config.PAGES !== undefined && config.PAGES !== 'demo' && !existsSync(config.PAGES)) {
    throw new SettingError(`PAGES must be a folder that exists, not "${config.PAGES}".`)
  }
  checkMetrics(config)
  checkBy('API_KEYS', () => new ApiKeys(config))
  checkBy('ORIGINS', () => new Origins(config.ORIGINS ?? ''))
  checkBy('TRUST_PROXY', () => new TrustedProxies(config.TRUST_PROXY))
  checkImageHosts(config)
  checkSecrets(config)
  checkShops(config)
  checkSources(config)
  checkBackend({ url: ['CUSTOMER_URL', config.CUSTOMER_URL], key: ['CUSTOMER_KEY', config.CUSTOMER_KEY], ids: ['customer', 'shop'] })
  checkBackend({ url: ['CARD_URL', config.CARD_URL], key: ['CARD_KEY', config.CARD_KEY], ids: ['kind', 'id', 'customer', 'shop'] })
  checkCardUrl(config)
  checkBy('WEBHOOK_URL', () => webhookAddresses(config.WEBHOOK_URL))
  checkBy('WEBHOOK_SECRET', () => webhookSecrets(config))
  checkBackend({ url: ['SHOP_URL', config.SHOP_URL], key: ['SHOP_KEY', config.SHOP_KEY], ids: ['shop'] })
  return config
}

/** Earlier names. On the embedded store this one had no effect, and must not get one by an update. */
const RENAMED = { KEEP_DAYS: 'REDIS_KEEP_DAYS' } as const
const isOnRedis = (environment: Environment): boolean => (environment.REDIS_URL ?? '').trim() !== ''

function valueOf(environment: Environment, name: string): string | undefined {
  const given = environment[name]?.trim() ?? ''
  return given === '' && name in RENAMED && isOnRedis(environment) ? environment[RENAMED[name as keyof typeof RENAMED]]?.trim() : given
}

/** One sentence for each setting that is given by an earlier name. */
export function renamedSettings(environment: Environment): string[] {
  return Object.entries(RENAMED)
    .filter(([, old]) => (environment[old] ?? '').trim() !== '')
    .map(([name, old]) =>
      isOnRedis(environment) ? `${old} is called ${name} now; the old name still works.` : `${old} has no effect without REDIS_URL; set ${name}.`,
    )
}

/** Lets the code that uses a setting read it. If that throws, its message is the second half of the sentence. */
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

/** RFC 7518, 3.2: no shorter than the hash, because a shorter secret can be guessed from a single pass. No sentence repeats a secret. */
function checkSecrets({ IM_SECRET, IM_SECRET_OLD }: Config): void {
  for (const [name, secret] of Object.entries({ IM_SECRET, IM_SECRET_OLD })) {
    if (secret !== undefined && Buffer.byteLength(secret) < SECRET_BYTES)
      throw new SettingError(`${name} must have ${SECRET_BYTES} bytes or more. \`openssl rand -base64 ${SECRET_BYTES}\` makes one.`)
  }
  if (IM_SECRET_OLD !== undefined && IM_SECRET === undefined)
    throw new SettingError('IM_SECRET_OLD needs an IM_SECRET that takes its place. To go on with the old one, set it as IM_SECRET.')
}

/** IMAGE_HOSTS as a list. */
export const imageHostsOf = ({ IMAGE_HOSTS }: Pick<Config, 'IMAGE_HOSTS'>): readonly string[] =>
  IMAGE_HOSTS?.split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '') ?? []

function checkImageHosts(config: Config): void {
  const host = imageHostsOf(config).find((each) => !HOST_NAME.test(each))
  if (host !== undefined) throw new SettingError(`IMAGE_HOSTS must be host names like cdn.shop.example or *.shop.example, not "${host}".`)
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
    throw new SettingError(`SHOPS must be * or ids of shops: without "shop:", 1 to 59 characters, no spaces, *, ~, { or }, not "${wrong}".`)
  }
  if (shops?.length === 0) throw new SettingError('SHOPS must name at least one shop, or be * for any.')
}

/** No prefix may begin with another, or two people would share an id: {src: 'a', sub: 'b1'} and {src: 'ab', sub: '1'}. */
function checkSources(config: Config): void {
  const sources = [...new Set(sourcesOf(config) ?? [])]
  const wrong = sources.find((source) => !SOURCE.test(source))
  if (wrong !== undefined) throw new SettingError(`SOURCES must be prefixes of ids: 1 to 32 characters, no spaces, ~, { or }, not "${wrong}".`)
  for (const source of sources) {
    const longer = sources.find((other) => other !== source && other.startsWith(source))
    if (longer !== undefined)
      throw new SettingError(`SOURCES must not begin with each other, but in "${config.SOURCES}" the source "${longer}" begins with "${source}".`)
    if (source.startsWith('shop:')) throw new SettingError(`SOURCES must not begin with "shop:", as "${source}" does.`)
    const isGuests = config.GUESTS && ('guest-'.startsWith(source) || source.startsWith('guest-'))
    if (isGuests) throw new SettingError(`SOURCES must not overlap with "guest-", the prefix of guests. Remove "${source}", or set GUESTS=off.`)
  }
}

/** The end of a sentence that quotes an address; empty where the address may contain a password or key. */
const repeated = (address: string): string => (/[@?]/.test(address) ? '' : `, not "${address}"`)

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username + password === ''
}

/** `ids`: the placeholders that the address of this backend may have. */
function checkBackend({ url: [name, url], key: [keyName, key], ids }: Readonly<Record<'url' | 'key', NamedText>> & { ids: readonly string[] }): void {
  if (url !== undefined) {
    const filled = ids.reduce((text, id) => text.replaceAll(`{${id}}`, 'x'), url)
    const address = URL.canParse(filled) ? new URL(filled) : undefined
    // an id must not decide which host is asked
    const isFixed = address !== undefined && !/[{}]/.test(/^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? '{')
    if (!isFixed || !/^https?:$/.test(address.protocol) || address.username + address.password !== '') {
      const placeholders = ids.map((id) => `{${id}}`).join(' and ')
      throw new SettingError(`${name} must be an http or https address without a password, with ${placeholders} only after its host${repeated(url)}.`)
    }
  }
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) throw new SettingError(`${keyName} must be ASCII characters without spaces.`)
}

/** A card's number can be made up by who sent it: a backend that is not told the customer would say everybody's orders to everybody. */
function checkCardUrl({ CARD_URL = '' }: Config): void {
  const missing = ['{kind}', '{id}', '{customer}'].filter((id) => !CARD_URL.includes(id))
  if (!/\{\w+\}/.test(CARD_URL) || missing.length === 0) return
  throw new SettingError(`CARD_URL must have {kind}, {id} and {customer}, or no placeholder at all; ${missing[0]} is missing${repeated(CARD_URL)}.`)
}

type NamedText = readonly [name: string, value: string | undefined]

function parse(name: string, { kind, choices, range }: Setting<keyof Kinds>, given: string): Kinds[keyof Kinds] {
  if (kind === 'flag') return parseFlag(name, given)
  if (range !== undefined) return parseNumber(name, given, range)
  const values = kind === 'list' ? given.split(',').map((value) => value.trim()) : [given]
  const stranger = choices === undefined ? undefined : values.find((value) => !choices.includes(value))
  if (stranger !== undefined)
    throw new SettingError(`${name} must be ${kind === 'list' ? 'some' : 'one'} of ${choices?.join(', ')}, not "${stranger}".`)
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
  const salvage =
    '  --salvage [folder]   Starts no gateway, but rebuilds a damaged data folder from what can be read, and keeps the damaged files. [DATA_DIR]'
  const doctor =
    '  doctor <address> [--origin <page>]\n' +
    '                       Examines a gateway from outside, as the browsers of that page reach it, and says what to change.'
  const data =
    '  check [folder]       Says what is in a data folder that no gateway uses, or in Redis (REDIS_URL), and whether it is sound. Changes nothing. [DATA_DIR]\n' +
    '  backup <to>          Copies DATA_DIR to a new folder, also while a gateway runs, and checks the copy.\n' +
    '  restore <from> [folder]\n' +
    '                       Copies a backup into an empty data folder, as a new history of its conversations. [DATA_DIR]\n' +
    '  move [folder]        Copies everything from a data folder that no gateway uses into an empty Redis (REDIS_URL). [DATA_DIR]'
  return ['im-chat: the gateway. Settings come from the environment:', '', ...rows, '', data, salvage, doctor, ''].join('\n')
}

/** The table of settings in Markdown, for docs/gateway.md. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, sentence }]) => {
    const value = shown(fallback)
    return `| \`${name}\` | ${value === '' ? '–' : `\`${value}\``} | ${sentence} |`
  })
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

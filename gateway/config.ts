/** Every setting once: name, type, default, one sentence. Environment, `--help` and docs/gateway.md all come from this table. */
interface Kinds {
  readonly port: number
  readonly count: number
  readonly flag: boolean
  readonly text: string
  readonly optional: string | undefined
}

interface Setting<K extends keyof Kinds> {
  readonly kind: K
  readonly fallback: Kinds[K]
  readonly sentence: string
  /** The values that may stand, where only these may. */
  readonly choices?: readonly string[]
  /** `choices` separated by commas. */
  readonly isList?: boolean
}

const setting = <K extends keyof Kinds>(kind: K, fallback: Kinds[K], sentence: string, limits: Pick<Setting<K>, 'choices' | 'isList'> = {}):
  Setting<K> => ({ kind, fallback, sentence, ...limits })

export const SETTINGS = {
  PORT: setting('port', 8080, 'The port to listen on; 0 takes any free one.'),
  HOST: setting('text', '::', 'The address to listen on; `::` is every address, IPv4 and IPv6.'),
  DATA_DIR: setting('text', './data', 'The folder of the embedded store, and of the demo secret.'),
  REDIS_URL: setting('optional', undefined, 'Redis instead of the embedded store: one server, a cluster, sentinels or a ring; see docs/gateway.md.'),
  IM_SECRET: setting('optional', undefined, 'The secret that signs passes (HS256). Absent, and no IM_JWKS_URL: demo mode, passes are given out to this machine.'),
  IM_JWKS_URL: setting('optional', undefined, 'A JSON Web Key Set whose keys sign passes, instead of IM_SECRET.'),
  API_KEY: setting('optional', undefined, 'The key with which backends use the REST interface; absent: those routes are off.'),
  ORIGINS: setting('optional', undefined, 'Pages that may connect: origins separated by commas, or `*`. Default: any in demo mode, else only pages of this host.'),
  GUESTS: setting('flag', true, 'Whether visitors without a login get a pass of their own from POST /v1/guests.'),
  DOORS: setting('text', 'engine.io,websocket,rest', 'Which ways in are open.', { choices: ['engine.io', 'websocket', 'rest'], isList: true }),
  PAGES: setting('optional', undefined, 'A folder of pages to serve at `/`; default: the demo.'),
  NODE_TAG: setting('optional', undefined, 'Begins each line\'s id, so that a proxy can route by it; letters and digits. Default: made up at each start.'),
  TRUST_PROXY: setting('flag', false, 'Whether X-Forwarded-For tells who is asking; only behind a proxy of yours.'),
  COMMANDS_PER_SECOND: setting('count', 100, 'Commands a participant may send a second on average, ten times that at once; 0 = no limit.'),
  GUESTS_PER_MINUTE: setting('count', 30, 'Guest passes an address may fetch a minute; 0 = no limit.'),
  DRAIN_MS: setting('count', 10_000, 'How long a stop may take, in milliseconds, until what is still open is cut.'),
  LOG_LEVEL: setting('text', 'warn', 'What goes to the log.', { choices: ['silent', 'error', 'warn', 'info', 'debug'] }),
} as const

type Settings = typeof SETTINGS
export type Config = { readonly [N in keyof Settings]: Settings[N] extends Setting<infer K> ? Kinds[K] : never }

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
  if (config.IM_JWKS_URL !== undefined && !URL.canParse(config.IM_JWKS_URL)) {
    throw new SettingError(`IM_JWKS_URL must be a URL, not "${config.IM_JWKS_URL}".`)
  }
  return config
}

function parse(name: string, { kind, choices, isList }: Setting<keyof Kinds>, given: string): Kinds[keyof Kinds] {
  if (kind === 'flag') return parseFlag(name, given)
  if (kind === 'port' || kind === 'count') return parseNumber(name, given, kind === 'port' ? 65_535 : Number.MAX_SAFE_INTEGER)
  const values = isList === true ? given.split(',').map((value) => value.trim()) : [given]
  const stranger = choices === undefined ? undefined : values.find((value) => !choices.includes(value))
  if (stranger !== undefined) throw new SettingError(`${name} may be ${choices?.join(isList === true ? ', ' : ' or ')}, not "${stranger}".`)
  return given
}

function parseFlag(name: string, given: string): boolean {
  if (/^(1|true|yes|on)$/i.test(given)) return true
  if (/^(0|false|no|off)$/i.test(given)) return false
  throw new SettingError(`${name} must be on or off, not "${given}".`)
}

function parseNumber(name: string, given: string, most: number): number {
  const value = Number(given)
  if (/^\d+$/.test(given) && value <= most) return value
  throw new SettingError(`${name} must be a whole number from 0 to ${most}, not "${given}".`)
}

const shown = (fallback: unknown): string => (fallback === undefined ? '' : fallback === true ? 'on' : fallback === false ? 'off' : String(fallback))

/** The table for `--help`. */
export function helpText(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, sentence }]) => {
    const value = shown(fallback)
    return `  ${name.padEnd(20)} ${sentence}${value === '' ? '' : ` [${value}]`}`
  })
  return ['im-chat: the gateway. Settings come from the environment:', '', ...rows, ''].join('\n')
}

/** The same as a Markdown table, for docs/gateway.md. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, sentence }]) => {
    const value = shown(fallback)
    return `| \`${name}\` | ${value === '' ? '–' : `\`${value}\``} | ${sentence} |`
  })
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

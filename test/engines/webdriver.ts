import type { Ability, Page, Spot } from './page.ts'

/**
 * A W3C WebDriver session as a Page, in the few commands that every hub speaks (chromedriver, WebKitWebDriver, Appium, farms).
 * https://www.w3.org/TR/webdriver2/
 */
export interface WebDriverOptions {
  /** Base address of the hub, e.g. `http://127.0.0.1:4444` or `https://user:key@hub.example/wd/hub`. */
  readonly hub: string
  /** `alwaysMatch` of the new session, exactly as given; or a whole `{capabilities}` body. */
  readonly capabilities: Record<string, unknown>
  readonly can?: readonly Ability[]
  /** What runs after the session has ended, e.g. ending the driver. */
  readonly onClose?: () => Promise<void>
}

export interface Session {
  readonly id: string
  readonly hub: URL
  /** What the hub says it started, over what was asked for. */
  readonly capabilities: Readonly<Record<string, unknown>>
  run<T = unknown>(method: string, path: string, data?: object): Promise<T>
}

/** A refusal in the hub's own words; `code` is WebDriver's, e.g. "unknown command". */
export class HubError extends Error {
  readonly status: number
  readonly code: string

  constructor(what: string, status: number, code: string, message: string) {
    super(`${what}: ${status} ${code ? `${code}: ` : ''}${message}`)
    this.status = status
    this.code = code
  }
}

const COMMAND_MS = 120_000

/** A farm may hold a session until a device is free. */
const SESSION_MS = 900_000

const KEY = { Enter: '\uE007', Backspace: '\uE003', Shift: '\uE008' } as const

export const openWebDriver = async (options: WebDriverOptions): Promise<Page> => pageOver(await startSession(options), options)

export async function startSession({ hub, capabilities }: Pick<WebDriverOptions, 'hub' | 'capabilities'>): Promise<Session> {
  interface Started {
    readonly sessionId: string
    readonly capabilities: Record<string, unknown>
  }
  const address = new URL(hub)
  const body = capabilities.capabilities === undefined ? { capabilities: { alwaysMatch: capabilities } } : capabilities
  const started = await command<Started>(address, 'POST', '/session', body)
  return {
    id: started.sessionId,
    hub: address,
    capabilities: { ...wantedOf(capabilities), ...started.capabilities },
    run: (method, path, data) => command(address, method, `/session/${started.sessionId}${path}`, data),
  }
}

/** What is asked for in any case, wherever the body has it. */
export function wantedOf(capabilities: Record<string, unknown>): Record<string, unknown> {
  const { capabilities: whole } = capabilities as { capabilities?: { alwaysMatch?: Record<string, unknown> } }
  return whole ? (whole.alwaysMatch ?? {}) : capabilities
}

export function pageOver(session: Session, options: Pick<WebDriverOptions, 'can' | 'onClose'> = {}): Page {
  const { run } = session
  const act = (actions: readonly object[]): Promise<unknown> => run('POST', '/actions', { actions })
  const keys = (actions: readonly object[]): Promise<unknown> => act([{ type: 'key', id: 'keys', actions }])
  let isOpen = true
  return {
    engine: nameOf(session.capabilities),
    can: new Set(options.can ?? ['touch', 'shift', 'modern', 'storage']),
    goto: async (url) => void (await run('POST', '/url', { url })),
    async evaluate<T>(expression: string) {
      const text = await run<string | null>('POST', '/execute/sync', { script: `return JSON.stringify((${expression}))`, args: [] })
      return (text === null ? undefined : JSON.parse(text)) as T
    },
    type: async (text) => void (await keys([...text].flatMap(stroke))),
    async press(key, modifier) {
      const held = modifier ? KEY[modifier] : undefined
      await keys([...(held ? [{ type: 'keyDown', value: held }] : []), ...stroke(KEY[key]), ...(held ? [{ type: 'keyUp', value: held }] : [])])
    },
    click: async (at) => void (await act([pointer('mouse', at)])),
    tap: async (at) => void (await act([pointer('touch', at)])),
    resize: async (width, height) => void (await run('POST', '/window/rect', { width, height })),
    compose: () => Promise.reject(new Error('WebDriver has no way to compose.')),
    commit: () => Promise.reject(new Error('WebDriver has no way to compose.')),
    screenshot: async () => Buffer.from(await run<string>('GET', '/screenshot'), 'base64'),
    async close() {
      if (!isOpen) return
      isOpen = false
      // a hub that has lost the session has ended it as well
      await run('DELETE', '').catch(() => undefined)
      await options.onClose?.()
    },
  }
}

const stroke = (value: string): object[] => [
  { type: 'keyDown', value },
  { type: 'keyUp', value },
]

const pointer = (pointerType: string, at: Spot): object => ({
  type: 'pointer',
  id: pointerType,
  parameters: { pointerType },
  actions: [
    { type: 'pointerMove', duration: 0, x: Math.round(at.x), y: Math.round(at.y) },
    { type: 'pointerDown', button: 0 },
    { type: 'pause', duration: 30 },
    { type: 'pointerUp', button: 0 },
  ],
})

/** Appium answers with its prefix or without, as its version likes. */
export const told = (capabilities: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = capabilities[name] ?? capabilities[`appium:${name}`]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function nameOf(capabilities: Readonly<Record<string, unknown>>): string {
  const [browser, version] = [told(capabilities, 'browserName') ?? 'browser', told(capabilities, 'browserVersion')]
  const platform = told(capabilities, 'platformName')
  const os = platform && ['on', platform, told(capabilities, 'platformVersion')].filter(Boolean).join(' ')
  return [browser, version, os, told(capabilities, 'deviceName')].filter(Boolean).join(' ')
}

async function command<T>(hub: URL, method: string, path: string, data?: object): Promise<T> {
  const address = `${hub.protocol}//${hub.host}${hub.pathname.replace(/\/$/, '')}${path}`
  const body = method === 'POST' ? JSON.stringify(data ?? {}) : null
  const headers = { 'content-type': 'application/json; charset=utf-8', ...credentials(hub) }
  const signal = AbortSignal.timeout(path === '/session' ? SESSION_MS : COMMAND_MS)
  const response = await fetch(address, { method, headers, body, signal })
  const text = await response.text()
  const value = readValue(text) as (T & { error?: string; message?: string }) | undefined
  const isRefused = !!value && typeof value === 'object' && typeof value.error === 'string'
  if (response.ok && !isRefused) return value as T
  const what = `${method} ${path.split('/').pop()}`
  throw new HubError(what, response.status, isRefused ? (value.error ?? '') : '', isRefused ? (value.message ?? '') : text.slice(0, 300))
}

/** What the address of the hub says about who asks, as a header. */
export function credentials(hub: URL): Record<string, string> {
  if (!hub.username) return {}
  const secret = `${decodeURIComponent(hub.username)}:${decodeURIComponent(hub.password)}`
  return { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
}

function readValue(text: string): unknown {
  try {
    return (JSON.parse(text) as { value: unknown }).value
  } catch {
    return undefined
  }
}

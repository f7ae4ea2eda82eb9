import type { Ability, Page, Point } from './page.ts'

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
  readonly label?: string
}

const KEY = { Enter: '\uE007', Backspace: '\uE003', Shift: '\uE008' } as const

interface NewSession {
  readonly sessionId: string
  readonly capabilities: { readonly browserName?: string; readonly browserVersion?: string; readonly platformName?: string }
}

export async function openWebDriver(options: WebDriverOptions): Promise<Page> {
  const hub = new URL(options.hub)
  const { capabilities } = options.capabilities
  const body = capabilities === undefined ? { capabilities: { alwaysMatch: options.capabilities } } : options.capabilities
  const started = await command<NewSession>(hub, 'POST', '/session', body)
  const session = `/session/${started.sessionId}`
  const run = <T = unknown>(method: string, path: string, data?: object): Promise<T> => command<T>(hub, method, session + path, data)
  const act = (actions: readonly object[]): Promise<unknown> => run('POST', '/actions', { actions })
  const keys = (actions: readonly object[]): Promise<unknown> => act([{ type: 'key', id: 'keys', actions }])
  let isOpen = true
  return {
    engine: options.label ?? nameOf(started),
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
      await run('DELETE', '').catch(() => undefined)
      await options.onClose?.()
    },
  }
}

const stroke = (value: string): object[] => [
  { type: 'keyDown', value },
  { type: 'keyUp', value },
]

const pointer = (pointerType: string, at: Point): object => ({
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

const nameOf = ({ capabilities: { browserName, browserVersion, platformName } }: NewSession): string =>
  [browserName ?? 'browser', browserVersion, platformName && `on ${platformName}`].filter(Boolean).join(' ')

async function command<T>(hub: URL, method: string, path: string, data?: object): Promise<T> {
  const address = `${hub.protocol}//${hub.host}${hub.pathname.replace(/\/$/, '')}${path}`
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' }
  const secret = `${decodeURIComponent(hub.username)}:${decodeURIComponent(hub.password)}`
  if (hub.username) headers.authorization = `Basic ${Buffer.from(secret).toString('base64')}`
  const body = method === 'POST' ? JSON.stringify(data ?? {}) : null
  const response = await fetch(address, { method, headers, body, signal: AbortSignal.timeout(120_000) })
  const text = await response.text()
  const value = readValue(text) as T & { error?: string; message?: string }
  if (response.ok && !(value && typeof value === 'object' && value.error)) return value
  const why = value && typeof value === 'object' && value.error ? `${value.error}: ${value.message}` : text.slice(0, 300)
  throw new Error(`${method} ${path.split('/').pop()}: ${response.status} ${why}`)
}

function readValue(text: string): unknown {
  try {
    return (JSON.parse(text) as { value: unknown }).value
  } catch {
    return undefined
  }
}

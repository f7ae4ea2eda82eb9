import { type Ability, type Page, pause, type Point } from './page.ts'
import { newFolder, startChild } from './child.ts'
import { openRpc, type Rpc } from './rpc.ts'

/**
 * Any headless Chromium from 64 on by raw CDP, set up as a phone: 390×844, touch, mobile viewport.
 * Old ones lack `Input.insertText` (64–67) and `Input.imeSetComposition` (below 108 here), so typing is done with key events.
 */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
  '--mute-audio',
  '--hide-scrollbars',
]
const COMPOSES_FROM = 108
/** A page whose process died answers no call, old or new, and its browser says nothing but this. */
const DEATHS = { 'Inspector.targetCrashed': 'the page crashed', 'Inspector.detached': 'the browser has gone' }
const VK_OF = { Enter: 13, Backspace: 8 } as const

export interface ChromiumOptions {
  readonly path?: string
  /** Flags on top; `--headless` is dropped when `headed`. */
  readonly args?: readonly string[]
}

export interface ChromiumPage extends Page {
  /** For what only CDP can do: viewport stubs, virtual keyboard geometry, page scale. */
  readonly cdp: Rpc
}

export async function openChromium(options: ChromiumOptions = {}): Promise<ChromiumPage> {
  const folder = newFolder()
  const args = [...FLAGS, '--remote-debugging-port=0', `--user-data-dir=${folder}`, ...(options.args ?? []), 'about:blank']
  const child = startChild(options.path ?? '/usr/bin/chromium', { args, folder })
  try {
    const port = await child.says(/DevTools listening on ws:\/\/[^:]+:(\d+)/)
    const version = (await fetchJson(`http://127.0.0.1:${port}/json/version`)) as { Browser: string }
    const cdp = await openRpc(await firstTab(port), DEATHS)
    const full = version.Browser.replace(/.*\//, '')
    await cdp.call('Inspector.enable')
    await cdp.call('Page.enable')
    await cdp.call('Runtime.enable')
    await emulatePhone(cdp, 390, 844)
    await cdp.call('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 })
    const close = async (): Promise<void> => {
      cdp.close()
      await child.stop()
    }
    return pageOver(cdp, full, close)
  } catch (error) {
    await child.stop()
    throw error
  }
}

function pageOver(cdp: Rpc, version: string, close: () => Promise<void>): ChromiumPage {
  const abilities: Ability[] = ['touch', 'resize', 'shift', 'modern', 'storage']
  if (Number.parseInt(version, 10) >= COMPOSES_FROM) abilities.push('compose')
  const mouse = (type: string, at: Point): Promise<unknown> =>
    cdp.call('Input.dispatchMouseEvent', { type, x: at.x, y: at.y, button: 'left', clickCount: 1 })
  return {
    cdp,
    engine: `Chromium ${version}`,
    can: new Set(abilities),
    async goto(url) {
      const loaded = cdp.next('Page.loadEventFired')
      await Promise.all([cdp.call('Page.navigate', { url }), Promise.race([loaded, pause(20_000)])])
    },
    evaluate: <T>(expression: string) => evaluate<T>(cdp, expression),
    async type(text) {
      for (const char of text) await typeChar(cdp, char)
    },
    async press(key, modifier) {
      const common = { key, code: key, windowsVirtualKeyCode: VK_OF[key], nativeVirtualKeyCode: VK_OF[key], modifiers: modifier ? 8 : 0 }
      const text = key === 'Enter' ? { text: '\r', unmodifiedText: '\r' } : {}
      await cdp.call('Input.dispatchKeyEvent', { type: 'keyDown', ...common, ...text })
      await cdp.call('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
    },
    async click(at) {
      await mouse('mouseMoved', at)
      await mouse('mousePressed', at)
      await mouse('mouseReleased', at)
    },
    async tap(at) {
      await cdp.call('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: at.x, y: at.y }] })
      await cdp.call('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    },
    resize: (width, height) => emulatePhone(cdp, width, height),
    compose: async (text) => void (await cdp.call('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })),
    commit: async (text) => void (await cdp.call('Input.insertText', { text })),
    screenshot: async () => Buffer.from((await cdp.call<{ data: string }>('Page.captureScreenshot', { format: 'png' })).data, 'base64'),
    close,
  }
}

const emulatePhone = async (cdp: Rpc, width: number, height: number): Promise<void> =>
  void (await cdp.call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true }))

async function evaluate<T>(cdp: Rpc, expression: string): Promise<T> {
  interface Evaluated {
    readonly result: { readonly value?: string }
    readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
  }
  const params = { expression: `JSON.stringify((${expression}))`, returnByValue: true, userGesture: true }
  const { result, exceptionDetails } = await cdp.call<Evaluated>('Runtime.evaluate', params)
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return (result.value === undefined ? undefined : JSON.parse(result.value)) as T
}

/** A whole key press where the character has a key, the text alone where it has none. */
async function typeChar(cdp: Rpc, char: string): Promise<void> {
  const hasKey = /^[a-z0-9 ]$/i.test(char)
  const code = /[a-z]/i.test(char) ? `Key${char.toUpperCase()}` : char === ' ' ? 'Space' : `Digit${char}`
  const named = hasKey ? { key: char, code, windowsVirtualKeyCode: char.toUpperCase().charCodeAt(0) } : { key: char }
  if (hasKey) await cdp.call('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...named })
  await cdp.call('Input.dispatchKeyEvent', { type: 'char', text: char, unmodifiedText: char, ...named })
  if (hasKey) await cdp.call('Input.dispatchKeyEvent', { type: 'keyUp', ...named })
}

/** Chromium 78 makes its first tab late. */
async function firstTab(port: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const tabs = (await fetchJson(`http://127.0.0.1:${port}/json/list`)) as { type: string; webSocketDebuggerUrl: string }[]
    const tab = tabs.find(({ type }) => type === 'page')
    if (tab) return tab.webSocketDebuggerUrl
    await pause(50)
  }
  throw new Error('Chromium opened no tab.')
}

const fetchJson = async (url: string): Promise<unknown> => (await fetch(url)).json()

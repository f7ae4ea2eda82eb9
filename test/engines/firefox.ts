import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page, Point } from './page.ts'
import { newFolder, startChild } from './child.ts'
import { openRpc, type Rpc } from './rpc.ts'

/** Firefox by its native WebDriver BiDi; no geckodriver. Real keys, mouse and touch; no composition. */
const PREFS = {
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'toolkit.telemetry.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.enabled': false,
  'remote.prefs.recommended': true,
  'browser.aboutwelcome.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
}
const KEY = { Enter: '\uE007', Backspace: '\uE003', Shift: '\uE008' } as const

export async function openFirefox(program = 'firefox-esr'): Promise<Page> {
  const folder = newFolder()
  const lines = Object.entries(PREFS).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
  writeFileSync(path.join(folder, 'user.js'), lines.join('\n'))
  const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0']
  const child = startChild(program, { args, folder, env: { MOZ_DISABLE_CONTENT_SANDBOX: '1' } })
  try {
    const url = await child.says(/WebDriver BiDi listening on (ws:\/\/\S+)/, 60_000)
    const bidi = await openRpc(`${url}/session`)
    const session = await bidi.call<{ capabilities: { browserVersion: string } }>('session.new', { capabilities: {} })
    const { contexts } = await bidi.call<{ contexts: { context: string }[] }>('browsingContext.getTree')
    const context = contexts[0]?.context ?? ''
    const close = async (): Promise<void> => {
      bidi.close()
      await child.stop()
    }
    const page = pageOver(bidi, context, session.capabilities.browserVersion, close)
    await page.resize(390, 844)
    return page
  } catch (error) {
    await child.stop()
    throw error
  }
}

function pageOver(bidi: Rpc, context: string, version: string, close: () => Promise<void>): Page {
  const keys = (actions: readonly object[]): Promise<unknown> =>
    bidi.call('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] })
  const stroke = (value: string): object[] => [
    { type: 'keyDown', value },
    { type: 'keyUp', value },
  ]
  const point = (pointerType: string, at: Point): Promise<unknown> =>
    bidi.call('input.performActions', {
      context,
      actions: [
        {
          type: 'pointer',
          id: pointerType,
          parameters: { pointerType },
          actions: [
            { type: 'pointerMove', x: Math.round(at.x), y: Math.round(at.y) },
            { type: 'pointerDown', button: 0 },
            { type: 'pause', duration: 30 },
            { type: 'pointerUp', button: 0 },
          ],
        },
      ],
    })
  return {
    engine: `Firefox ${version}`,
    can: new Set(['touch', 'resize', 'shift', 'modern', 'storage']),
    goto: async (url) => void (await bidi.call('browsingContext.navigate', { context, url, wait: 'complete' })),
    evaluate: <T>(expression: string) => evaluate<T>(bidi, context, expression),
    type: async (text) => void (await keys([...text].flatMap(stroke))),
    async press(key, modifier) {
      const held = modifier ? KEY[modifier] : undefined
      const down = held ? [{ type: 'keyDown', value: held }] : []
      const up = held ? [{ type: 'keyUp', value: held }] : []
      await keys([...down, ...stroke(KEY[key]), ...up])
    },
    click: async (at) => void (await point('mouse', at)),
    tap: async (at) => void (await point('touch', at)),
    resize: async (width, height) => void (await bidi.call('browsingContext.setViewport', { context, viewport: { width, height } })),
    compose: () => Promise.reject(new Error('Firefox has no way to compose over BiDi.')),
    commit: () => Promise.reject(new Error('Firefox has no way to compose over BiDi.')),
    async screenshot() {
      const { data } = await bidi.call<{ data: string }>('browsingContext.captureScreenshot', { context })
      return Buffer.from(data, 'base64')
    },
    close,
  }
}

async function evaluate<T>(bidi: Rpc, context: string, expression: string): Promise<T> {
  interface Evaluated {
    readonly type: string
    readonly result?: { readonly value?: string }
    readonly exceptionDetails?: { readonly text: string }
  }
  const answer = await bidi.call<Evaluated>('script.evaluate', {
    expression: `JSON.stringify((${expression}))`,
    target: { context },
    awaitPromise: true,
    userActivation: true,
  })
  if (answer.type === 'exception') throw new Error(answer.exceptionDetails?.text)
  return (answer.result?.value === undefined ? undefined : JSON.parse(answer.result.value)) as T
}

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { newFolder, startChild, type Child } from './child.ts'
import { pause } from './page.ts'
import { openRpc } from './rpc.ts'

/**
 * A real input method, a real X keyboard and a headed browser: what no protocol can play. Xvfb, a D-Bus session of its own with
 * openbox and ibus in it, the browser full screen in that, keys and clicks by xdotool. Nothing is read from the page, so it
 * works in any browser; who wants to know what was sent asks the gateway. X has no finger: Chromium's own protocol lends one.
 */
export type InputMethod = 'libpinyin' | 'anthy' | 'hangul'
export type HeadedBrowser = 'chromium' | 'firefox' | 'webkitgtk'

export interface Keyboard {
  /** Switches the session to another input method. */
  use(method: InputMethod): Promise<void>
  /** Keys by their X names, one after the other, as fast as a quick typist. */
  keys(...names: readonly string[]): Promise<void>
  click(x: number, y: number): Promise<void>
  /** A finger's tap, which leaves focus and input method as they are. Chromium alone. */
  tap(x: number, y: number): Promise<void>
  close(): Promise<void>
}

export const SCREEN = { width: 1000, height: 800 } as const
const KEY_MS = 150
const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

/** The session that browser and input methods share; it prints its bus address when input methods can be chosen. */
const SESSION = `
openbox >/dev/null 2>&1 &
ibus-daemon --xim --panel=disable --config=/usr/libexec/ibus-memconf --cache=none >/dev/null 2>&1 &
for try in $(seq 40); do sleep 0.25; ibus engine libpinyin >/dev/null 2>&1 && break; done
[ "$(ibus engine)" = libpinyin ] && echo "BUS=$DBUS_SESSION_BUS_ADDRESS;"
wait
`

export async function openKeyboard(browser: HeadedBrowser, url: string): Promise<Keyboard> {
  const screen = startChild('Xvfb', { args: ['-displayfd', '1', '-screen', '0', `${SCREEN.width}x${SCREEN.height}x24`, '-nolisten', 'tcp'] })
  const children: Child[] = [screen]
  const close = async (): Promise<void> => {
    for (const child of children.reverse()) await child.stop()
  }
  try {
    const display = `:${await screen.says(/(\d+)\n/)}`
    const folder = newFolder()
    const env = sessionEnvironment(display, folder)
    const session = startChild('dbus-run-session', { args: ['--', 'bash', '-c', SESSION], env, folder })
    children.push(session)
    const bus = await session.says(/BUS=([^;]+);/, 30_000)
    const program = startBrowser(browser, url, { ...env, DBUS_SESSION_BUS_ADDRESS: bus })
    children.push(program)
    const x = (...args: string[]): string => spawnSync('xdotool', args, { env: { ...process.env, DISPLAY: display }, encoding: 'utf8' }).stdout ?? ''
    await settled(() => x('search', '--onlyvisible', '--name', '.'))
    const choose = (method: InputMethod): void =>
      void spawnSync('ibus', ['engine', method], { env: { ...process.env, ...env, DBUS_SESSION_BUS_ADDRESS: bus } as NodeJS.ProcessEnv })
    return {
      async use(method) {
        choose(method)
        await pause(KEY_MS * 2)
      },
      async keys(...names) {
        for (const name of names) {
          x('key', '--delay', '20', name)
          await pause(KEY_MS)
        }
      },
      async click(left, top) {
        x('mousemove', String(left), String(top))
        await pause(80)
        x('click', '1')
        await pause(KEY_MS)
      },
      tap: (left, top) => tap(program, { x: left, y: top }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function tap(program: Child, point: { readonly x: number; readonly y: number }): Promise<void> {
  const address = new URL(await program.says(/DevTools listening on (ws:\S+)/))
  const listed = await fetch(`http://${address.host}/json/list`)
  const targets = (await listed.json()) as { type: string; webSocketDebuggerUrl: string }[]
  const page = await openRpc(targets.find(({ type }) => type === 'page')!.webSocketDebuggerUrl)
  await page.call('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await page.call('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  page.close()
  await pause(KEY_MS)
}

const sessionEnvironment = (display: string, folder: string): Record<string, string | undefined> => ({
  // ibus' own scripts want Debian's python, not another one in front
  PATH: `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH}`,
  DISPLAY: display,
  HOME: folder,
  XDG_RUNTIME_DIR: folder,
  XDG_CONFIG_HOME: `${folder}/.config`,
  XDG_CACHE_HOME: `${folder}/.cache`,
  GTK_IM_MODULE: 'ibus',
  QT_IM_MODULE: 'ibus',
  XMODIFIERS: '@im=ibus',
  DBUS_SESSION_BUS_ADDRESS: undefined,
  NO_AT_BRIDGE: '1',
  GTK_USE_PORTAL: '0',
  GDK_BACKEND: 'x11',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  LIBGL_ALWAYS_SOFTWARE: '1',
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  MOZ_DISABLE_CONTENT_SANDBOX: '1',
})

function startBrowser(browser: HeadedBrowser, url: string, env: Record<string, string | undefined>): Child {
  const folder = newFolder()
  const profile = path.join(folder, 'profile')
  mkdirSync(profile)
  const own = { ...env, HOME: env.HOME, TMPDIR: folder }
  if (browser === 'webkitgtk') return startChild(MINI_BROWSER, { args: ['--full-screen', url], env: own, folder })
  if (browser === 'firefox') {
    const off = [
      'browser.shell.checkDefaultBrowser',
      'datareporting.policy.dataSubmissionEnabled',
      'browser.aboutwelcome.enabled',
      'app.update.enabled',
      'browser.preonboarding.enabled',
      'full-screen-api.warning.timeout',
    ]
    const lines = off.map((name) => `user_pref("${name}", ${name.endsWith('timeout') ? 0 : false});`)
    writeFileSync(path.join(profile, 'user.js'), [...lines, 'user_pref("termsofuse.bypassNotification", true);'].join('\n'))
    return startChild('firefox-esr', { args: ['--no-remote', '--profile', profile, '--kiosk', url], env: own, folder })
  }
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--gtk-version=3',
    '--remote-debugging-port=0',
    '--touch-events=enabled',
    '--kiosk',
    `--user-data-dir=${profile}`,
    `--app=${url}`,
  ]
  return startChild('/usr/bin/chromium', { args, env: own, folder })
}

/** Waits for a window; then the window manager has given it the focus. */
async function settled(windows: () => string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (windows().trim() !== '') return
    await pause(250)
  }
  throw new Error('The browser opened no window.')
}

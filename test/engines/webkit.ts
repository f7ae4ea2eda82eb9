import { freePort } from '../kit/free-port.ts'
import { startChild, type Child } from './child.ts'
import { pause, type Ability, type Page } from './page.ts'
import { openWebDriver } from './webdriver.ts'

/**
 * WebKitGTK (MiniBrowser under Xvfb and a D-Bus of its own, or portal daemons stay behind) and WPE WebKit (cog, no X at all).
 * Both turn a touch asked for over WebDriver into a mouse press, so neither can `touch`. WPE stands at about Safari 16.2.
 */
const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

export async function openWebKitGtk(): Promise<Page> {
  const screen = startChild('Xvfb', { args: ['-displayfd', '1', '-screen', '0', '1280x1200x24', '-nolisten', 'tcp'] })
  try {
    const display = `:${await screen.says(/(\d+)\n/)}`
    const port = await freePort()
    const driver = startChild('dbus-run-session', {
      args: ['--', 'WebKitWebDriver', `--port=${port}`],
      env: {
        DISPLAY: display,
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        NO_AT_BRIDGE: '1',
        GTK_USE_PORTAL: '0',
        DBUS_SESSION_BUS_ADDRESS: undefined,
        GDK_BACKEND: 'x11',
        LIBGL_ALWAYS_SOFTWARE: '1',
      },
    })
    const page = await overDriver(
      driver,
      port,
      'WebKitGTK',
      {
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] },
      },
      () => screen.stop(),
    )
    await page.resize(500, 882)
    return page
  } catch (error) {
    await screen.stop()
    throw error
  }
}

export async function openWpe(): Promise<Page> {
  const port = await freePort()
  const driver = startChild('WPEWebDriver', { args: [`--port=${port}`], env: { LIBGL_ALWAYS_SOFTWARE: '1' } })
  return overDriver(driver, port, 'WPE WebKit', {
    browserName: 'cog',
    'wpe:browserOptions': { binary: '/usr/bin/cog', args: ['--automation', '--platform=headless'] },
  })
}

async function overDriver(
  driver: Child,
  port: number,
  name: string,
  capabilities: Record<string, unknown>,
  after?: () => Promise<void>,
): Promise<Page> {
  const hub = `http://127.0.0.1:${port}`
  const onClose = async (): Promise<void> => {
    await driver.stop()
    await after?.()
  }
  try {
    await answering(hub)
    const can: Ability[] = ['shift', 'modern', 'storage']
    if (name === 'WebKitGTK') can.push('resize')
    const page = await openWebDriver({ hub, capabilities, can, onClose })
    const version = page.engine.split(' ')[1] ?? ''
    return { ...page, engine: `${name} ${version}` }
  } catch (error) {
    await driver.stop()
    throw error
  }
}

async function answering(hub: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await fetch(`${hub}/status`)
      return
    } catch {
      await pause(50)
    }
  }
  throw new Error('The driver does not answer.')
}

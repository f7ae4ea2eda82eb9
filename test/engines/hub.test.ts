/** `npm run qa` in front of a hub: what it does on an iPhone, where drivers and hubs fall short, and what a farm is told. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openFaultProxy, type FaultProxy } from '../kit/fault-proxy.ts'
import { freePort } from '../kit/free-port.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { openDevice } from './appium.ts'
import { Chat, FIELD } from './chat.ts'
import { startChild } from './child.ts'
import { OPTIONS } from './qa-options.ts'
import { openIphoneHub, type IphoneHub, type IphoneHubOptions } from './iphone-hub.ts'
import { pageOver, startSession } from './webdriver.ts'

const QA = ['--import', './test/kit/typescript.mjs', 'test/engines/qa.ts']
const IPHONE = { platformName: 'iOS', browserName: 'safari', 'appium:automationName': 'XCUITest', 'appium:deviceName': 'iPhone 15' }

let gateway: SpawnedGateway
let proxy: FaultProxy
let hub: IphoneHub
let out: string

beforeAll(async () => {
  gateway = await spawnGateway({ LOG_LEVEL: 'error' })
  proxy = await openFaultProxy(gateway.port)
})
afterAll(async () => {
  await proxy.close()
  await gateway.stop()
})
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'im-qa-'))
  proxy.delayMs = 0
})
afterEach(async () => {
  await hub?.stop()
  rmSync(out, { recursive: true, force: true })
})

const setNetwork = (isOn: boolean): void => {
  proxy.isRefusing = !isOn
  if (!isOn) proxy.cut()
}

const openHub = async (options: IphoneHubOptions = {}): Promise<void> => {
  hub = await openIphoneHub({ onNetwork: setNetwork, ...options })
}

interface Ran {
  readonly code: number
  readonly said: string
}

const run = (args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) =>
    execFile(process.execPath, [...QA, ...args], (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr })),
  )

const qa = (checks: string, more: { caps?: object; page?: string; args?: readonly string[]; hub?: string } = {}): Promise<Ran> => {
  writeFileSync(join(out, 'caps.json'), JSON.stringify(more.caps ?? IPHONE))
  const page = more.page ?? `${proxy.url}/qa.html`
  return run(['--hub', more.hub ?? hub.url, '--caps', join(out, 'caps.json'), '--url', page, '--out', out, '--checks', checks, ...(more.args ?? [])])
}

interface Report {
  readonly isLive: boolean
  readonly notLive?: string
  readonly readings: { readonly connection: string; readonly transport: string }
  readonly notApplicable: Readonly<Record<string, string>>
}

const reports = (): Report[] =>
  readdirSync(out)
    .filter((file) => file.endsWith('-device.json'))
    .map((file) => JSON.parse(readFileSync(join(out, file), 'utf8')) as Report)

const line = (id: string, result: string, note = ''): RegExp => new RegExp(`^ +${result} +${id} .*${note}`, 'm')

describe('an iPhone behind Appium', () => {
  test('by the page’s coordinates a tap lands above the field, and Shift is typed as text', async () => {
    await openHub()
    const page = pageOver(await startSession({ hub: hub.url, capabilities: IPHONE }))
    const chat = new Chat(page, `${proxy.url}/qa.html`)
    await chat.open()
    await expect(chat.focus()).rejects.toThrow('the field to have the focus')
    await page.evaluate(`(${FIELD}.focus(),1)`)
    await page.press('Enter', 'Shift')
    expect(await chat.value()).toContain('\uE008')
  })

  test('by elements a finger touches what it is meant to, and the keyboard comes', async () => {
    await openHub()
    const { page } = await openDevice(hub.url, IPHONE)
    const chat = new Chat(page, `${proxy.url}/qa.html`)
    await chat.open()
    expect(await page.device?.isKeyboardShown()).toBe(false)
    const text = chat.text()
    await chat.write(text)
    expect(await page.device?.isKeyboardShown()).toBe(true)
    await page.tap(await chat.center('send'))
    await chat.delivered(text)
    await page.close()
  })

  test('all that a phone is asked for is asked, and the rest says why not', { timeout: 240_000 }, async () => {
    await openHub()
    const checks = 'loads,styled,focus-place,enter,click,tap,new-line,compose,keyboard,turn,background,network,launcher,safe-area'
    const { said, code } = await qa(checks)
    expect(said).toContain('12 passed, 0 failed, 2 not applicable')
    expect(code).toBe(0)
    expect(reports()).toMatchObject([
      { isLive: true, notApplicable: { 'new-line': 'the driver types Shift as text or drops it', compose: 'WebDriver has no input method' } },
    ])
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('<skipped message="the driver types Shift as text or drops it"/>')
  })

  test('an app’s session goes into its web view as soon as there is one', async () => {
    await openHub({ isApp: true })
    const { said } = await qa('enter')
    expect(said).toMatch(line('enter', 'ok'))
  })
})

describe('what a driver or a hub cannot is n/a, in its own words', () => {
  test.each([
    ['taps beside the element', { tapDrift: 59 }, 'tap', 'the driver taps beside the element: at'],
    ['taps above the page', { tapDrift: 2000 }, 'tap', 'the driver’s tap did not reach the page'],
    ['taps by script', { hasNoSettings: true }, 'tap', 'the driver taps by script and not with a finger'],
    [
      'does not tell of the keyboard',
      { lacks: ['mobile: isKeyboardShown', 'GET /appium/device/is_keyboard_shown'] },
      'keyboard',
      'the hub cannot tell of the keyboard',
    ],
    ['does not turn', { lacks: ['POST /orientation'] }, 'turn', 'the hub cannot turn the device: .*Unsupported: POST /orientation'],
    [
      'does not leave the browser',
      { lacks: ['mobile: backgroundApp', 'POST /appium/app/background'] },
      'background',
      'the hub cannot put the browser into the background',
    ],
    ['does not switch the network', { lacks: ['mobile: enableConditionInducer'] }, 'network', 'the hub cannot switch the network'],
    ['has no safe area', { hasNoSafeArea: true }, 'safe-area', 'the device tells of no safe area here'],
  ] satisfies [string, IphoneHubOptions, string, string][])('%s', { timeout: 120_000 }, async (_, options, check, reason) => {
    await openHub(options)
    const { said, code } = await qa(check)
    expect(said).toMatch(line(check, 'n/a', reason))
    expect(code).toBe(0)
    expect(reports()[0]?.notApplicable[check]).toMatch(new RegExp(reason))
  })

  test('a keyboard that does not come is a failure', async () => {
    await openHub({ hasHardwareKeyboard: true })
    const { said, code } = await qa('keyboard')
    expect(said).toMatch(line('keyboard', 'failed', 'no soft keyboard came'))
    expect(code).toBe(1)
  })

  test('a desktop browser has no device to turn; the launcher’s panel is opened there too', { timeout: 180_000 }, async () => {
    const port = await freePort()
    const driver = startChild('chromedriver', { args: [`--port=${port}`] })
    try {
      await driver.says(/started successfully/)
      const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']
      const caps = { browserName: 'chrome', 'goog:chromeOptions': { binary: '/usr/bin/chromium', args } }
      const { said } = await qa('keyboard,turn,launcher', { hub: `http://127.0.0.1:${port}`, caps })
      expect(said).toContain('1 passed, 0 failed, 2 not applicable')
      expect(said).toMatch(line('turn', 'n/a', 'no Appium behind this hub'))
    } finally {
      await driver.stop()
    }
  })
})

describe('what a farm is told', () => {
  test.each([
    [
      'BrowserStack',
      'bstack:options',
      { buildName: 'night', sessionName: 'iPhone 15' },
      'browserstack_executor: {"action":"setSessionStatus","arguments":{"status":"passed","reason":"1 passed',
    ],
    ['Sauce Labs', 'sauce:options', { build: 'night', name: 'iPhone 15' }, 'sauce:job-result=passed'],
    [
      'LambdaTest',
      'lt:options',
      { build: 'night', name: 'iPhone 15' },
      'lambda-hook: {"action":"setTestStatus","arguments":{"status":"passed","remark":"1 passed',
    ],
  ])('%s: names that are not there yet, and the verdict', async (_, section, names, verdict) => {
    await openHub()
    await qa('zoom', { caps: { ...IPHONE, [section]: { video: true } }, args: ['--build', 'night'] })
    expect(hub.wanted).toEqual([{ ...IPHONE, [section]: { ...names, video: true } }])
    expect(hub.told).toEqual([expect.stringContaining(verdict)])
  })

  test('a failure with its reason; a name that is there stays; BrowserStack and Sauce Labs switch the network', { timeout: 240_000 }, async () => {
    await openHub({ hasHardwareKeyboard: true })
    await qa('keyboard,network', { caps: { ...IPHONE, 'bstack:options': { sessionName: 'mine' } } })
    expect(hub.wanted[0]?.['bstack:options']).toMatchObject({ sessionName: 'mine', buildName: expect.stringContaining('im-chat') })
    expect(hub.told).toEqual([expect.stringMatching(/"status":"failed","reason":"1 passed, 1 failed.*keyboard: no soft keyboard came/)])
    expect(hub.log.filter((each) => each.startsWith('PUT'))).toEqual(['PUT /update_network.json', 'PUT /update_network.json'])
    await qa('network', { caps: { ...IPHONE, 'sauce:options': {} } })
    expect(hub.told.slice(1)).toEqual(['sauce: network-profile', 'sauce: network-profile', 'sauce:job-result=passed'])
  })

  test('a session that is refused is asked for again, one that may not be had is not', async () => {
    const busy = { status: 500, error: 'session not created', message: 'All devices are in use' }
    await openHub({ refusals: [busy, busy] })
    expect((await qa('zoom', { args: ['--wait', '0'] })).said).toMatch(/All devices are in use\); once more in 0 s, 2 of 2[^]*1 passed, 0 failed/)
    await hub.stop()
    await openHub({ refusals: [{ status: 401, error: 'unknown error', message: 'No such key' }] })
    const { said, code } = await qa('zoom', { args: ['--wait', '0'] })
    expect(said).toMatch(/failed session .*401.*No such key/)
    expect(hub.wanted).toHaveLength(1)
    expect(code).toBe(1)
  })

  test('devices at once, each with its own report, screenshots and suite', { timeout: 120_000 }, async () => {
    await openHub()
    const { said } = await qa('zoom', { caps: [IPHONE, IPHONE, { ...IPHONE, 'appium:deviceName': 'iPhone SE' }], args: ['--parallel', '3'] })
    expect(said).toContain('3 passed, 0 failed')
    expect(said).toMatch(/^iPhone SE \| +ok +zoom/m)
    expect(hub.mostSessions).toBe(3)
    expect(reports()).toHaveLength(3)
    expect(readdirSync(out).filter((file) => file.endsWith('-zoom.png'))).toHaveLength(3)
    expect(readFileSync(join(out, 'junit.xml'), 'utf8').match(/<testsuite /g)).toHaveLength(3)
  })

  test('Chromium that does not start is told what it needs, and not asked again', async () => {
    const port = await freePort()
    const driver = startChild('chromedriver', { args: [`--port=${port}`] })
    try {
      await driver.says(/started successfully/)
      // as with a root user and no --no-sandbox: it ends before it has a port
      const caps = { browserName: 'chrome', 'goog:chromeOptions': { binary: '/bin/false' } }
      const { said } = await qa('zoom', { hub: `http://127.0.0.1:${port}`, caps })
      expect(said).toContain('"--no-sandbox"')
      expect(said).not.toContain('once more')
    } finally {
      await driver.stop()
    }
  })
})

describe('the device report', () => {
  test('waits for live', async () => {
    await openHub()
    proxy.delayMs = 400
    await qa('zoom')
    expect(reports()).toMatchObject([{ isLive: true, readings: { connection: 'live', transport: expect.stringMatching(/websocket|polling/) } }])
  })

  test('says so where the chat is never live', { timeout: 120_000 }, async () => {
    await openHub()
    await qa('traces', { page: `${proxy.url}/qa.html?faults=offline` })
    expect(reports()).toMatchObject([{ isLive: false, notLive: expect.stringContaining('the chat to be live') }])
  })
})

describe('the command line', () => {
  test('--help explains every option and names every check', async () => {
    const { said, code } = await run(['--help'])
    for (const name of Object.keys(OPTIONS)) expect(said).toMatch(new RegExp(`^  --${name} .*\\w{4}`, 'm'))
    expect(said).toMatch(/^ {2}background +another app/m)
    expect(code).toBe(0)
  })

  test.each([
    [['--hub', 'x'], 'missing: --caps, --url'],
    [['--hub', 'x', '--caps', 'x', '--url', 'x', '--checks', 'tap,nap'], 'no such check: nap'],
    [['--hub', 'x', '--caps', 'x', '--url', 'x', '--parallel', 'many'], '--parallel is a whole number'],
    [['--nonsense'], 'nonsense'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { said, code } = await run(args)
    expect(said).toContain(sentence)
    expect(code).toBe(2)
  })
})

describe('AWS Device Farm', () => {
  const commands = (spec: string, phase: string): string[] => {
    const [, rows = ''] = new RegExp(`^  ${phase}:\\n    commands:\\n((?:      - .*\\n)*)`, 'm').exec(spec) ?? []
    return rows
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => JSON.parse(row.replace(/^ +- /, '')) as string)
  }

  test('the package installs without a network, and its test command runs the checks on the host’s device', { timeout: 240_000 }, async () => {
    await openHub()
    const { said } = await run(['--device-farm', out, '--url', `${proxy.url}/qa.html`, '--checks', 'tap,traces'])
    expect(said).toContain('APPIUM_WEB_NODE_TEST_PACKAGE')
    const spec = readFileSync(join(out, 'testspec.yml'), 'utf8')
    const host = join(out, 'host')
    execFileSync('python3', ['-m', 'zipfile', '-e', join(out, 'im-chat-qa.zip'), host])
    const script = [...commands(spec, 'install'), ...commands(spec, 'test')].join('\n').replaceAll('http://127.0.0.1:4723/wd/hub', hub.url)
    const tools = 'devicefarm-cli() { :; }; appium() { echo \'{"xcuitest":{"version":"9.10.5"}}\'; }\n'
    const env = {
      ...process.env,
      DEVICEFARM_TEST_PACKAGE_PATH: host,
      DEVICEFARM_LOG_DIR: out,
      DEVICEFARM_DEVICE_PLATFORM_NAME: 'iOS',
      DEVICEFARM_DEVICE_NAME: 'Apple iPhone 13',
      DEVICEFARM_DEVICE_OS_VERSION: '16.2',
      DEVICEFARM_DEVICE_UDID: '00008110-00064C4A1ABBCDEF',
      DEVICEFARM_APPIUM_WDA_DERIVED_DATA_PATH_V8: '/wda/8',
      DEVICEFARM_APPIUM_WDA_DERIVED_DATA_PATH_V9: '/wda/9',
      DEVICEFARM_APPIUM_WDA_DERIVED_DATA_PATH_V10: '/wda/10',
    }
    const output = await new Promise<string>((resolve) =>
      execFile('bash', ['-ec', tools + script], { env }, (_, stdout, stderr) => resolve(stdout + stderr)),
    )
    expect(output).toContain('2 passed, 0 failed, 0 not applicable')
    expect(hub.wanted).toMatchObject([
      {
        platformName: 'iOS',
        browserName: 'safari',
        'appium:udid': '0000811000064C4A1ABBCDEF',
        'appium:derivedDataPath': '/wda/9',
        'appium:usePrebuiltWDA': true,
      },
    ])
    expect(readdirSync(join(out, 'qa-report'))).toContain('junit.xml')
  })
})

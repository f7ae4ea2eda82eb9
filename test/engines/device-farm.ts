import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { QaOptions } from './qa-options.ts'
import { zip } from './zip.ts'

/** The QA page on AWS Device Farm: a test package and a test spec of the kind "Appium Node.js" for web apps, and the device it stands on. */
type Environment = Readonly<Record<string, string | undefined>>

/** The device of a run, as Device Farm's test host tells it. */
export function deviceFarmCapabilities(env: Environment): Record<string, unknown> {
  const platformName = env.DEVICEFARM_DEVICE_PLATFORM_NAME
  if (!platformName) throw new Error('There is no $DEVICEFARM_DEVICE_PLATFORM_NAME: this is no test host of Device Farm.')
  const common = {
    platformName,
    'appium:deviceName': env.DEVICEFARM_DEVICE_NAME,
    'appium:platformVersion': env.DEVICEFARM_DEVICE_OS_VERSION,
    'appium:newCommandTimeout': 300,
  }
  if (!/ios/i.test(platformName)) {
    return {
      ...common,
      browserName: 'chrome',
      'appium:automationName': 'UiAutomator2',
      'appium:udid': env.DEVICEFARM_DEVICE_UDID,
      'appium:chromedriverExecutableDir': env.DEVICEFARM_CHROMEDRIVER_EXECUTABLE_DIR,
    }
  }
  // up to iOS 16 Xcode's tools know a device by its name without the dash
  const isOld = Number.parseInt(env.DEVICEFARM_DEVICE_OS_VERSION ?? '', 10) <= 16
  return {
    ...common,
    browserName: 'safari',
    'appium:automationName': 'XCUITest',
    'appium:udid': isOld ? env.DEVICEFARM_DEVICE_UDID?.replaceAll('-', '') : env.DEVICEFARM_DEVICE_UDID,
    'appium:usePrebuiltWDA': true,
    'appium:derivedDataPath': webDriverAgent(env),
  }
}

/** Signed by Device Farm, one folder for each major version of the driver; where none is for ours, the newest. */
function webDriverAgent(env: Environment): string | undefined {
  const prefix = 'DEVICEFARM_APPIUM_WDA_DERIVED_DATA_PATH_V'
  const versions = Object.keys(env)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter((version) => version > 0)
  const driver = Number(env.XCUITEST_VERSION)
  return env[`${prefix}${versions.includes(driver) ? driver : Math.max(...versions)}`]
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Written as JSON strings, which every reader of YAML takes. */
function testSpec({ url, checks, hasAnswers }: Pick<QaOptions, 'url' | 'checks' | 'hasAnswers'>): string {
  const more = [...(checks ? ['--checks', checks.join(',')] : []), ...(hasAnswers ? ['--answers'] : [])].map(quoted)
  const phases = {
    install: ['devicefarm-cli use node 20', 'devicefarm-cli use appium 2', 'cd "$DEVICEFARM_TEST_PACKAGE_PATH" && npm install --offline ./*.tgz'],
    pre_test: [
      'appium --base-path=/wd/hub --log-timestamp --log-no-colors >> "$DEVICEFARM_LOG_DIR/appium.log" 2>&1 &',
      'for second in $(seq 60); do curl --silent --fail http://127.0.0.1:4723/wd/hub/status && break; sleep 1; done',
    ],
    test: [
      'devicefarm-cli use node 20',
      `export XCUITEST_VERSION=$(appium driver list --installed --json 2>/dev/null | node -p 'parseInt(JSON.parse(require("fs").readFileSync(0)).xcuitest?.version)')`,
      [
        'cd "$DEVICEFARM_TEST_PACKAGE_PATH/node_modules/im-chat-qa" && node qa.mjs --hub http://127.0.0.1:4723/wd/hub --caps device-farm',
        `--out "$DEVICEFARM_LOG_DIR/qa-report" --url ${quoted(url)}`,
        ...more,
      ].join(' '),
    ],
    post_test: [],
  }
  const lines = Object.entries(phases).flatMap(([phase, commands]) => [
    `  ${phase}:`,
    commands.length > 0 ? '    commands:' : '    commands: []',
    ...commands.map((each) => `      - ${JSON.stringify(each)}`),
  ])
  return [
    'version: 0.1',
    'android_test_host: amazon_linux_2',
    'ios_test_host: macos_sequoia',
    'phases:',
    ...lines,
    'artifacts:',
    '  - $DEVICEFARM_LOG_DIR',
    '',
  ].join('\n')
}

/** One file of all the checks, the traces beside it, packed as npm packs and zipped, as Device Farm wants it. */
export async function writeDeviceFarmPackage(folder: string, options: Pick<QaOptions, 'url' | 'checks' | 'hasAnswers'>): Promise<string> {
  const { build } = await import('esbuild')
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const inside = mkdtempSync(path.join(os.tmpdir(), 'im-qa-'))
  try {
    await build({
      entryPoints: ['test/engines/qa.ts'],
      outfile: path.join(inside, 'qa.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node18',
      external: ['esbuild'],
      logLevel: 'error',
    })
    const traces = path.join(inside, 'test/traces')
    mkdirSync(traces, { recursive: true })
    for (const file of readdirSync('test/traces')) if (file.endsWith('.json')) copyFileSync(`test/traces/${file}`, path.join(traces, file))
    writeFileSync(path.join(inside, 'package.json'), JSON.stringify({ name: 'im-chat-qa', version, private: true, type: 'module' }))
    const packed = execFileSync('npm', ['pack', '--silent', '--offline'], { cwd: inside, encoding: 'utf8' }).trim()
    mkdirSync(folder, { recursive: true })
    const [archive, spec] = [path.join(folder, 'im-chat-qa.zip'), path.join(folder, 'testspec.yml')]
    writeFileSync(archive, zip([[packed, readFileSync(path.join(inside, packed))]]))
    writeFileSync(spec, testSpec(options))
    return `${archive} (APPIUM_WEB_NODE_TEST_PACKAGE)\n${spec} (APPIUM_WEB_NODE_TEST_SPEC)`
  } finally {
    rmSync(inside, { recursive: true, force: true })
  }
}

/**
 * The programs that tests start: browsers, servers, input methods. As root on Debian, a container for example, `npm test` installs what is
 * missing and says so first; anywhere else it installs nothing. With `CI` set whatever is missing ends the run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fetchOldChromiums } from '../engines/old-chromiums.mjs'

/** Debian's packages, and the tests that need them. */
const NEEDED = [
  ['chromium-headless-shell', 'browser and e2e tests'],
  ['chromium', 'real input methods and the engines on Chromium'],
  ['chromium-driver', 'W3C WebDriver on Chromium'],
  ['firefox-esr', 'the second engine of the browser tests'],
  ['webkit2gtk-driver', 'WebKitGTK and its WebDriver, the nearest to Safari'],
  ['cog', 'the window that WPE WebKit is shown in'],
  ['wpewebkit-driver', 'WPE WebKit, an embedded WebView'],
  ['python3-pyqt5.qtwebkit', 'QtWebKit 602, the oldest engine of the legacy bundle'],
  ['fonts-noto-cjk', 'Chinese, Japanese and Korean text in screenshots'],
  ['fonts-noto-color-emoji', 'emoji in screenshots'],
  ['xvfb', 'a screen for windows and real input methods'],
  ['xauth', 'required by xvfb-run'],
  ['dbus-x11', 'the bus between a browser and its input method'],
  ['xdotool', 'key presses as a keyboard makes them'],
  ['openbox', 'focus, without which no input method composes'],
  ['ibus', 'real input methods: the frame'],
  ['ibus-gtk3', 'real input methods: inside WebKitGTK, Firefox and Chromium'],
  ['ibus-libpinyin', 'real input methods: Chinese'],
  ['ibus-anthy', 'real input methods: Japanese'],
  ['ibus-hangul', 'real input methods: Korean'],
  ['python3-gi', 'a page-sized host for WebKitGTK'],
  ['gir1.2-ibus-1.0', 'choosing the input method from a script'],
  ['redis-server', 'the Redis backbone'],
  ['redis-sentinel', 'the Redis backbone behind Sentinel'],
  ['nginx-light', 'the proxy in front of several gateways'],
  ['php-cli', 'key and shard vectors, and a PHP backend that publishes'],
  ['php-redis', 'a PHP backend that publishes'],
  ['prometheus', 'promtool, which tests the alerts'],
  ['ca-certificates', 'https to the package registry'],
]

/** Debian starts these when it installs them; the tests start their own on free ports. */
const AUTOSTARTED = { 'redis-server': 'redis-server', 'redis-sentinel': 'redis-sentinel', 'nginx-light': 'nginx', prometheus: 'prometheus' }

/** Installs what is missing where that is possible, and ends the run with `CI` set where it is not. */
export async function prepare() {
  const missing = missingPackages()
  if (missing.length > 0 && mayInstall()) install(missing)
  else if (missing.length > 0 && process.env.CI) refuse(`With CI set everything has to be there. Missing: ${missing.join(' ')}\n${installCommand()}`)
  if (missing.length > 0 && !mayInstall()) return
  // old browsers in place of WebViews still in use; `npm run qa:engines` fetches more of them
  await fetchOldChromiums([64, 83, 108])
}

/** The command that installs everything, where it is known. */
export function installCommand() {
  const packages = missingPackages()
  if (packages.length === 0) return undefined
  const install = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (existsSync('/usr/bin/apt-get')) return install
  return 'docker run --rm -v "$PWD":/im-chat -w /im-chat node:20-bookworm sh -c "npm ci && npm test"'
}

const mayInstall = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

function missingPackages() {
  const names = NEEDED.map(([name]) => name)
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], { encoding: 'utf8' })
  if (query.error) return names
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return names.filter((name) => !installed.has(name))
}

function install(packages) {
  console.log('The tests start real browsers and servers. As root on Debian this installs what is missing:')
  for (const [name, why] of NEEDED) if (packages.includes(name)) console.log(`  ${name} (${why})`)
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages])
  for (const name of packages) if (AUTOSTARTED[name]) stopService(AUTOSTARTED[name])
  const left = missingPackages()
  if (left.length > 0) refuse(`apt-get reported success, but these are still missing: ${left.join(' ')}`)
}

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' }
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
  if (status !== 0) refuse(`${command} ${args[0]} failed (see above).`)
}

/** A server that Debian starts would hold its port for ever. On a machine without an init there may be nothing to stop. */
function stopService(service) {
  const stop = existsSync('/run/systemd/system') ? ['systemctl', 'disable', '--now', service] : ['service', service, 'stop']
  spawnSync(stop[0], stop.slice(1), { stdio: 'ignore' })
}

function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}

/**
 * Runs before `npm test`: what the tests start for real, a browser, a server, an input method, has to be installed.
 * As root it installs what is missing with apt-get, otherwise it names the command and ends with 1. Nothing is skipped.
 */
import '../../gateway/needs-node.mjs'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fetchOldChromiums } from '../engines/old-chromiums.mjs'

/** Debian's packages, and which tests would stand still without them. */
const NEEDED = [
  ['chromium', 'browser and e2e tests'],
  ['chromium-driver', 'W3C WebDriver on Chromium'],
  ['firefox-esr', 'the second engine of the browser tests'],
  ['webkit2gtk-driver', 'WebKitGTK and its WebDriver, the nearest to Safari'],
  ['cog', 'the window that WPE WebKit is shown in'],
  ['wpewebkit-driver', 'WPE WebKit, an embedded WebView'],
  ['python3-pyqt5.qtwebkit', 'QtWebKit 602, the oldest engine of the legacy bundle'],
  ['fonts-noto-cjk', 'Chinese, Japanese and Korean text in screenshots'],
  ['fonts-noto-color-emoji', 'emoji in screenshots'],
  ['xvfb', 'a screen for windows and real input methods'],
  ['xauth', 'asked for by xvfb-run'],
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
  ['ca-certificates', 'https to the package registry'],
]

/** Debian starts these when it installs them; the tests start their own on free ports. */
const AUTOSTARTED = { 'redis-server': 'redis-server', 'redis-sentinel': 'redis-sentinel', 'nginx-light': 'nginx' }

const missing = missingPackages()
if (missing.length > 0) install(missing)

/** Stand-ins for WebViews still in use; `npm run qa:engines` fetches more of them. */
await fetchOldChromiums([64, 83, 108])

function missingPackages() {
  const names = NEEDED.map(([name]) => name)
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], { encoding: 'utf8' })
  if (query.error) return names
  const installed = new Set(
    query.stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]),
  )
  return names.filter((name) => !installed.has(name))
}

function install(packages) {
  for (const [name, why] of NEEDED) if (packages.includes(name)) console.log(`missing: ${name} (${why})`)
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    refuse(
      'The tests need these Debian packages; install them and run npm test again:\n' +
      `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`,
    )
  }
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

/** A server nobody asked for would hold its port for ever. On a machine without an init there may be nothing to stop. */
function stopService(service) {
  const stop = existsSync('/run/systemd/system') ? ['systemctl', 'disable', '--now', service] : ['service', service, 'stop']
  spawnSync(stop[0], stop.slice(1), { stdio: 'ignore' })
}

function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}

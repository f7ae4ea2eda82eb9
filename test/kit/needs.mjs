/**
 * Finds the programs that a test needs by its imports: a test that starts a Redis imports kit/redis.ts. So no list of tests has to
 * be maintained.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'

const has = (program) => (process.env.PATH ?? '').split(delimiter).some((folder) => isProgram(join(folder, program)))
const isLinux = process.platform === 'linux'

/** `imports`: tests that import this file need it; `says`: tests whose code matches this need it. */
const NEEDS = [
  { name: 'Redis (redis-server)', isHere: () => isLinux && has('redis-server'), imports: /^test\/kit\/redis\.ts$/ },
  { name: 'nginx', isHere: () => isLinux && (has('nginx') || isProgram('/usr/sbin/nginx')), imports: /^test\/kit\/nginx\.ts$/ },
  { name: 'PHP (php)', isHere: () => has('php'), says: /'php', \[/ },
  { name: 'Chromium', isHere: hasChromium, imports: /^test\/kit\/browser\.ts$/ },
  { name: 'the old and the other browsers', isHere: hasEngines, imports: /^test\/engines\/(engines|input-method|webdriver)\.ts$/ },
  { name: 'a mount namespace (unshare)', isHere: hasNamespaces, says: /runIf\(hasNamespaces/ },
  { name: 'Prometheus (promtool)', isHere: () => has('promtool'), says: /'promtool', \[/ },
  { name: 'openssl', isHere: () => has('openssl'), says: /'openssl', \[/ },
  { name: 'Linux, with bash', isHere: () => isLinux && has('bash'), says: /\/proc\/\$\{|'\/proc'|'\/proc\/|'bash', / },
]

/** As in kit/browser.ts. */
function hasChromium() {
  const paths = process.env.CHROMIUM ? [process.env.CHROMIUM] : ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
  return paths.some(isProgram)
}

/** The test of kit/small-disk.ts: whether a process may mount a file system of its own. */
function hasNamespaces() {
  const namespace = process.getuid?.() === 0 ? '-m' : '-rm'
  return spawnSync('unshare', [namespace, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
}

/** Every test file that needs something this machine lacks. */
export async function lackingTests() {
  const lacking = NEEDS.filter(({ isHere }) => !isHere())
  if (lacking.length === 0) return []
  const files = testFiles()
  const closures = await closuresOf(files)
  const isNeeded = ({ imports, says }, closure) => closure.some((one) => imports?.test(one) || (isOwn(one) && says?.test(read(one))))
  return files
    .map((file, at) => ({
      file,
      lacks: lacking.filter((need) => isNeeded(need, closures[at])).map(({ name }) => name),
    }))
    .filter(({ lacks }) => lacks.length > 0)
}

/** free-port.ts reads /proc only where it exists. */
const isOwn = (file) => file.startsWith('test/') && file !== 'test/kit/free-port.ts'

export const testFiles = () =>
  readdirSync('test', { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name).replaceAll('\\', '/'))

/** Each file with all files of ours that it imports, directly or not. */
async function closuresOf(files) {
  const { metafile } = await build({
    entryPoints: files,
    bundle: true,
    packages: 'external',
    metafile: true,
    write: false,
    outdir: 'out',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  const inputs = new Map(Object.values(metafile.outputs).map((output) => [output.entryPoint, Object.keys(output.inputs)]))
  return files.map((file) => [file, ...inputs.get(file)])
}

const known = new Map()
function read(file) {
  if (!known.has(file)) known.set(file, readFileSync(file, 'utf8'))
  return known.get(file)
}

function hasEngines() {
  return isLinux && ['WebKitWebDriver', 'firefox-esr', 'Xvfb', 'ibus'].every(has)
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return process.platform === 'win32' && !file.endsWith('.exe') && isProgram(`${file}.exe`)
  }
}

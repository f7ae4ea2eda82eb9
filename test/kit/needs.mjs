/**
 * What of this machine a test needs: found by what it imports, for whoever starts a Redis imports kit/redis.ts. So no list of tests has to
 * be kept, and one that is added is known.
 */
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'

const has = (program) => (process.env.PATH ?? '').split(delimiter).some((folder) => isProgram(join(folder, program)))
const isLinux = process.platform === 'linux'

/** `imports`: a file that needs it; `says`: what the code of such a file says. */
const NEEDS = [
  { name: 'Redis (redis-server)', isHere: () => isLinux && has('redis-server'), imports: /^test\/kit\/redis\.ts$/ },
  { name: 'nginx', isHere: () => isLinux && (has('nginx') || isProgram('/usr/sbin/nginx')), imports: /^test\/kit\/nginx\.ts$/ },
  { name: 'PHP (php)', isHere: () => has('php'), says: /'php', \[/ },
  { name: 'Chromium', isHere: () => isProgram(process.env.CHROMIUM ?? '/usr/bin/chromium'), imports: /^test\/kit\/browser\.ts$/ },
  { name: 'the old and the other browsers', isHere: hasEngines, imports: /^test\/engines\/(engines|input-method|webdriver)\.ts$/ },
  { name: 'openssl', isHere: () => has('openssl'), says: /'openssl', \[/ },
  { name: 'Linux, with bash', isHere: () => isLinux && has('bash'), says: /\/proc\/\$\{|'\/proc'|'\/proc\/|'bash', / },
]

/** Every test file of the project with what it needs and this machine lacks. */
export async function lackingTests() {
  const lacking = NEEDS.filter(({ isHere }) => !isHere())
  if (lacking.length === 0) return []
  const files = testFiles().map((file) => file.replaceAll('\\', '/'))
  const closures = await closuresOf(files)
  const isNeeded = ({ imports, says }, closure) => closure.some((one) => imports?.test(one) || (isOwn(one) && says?.test(read(one))))
  return files
    .map((file, at) => ({
      file,
      lacks: lacking.filter((need) => isNeeded(need, closures[at])).map(({ name }) => name),
    }))
    .filter(({ lacks }) => lacks.length > 0)
}

/** A kit that can do without says so itself. */
const isOwn = (file) => file.startsWith('test/') && file !== 'test/kit/free-port.ts'

const testFiles = () =>
  readdirSync('test', { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))

/** What each file imports, and what that imports, of ours. */
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

/**
 * Run after `npm install` changed package-lock.json. A registry that has a package, but not yet its build for every other
 * platform, makes npm leave those builds out of the lock, and then `npm ci` refuses the lock everywhere. This writes
 * them back: version from the package that asks for them, platform from their names, integrity from the registry. A lock
 * without an integrity would let a registry put anything in its place. test/lock.test.ts checks.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const OS = 'aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32'
const CPU = 'arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64'
const PLATFORM = new RegExp(`-(${OS})-(${CPU})(?:-(\\w+))?$`)
const LIBC = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** `[path, entry]` of every optional build that a package requires and the lock lacks. */
export function missingBuilds({ packages }) {
  return Object.entries(packages).flatMap(([asker, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .map(([name, version]) => [name, { version, optional: true, ...(packages[asker].dev ? { dev: true } : {}), ...platformOf(name) }])
      .filter(([name]) => !places(asker, name).some((path) => path in packages))
      .map(([name, entry]) => [`node_modules/${name}`, entry]),
  )
}

/** Where Node would look for `name` from `asker`, nearest first. */
function places(asker, name) {
  const parts = asker.split('/node_modules/')
  return [...parts.map((_, at) => `${parts.slice(0, parts.length - at).join('/node_modules/')}/node_modules/${name}`), `node_modules/${name}`]
}

function platformOf(name) {
  const [, os, cpu, abi] = PLATFORM.exec(name) ?? []
  const libc = os === 'linux' ? LIBC[abi] : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }), ...(libc && { libc: [libc] }) }
}

/** Paths of packages in the lock that have no integrity. */
export function withoutIntegrity({ packages }) {
  return Object.entries(packages)
    .filter(([path, { integrity, link }]) => path !== '' && !link && integrity === undefined)
    .map(([path]) => path)
}

/** `[path, version, engines.node]` of packages that do not run on every Node release that this package promises. `isPromised` takes a range. */
export function tooNew({ packages }, isPromised) {
  return Object.entries(packages)
    .filter(([path, { engines }]) => path !== '' && engines?.node !== undefined && !isPromised(engines.node))
    .map(([path, { version, engines }]) => [path, version, engines.node])
}

function askIntegrity(path, version) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const told = execFileSync('npm', ['view', `${name}@${version}`, 'dist.integrity', '--json'], { encoding: 'utf8' })
  return JSON.parse(told)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const missing = missingBuilds(lock)
  Object.assign(lock.packages, Object.fromEntries(missing))
  for (const path of withoutIntegrity(lock)) lock.packages[path].integrity = askIntegrity(path, lock.packages[path].version)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} builds written back.`)
}

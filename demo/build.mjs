/**
 * `npm run build`, and the first half of `npm start`: builds the gateway and the widget if their sources or the installed packages have
 * changed since the last build. `--force` builds everything. `dist/built.json` has a hash of each part's sources, and its built files.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export const ROOT = resolve(import.meta.dirname, '..')
const STAMPS = join(ROOT, 'dist/built.json')
const { resolve: resolvePackage } = createRequire(import.meta.url)

const ROOT_PAGES = readdirSync(ROOT).filter((name) => name.endsWith('.md'))

/** The parts: `from` are the files and folders that a part is built from, `to` is the folder that the build fills. */
const PARTS = {
  gateway: {
    says: 'the gateway',
    to: 'dist/gateway',
    build: buildGateway,
    from: ['gateway', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  },
  widget: {
    says: 'the widget, for new browsers, for old ones, for Node',
    to: 'dist/widget',
    build: buildWidget,
    from: ['widget', 'gateway/protocol', 'gateway/doors/precompress.mjs', 'demo/qa', 'rollup.config.mjs', 'tsconfig.json', 'package-lock.json'],
  },
  pages: {
    says: 'the docs and the playground',
    to: 'dist/pages',
    build: buildPages,
    from: ['docs', 'demo', 'widget/reference', 'gateway/protocol', ...ROOT_PAGES, 'package-lock.json'],
  },
}

/** Builds what has changed, and prints that. Rejects where a part cannot be built. */
export async function build({ isForced = false, say = console.log } = {}) {
  const stamps = isForced ? {} : readStamps()
  const due = Object.entries(PARTS).filter(([name, part]) => !isFresh(part, stamps[name]))
  if (due.length === 0) return say('Nothing has changed since the last build.')
  for (const [name, part] of due) {
    say(`Building ${part.says} …`)
    const since = performance.now()
    // hashed before the build, so that a change during the build is built the next time
    const made = { of: hashOf(part.from) }
    await part.build(say)
    say(`Built ${part.to} in ${seconds(since)}.`)
    stamps[name] = { ...made, files: filesOf(part.to) }
    writeFileSync(STAMPS, JSON.stringify(stamps))
  }
}

/** Forgets the last build, so that the next one builds everything: for a program that writes to `dist` by other means. */
export function forgetBuild() {
  rmSync(STAMPS, { force: true })
}

export function buildGateway() {
  runTool('typescript', ['-p', 'tsconfig.build.json'])
  cpSync(join(ROOT, 'gateway/backbone/redis/scripts'), join(ROOT, 'dist/gateway/backbone/redis/scripts'), { recursive: true })
  copyFileSync(join(ROOT, 'gateway/needs-node.mjs'), join(ROOT, 'dist/gateway/needs-node.mjs'))
}

async function buildWidget(say) {
  const { rollup } = await import('rollup')
  for (const options of await bundleOptions()) {
    const since = performance.now()
    const bundle = await rollup(options)
    for (const output of options.output) await bundle.write(output)
    await bundle.close()
    say(`  ${bundleName(options)}, ${seconds(since)}`)
  }
  execFileSync(process.execPath, [join(ROOT, 'gateway/doors/precompress.mjs')], { cwd: ROOT, stdio: 'inherit' })
}

/** What the demo serves beside its plain files: the docs as pages, and the playground's script. */
export async function buildPages() {
  const { build: bundle } = await import('esbuild')
  const to = join(ROOT, 'dist/pages')
  const writer = join(ROOT, 'dist/write-pages.mjs')
  const options = { absWorkingDir: ROOT, bundle: true, format: 'esm' }
  await bundle({ ...options, entryPoints: ['demo/docs/write.ts'], outfile: writer, platform: 'node', packages: 'external' })
  const { writeSite } = await import(`${pathToFileURL(writer).href}?${Date.now()}`)
  rmSync(to, { recursive: true, force: true })
  writeSite(ROOT, to)
  await bundle({ ...options, entryPoints: ['demo/playground/main.ts'], outfile: join(to, 'playground.js'), target: 'es2022', minify: true })
}

/** The bundles of rollup.config.mjs in their order. The loader is last, because it contains the names of the other files. */
export async function bundleOptions() {
  process.chdir(ROOT)
  const { loadConfigFile } = await import('rollup/loadConfigFile')
  const { options, warnings } = await loadConfigFile(join(ROOT, 'rollup.config.mjs'), { silent: true })
  warnings.flush()
  return options
}

export const bundleName = ({ output: [{ dir, file }] }) => (dir ?? file).replace(/^dist\//, '')

/** Runs a package's command without a shell, with its output to the terminal. Throws where it fails. */
function runTool(name, args) {
  const manifest = resolvePackage(`${name}/package.json`)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  const script = join(dirname(manifest), typeof bin === 'string' ? bin : Object.entries(bin).find(([command]) => command === 'tsc')[1])
  execFileSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: 'inherit' })
}

function isFresh({ from, to }, stamp) {
  if (stamp === undefined || stamp.of !== hashOf(from)) return false
  const files = filesOf(to)
  return Object.entries(stamp.files).every(([name, bytes]) => files[name] === bytes)
}

/** A hash of names and contents, not of dates, which each checkout changes. */
function hashOf(paths) {
  const hash = createHash('sha256').update(process.version)
  for (const path of paths) {
    for (const file of listed(path)) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('base64url')
}

/** The files of a folder: name → size in bytes. */
function filesOf(folder) {
  return Object.fromEntries(listed(folder).map((file) => [file, statSync(join(ROOT, file)).size]))
}

function listed(path) {
  const whole = join(ROOT, path)
  if (!existsSync(whole)) return []
  if (statSync(whole).isFile()) return [path]
  const names = readdirSync(whole, { withFileTypes: true, recursive: true })
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1))
    .sort()
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'))
  } catch {
    return {} // there was no build yet
  }
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { npm_config_loglevel: level } = process.env
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  await build({ isForced: process.argv.includes('--force'), say: level === 'silent' ? () => {} : console.log }).catch(endWith)
}

/** Ends the process with 1 and one sentence: the tools have printed what is wrong, and our stack would not add to it. */
export function endWith(error) {
  console.error(`Not built: ${error.message}`)
  process.exit(1)
}

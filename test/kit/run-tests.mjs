/**
 * `npm test` and its parts: `node test/kit/run-tests.mjs [usual|all|unit|sockets|browser|redis] [what vitest takes …]`.
 * Runs the tests this machine can run and names the others at the end; with `CI` set those are failures. Prints `N passed, N failed` last.
 */
import '../../gateway/needs-node.mjs'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PARTS, partOf } from './parts.mjs'

const { resolve } = createRequire(import.meta.url)
const [name, rest] = partOf(process.argv.slice(2))
const part = PARTS[name]
if (part === undefined) stop(`There is no part ${name}; there are ${Object.keys(PARTS).join(', ')}.`)

const { installCommand, prepare } = await import('./prepare.mjs')
if (name !== 'unit' && name !== 'sockets') await prepare()
if (name === 'usual' || name === 'all') check()
const { lackingTests, testFiles } = await import('./needs.mjs')
const left = (await lackingTests()).filter(({ file }) => part.isOwn(file))
if (left.length > 0 && process.env.CI) stop(`With CI set every test runs. Not possible here:\n${listed(left)}`)
if (name === 'usual') console.log('The rehearsals of device farms and of real input methods run in `npm run test:all` only.')
const status = left.length < testFiles().filter(part.isOwn).length ? runTests() : 1
if (left.length > 0) {
  console.log(`\nNot run, for this machine lacks what ${left.length} test files need:\n${listed(left)}`)
  const command = installCommand()
  if (command !== undefined) console.log(`This runs them, too, once it has been typed:\n  ${command}`)
}
process.exitCode = status

function check() {
  for (const [tool, args] of [
    ['typescript', ['-p', '.']],
    ['typescript', ['-p', 'widget/legacy']],
    ['oxlint', ['--deny-warnings']],
    ['oxfmt', ['--check']],
  ]) {
    if (runTool(tool, args) !== 0) stop(`${tool} found something.`)
  }
}

function runTests() {
  const projects = part.projects.flatMap((project) => ['--project', project])
  return runTool('vitest', ['run', ...projects, ...part.filters, ...rest], { IM_LEFT_OUT: left.map(({ file }) => file).join(',') })
}

/** Runs a package's command without a shell, so that it also works on Windows. */
function runTool(tool, args, more = {}) {
  const manifest = resolve(`${tool}/package.json`)
  const { bin } = createRequire(import.meta.url)(manifest)
  const script = typeof bin === 'string' ? bin : (bin[tool] ?? bin.tsc)
  return spawnSync(process.execPath, [join(dirname(manifest), script), ...args], { stdio: 'inherit', env: { ...process.env, ...more } }).status ?? 1
}

/** One line of text for each missing program. */
function listed(files) {
  const lacking = new Map()
  for (const { file, lacks } of files) for (const what of lacks) lacking.set(what, [...(lacking.get(what) ?? []), file])
  return [...lacking].map(([what, of]) => `  ${what}: ${of.join(' ')}`).join('\n')
}

function stop(sentence) {
  console.error(`${sentence}\n\n0 passed, 1 failed`)
  process.exit(1)
}

/**
 * `npm run test:consumers`: what an adopter does with the package. Each folder beside this file is a page in another framework or bundler: it gets the
 * package as npm packs it, installs its own tools from the registry, builds itself, and is opened in Chromium, where a message is written and
 * confirmed. Then publint and arethetypeswrong read the package. Names of folders as arguments run these alone.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../kit/browser.ts'
import { startGateway } from '../kit/gateway.ts'
import { openAndWrite } from './open-and-write.ts'

const HERE = import.meta.dirname

const wanted = process.argv.slice(2)
const all = readdirSync(HERE, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
const folder = mkdtempSync(join(tmpdir(), 'im-consumers-'))
const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const [packed] = JSON.parse(run('npm', ['pack', './dist/packages/im-chat', '--json', '--pack-destination', folder], process.cwd())) as [
  { filename: string },
]
const tarball = join(folder, packed.filename)
const gateway = await startGateway({ ORIGINS: '*' })
const browser = await launchChromium()
const failures: string[] = []
try {
  for (const name of all.filter((each) => wanted.length === 0 || wanted.includes(each))) await attempt(name, () => visit(name, browser))
  if (wanted.length === 0) await attempt('publint and arethetypeswrong', async () => lint())
} finally {
  await browser.close()
  await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failures.length === 0 ? 0 : 1

async function attempt(name: string, act: () => Promise<string>): Promise<void> {
  try {
    console.log(`${name}: works${await act()}`)
  } catch (error) {
    failures.push(name)
    console.error(`${name}: failed`, error)
  }
}

/** Installs, builds and opens a page, and writes a message on it. */
async function visit(name: string, inBrowser: Browser): Promise<string> {
  const at = join(folder, name)
  cpSync(join(HERE, name), at, { recursive: true })
  if (!existsSync(join(at, 'package.json'))) writeFileSync(join(at, 'package.json'), '{"private":true}')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', tarball], at)
  const { scripts } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { readonly scripts?: { readonly build?: string } }
  if (scripts?.build !== undefined) run('npm', ['run', '--silent', 'build'], at)
  const built = existsSync(join(at, 'out')) ? 'out' : 'dist'
  const bytes = await openAndWrite(scripts?.build === undefined ? at : join(at, built), inBrowser, gateway.url)
  return `, with ${(bytes / 1000).toFixed(1)} kB of scripts (brotli)`
}

function lint(): string {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', 'publint', '@arethetypeswrong/cli'], folder)
  for (const name of ['im-chat', 'im-chat-gateway'])
    console.log(run('npx', ['publint', '--strict', join(process.cwd(), 'dist/packages', name)], folder))
  console.log(run('npx', ['attw', tarball, '--profile', 'esm-only'], folder))
  return ''
}

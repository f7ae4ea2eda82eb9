import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { missingBuilds, tooNew, withoutIntegrity } from './kit/complete-lock.mjs'

interface Semver {
  minVersion(range: string): { readonly version: string }
  satisfies(version: string, range: string): boolean
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Parameters<typeof missingBuilds>[0]

test("the lock names every platform's build, or npm ci refuses it: node test/kit/complete-lock.mjs puts them back", () => {
  expect(missingBuilds(lock).map(([path]) => path)).toEqual([])
})

test('a missing build is found, with its platform', () => {
  const packages = {
    '': {},
    'node_modules/tool': { optionalDependencies: { 'tool-linux-x64-musl': '1.2.3', 'tool-win32-arm64-msvc': '1.2.3', 'tool-here': '1.2.3' } },
    'node_modules/tool-here': { version: '1.2.3' },
  }
  expect(missingBuilds({ packages })).toEqual([
    ['node_modules/tool-linux-x64-musl', { version: '1.2.3', optional: true, cpu: ['x64'], os: ['linux'], libc: ['musl'] }],
    ['node_modules/tool-win32-arm64-msvc', { version: '1.2.3', optional: true, cpu: ['arm64'], os: ['win32'] }],
  ])
})

test('the lock file names no host', () => {
  expect(JSON.stringify(lock)).not.toMatch(/"resolved":/)
})

test('each entry has its integrity hash', () => {
  expect(withoutIntegrity(lock)).toEqual([])
  expect(withoutIntegrity({ packages: { '': {}, 'node_modules/a': { integrity: 'sha512-x' }, 'node_modules/b': {} } })).toEqual(['node_modules/b'])
})

// what a consumer installs is chosen by package.json alone: an `overrides` here would not reach it
test('no entry needs a later Node than the oldest that package.json promises', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
  const { minVersion, satisfies } = createRequire(createRequire(import.meta.url).resolve('fastify'))('semver') as Semver
  const oldest = minVersion(engines.node).version
  expect(oldest).toBe('20.19.0')
  expect(tooNew(lock, (range) => satisfies(oldest, range))).toEqual([])
  expect(tooNew({ packages: { 'node_modules/a': { version: '3.0.0', engines: { node: '>=22' } } } }, (range) => satisfies(oldest, range))).toEqual([
    ['node_modules/a', '3.0.0', '>=22'],
  ])
})

test('npm ci --engine-strict accepts it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-lock-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const file of ['package.json', 'package-lock.json']) await copyFile(file, join(folder, file))
  const { stdout } = await promisify(execFile)('npm', ['ci', '--engine-strict', '--dry-run', '--ignore-scripts', '--offline'], { cwd: folder })
  expect(stdout).toMatch(/added \d+ packages/)
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { missingBuilds } from './kit/complete-lock.mjs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Parameters<typeof missingBuilds>[0]

test('the lock names every platform\'s build, or npm ci refuses it: node test/kit/complete-lock.mjs puts them back', () => {
  expect(missingBuilds(lock).map(([path]) => path)).toEqual([])
})

test('a build that is asked for and not there is found, with its platform', () => {
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

test('the lock names no host', () => {
  expect(JSON.stringify(lock)).not.toMatch(/"resolved":/)
})

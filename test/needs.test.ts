/** What `npm test` does on a machine that lacks programs, such as browsers and servers. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Runs Node as on a machine with no other program. */
function onABareMachine(args: readonly string[], more: Record<string, string> = {}) {
  const { CI: _, ...env } = process.env
  return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...env, PATH: '', CHROMIUM: '/nowhere', ...more } })
}

test('a test whose program is missing is found by what it imports, and no other', () => {
  const script = "import { lackingTests } from './test/kit/needs.mjs'; console.log(JSON.stringify(await lackingTests()))"
  const { stdout } = onABareMachine(['--input-type=module', '--eval', script])
  const lacking = new Map((JSON.parse(stdout) as { file: string; lacks: string[] }[]).map(({ file, lacks }) => [file, lacks]))
  expect(lacking.get('test/browser/composer.test.ts')).toContain('Chromium')
  expect(lacking.get('test/gateway/nodes-on-redis.system.test.ts')).toContain('Redis (redis-server)')
  expect(lacking.get('test/protocol/keys.test.ts')).toEqual(['PHP (php)'])
  expect(lacking.has('test/architecture.test.ts')).toBe(false)
  expect(lacking.has('test/client/timeline.test.ts')).toBe(false)
})

test('with CI set a missing program is a failure that names the program and the tests', () => {
  const { stderr, status } = onABareMachine(['test/kit/run-tests.mjs', 'unit'], { CI: '1' })
  expect(stderr).toMatch(/^With CI set every test runs\. Not possible here:\n/)
  expect(stderr).toMatch(/\n {2}PHP \(php\): .*test\/gateway\/webhook-samples\.test\.ts/)
  expect(stderr).toMatch(/\n0 passed, 1 failed\n$/)
  expect(status).toBe(1)
})

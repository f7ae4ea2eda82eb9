import { expect, test } from 'vitest'
import { partOf } from './kit/parts.mjs'

test.each([
  [[], 'usual', []],
  [['all'], 'all', []],
  [['unit'], 'unit', []],
  [['unit', '-t', 'foo'], 'unit', ['-t', 'foo']],
  [['-t', 'foo'], 'all', ['-t', 'foo']],
  [['--reporter=x'], 'all', ['--reporter=x']],
  [['test/lock.test.ts'], 'all', ['test/lock.test.ts']],
  [['unti'], 'unti', []],
])('npm test -- %j is the part %s, and vitest gets %j', (args, part, rest) => {
  expect(partOf(args)).toEqual([part, rest])
})

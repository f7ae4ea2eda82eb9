/** docs/start.md can be followed: `npm run newcomer` does, and this is the part of it that needs no installation. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { stepsOf } from './newcomer/steps.ts'

const steps = stepsOf(readFileSync('docs/start.md', 'utf8'))

test('docs/start.md leads from an empty folder to an answer, and every block of it has its step', () => {
  expect(steps.map(({ kind, ...rest }) => ('name' in rest ? `${kind} ${rest.name}` : kind))).toEqual([
    'run',
    'run',
    'start',
    'file index.html',
    'file desk.html',
    'file server.mjs',
    'start',
    'customer',
    'agent',
    'replace index.html',
    'customer',
    'agent',
  ])
})

test('a block that no step mentions is refused, and so is a step of no kind', () => {
  expect(() => stepsOf('```sh\nls\n```')).toThrow('No step says')
  expect(() => stepsOf('<!-- step: dance -->\n')).toThrow('dance')
})

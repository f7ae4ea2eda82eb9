/**
 * No pattern of ours takes longer than in proportion to its text, whatever the text: a stranger chooses it. An analysis of each
 * expression in the sources, not a measurement.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseSync, traverse } from '@babel/core'
import { analyse } from 'scslre'
import { expect, test } from 'vitest'

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'gateway', 'widget', 'demo'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|mjs|js)$/.test(file))

interface Pattern {
  readonly place: string
  readonly source: string
  readonly flags: string
}

function patternsIn(file: string): Pattern[] {
  const found: Pattern[] = []
  const ast = parseSync(readFileSync(file, 'utf8'), {
    configFile: false,
    babelrc: false,
    sourceType: 'module',
    parserOpts: { plugins: ['typescript'], allowReturnOutsideFunction: true },
  })!
  traverse(ast, {
    RegExpLiteral({ node: { pattern, flags, loc } }) {
      found.push({ place: `${file}:${loc?.start.line}`, source: pattern, flags })
    },
  })
  return found
}

/** How a text can make it slow; empty where none can. */
const slowness = ({ place, source, flags }: Pattern): string[] =>
  analyse({ source, flags }).reports.map(({ type, exponential }) => `${place} /${source}/ is ${exponential ? 'exponential' : 'quadratic'} (${type})`)

test('each pattern in the sources is linear', () => {
  const patterns = files.flatMap(patternsIn)
  expect(patterns.length).toBeGreaterThan(50)
  expect(patterns.flatMap(slowness)).toEqual([])
})

test('the analysis finds patterns that were slow', () => {
  expect(slowness({ place: 'links', source: String.raw`[.,;:!?)\]}*_~]+$`, flags: '' })).toHaveLength(1)
})

import type { Outcome } from './check.ts'

const CONTROL = new RegExp(`[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11)}-${String.fromCharCode(31)}]`, 'g')

const escaped = (text: string): string =>
  text.replace(CONTROL, '').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** JUnit XML as farms and CI read it: a suite per engine, a case per check; "n/a" is `skipped` with its reason. */
export function junit(outcomes: readonly Outcome[]): string {
  const engines = [...new Set(outcomes.map(({ engine }) => engine))]
  const suites = engines.map((engine) =>
    suite(
      engine,
      outcomes.filter((each) => each.engine === engine),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`
}

function suite(engine: string, outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length
  const seconds = outcomes.reduce((sum, { ms }) => sum + ms, 0) / 1000
  const head = `name="${escaped(engine)}" tests="${outcomes.length}" failures="${count('failed')}" skipped="${count('n/a')}" time="${seconds}"`
  return `  <testsuite ${head}>\n${outcomes.map(testCase).join('\n')}\n  </testsuite>`
}

function testCase({ engine, check, result, note, ms, screenshot }: Outcome): string {
  const head = `    <testcase classname="${escaped(engine)}" name="${escaped(`${check.id}: ${check.title}`)}" time="${ms / 1000}"`
  const shot = screenshot ? `<system-out>[[ATTACHMENT|${escaped(screenshot)}]]</system-out>` : ''
  if (result === 'failed') return `${head}><failure message="${escaped(note)}"/>${shot}</testcase>`
  if (result === 'n/a') return `${head}><skipped message="${escaped(note)}"/></testcase>`
  return shot ? `${head}>${shot}</testcase>` : `${head}/>`
}

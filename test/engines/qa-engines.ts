/**
 * `npm run qa:engines [-- engine …] [--checks id,id]`: every engine × every check against a gateway of its own, and the real input methods.
 * What was run with all checks is kept in test/shots/engines until the build changes, so that the engines can be run one by one (`-- chromium-67`,
 * `-- input-methods`). Once there is a result of each, docs/engines.md is written from them; `--page` writes it without running anything.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { spawnGateway } from '../kit/gateway.ts'
import type { Outcome } from './check.ts'
import { CHECKS } from './checks.ts'
import { answerInCapitals } from './echo-agent.ts'
import { currentBuild, INPUT_METHODS, readResults, storeResult } from './engine-results.ts'
import { ENGINES, openEngine } from './engines.ts'
import { typeWithInputMethods } from './input-method-results.ts'
import { matrixPage } from './matrix-page.ts'
import { runEngine } from './run-engine.ts'

const { values, positionals } = parseArgs({ options: { checks: { type: 'string' }, page: { type: 'boolean' } }, allowPositionals: true })
const named = positionals.length > 0 ? positionals : [...Object.keys(ENGINES), INPUT_METHODS]
const wanted = values.checks?.split(',')
const checks = CHECKS.filter(({ id }) => !wanted || wanted.includes(id))
const shots = 'test/shots/engines'
const build = currentBuild()
const day = new Date().toISOString().slice(0, 10)
mkdirSync(shots, { recursive: true })

endOnSignals()

const outcomes: Outcome[] = []
let areInputMethodsRight = true
if (!values.page) {
  await runAll(named.filter((name) => name !== INPUT_METHODS))
  if (named.includes(INPUT_METHODS) && !wanted) typeAll()
}

async function runAll(engines: readonly string[]): Promise<void> {
  const gateway = await spawnGateway({ LOG_LEVEL: 'error' })
  const stopAgent = await answerInCapitals(gateway)
  try {
    for (const name of engines) {
      console.log(`\n${name}`)
      const options = { url: `${gateway.url}/qa.html`, hasAnswers: true, shots, onOutcome: print }
      const ran = await runEngine(() => openEngine(name), checks, options)
      if (!wanted) storeResult(shots, name, { build, day, outcomes: ran, typed: [] })
      outcomes.push(...ran)
    }
  } finally {
    stopAgent()
    await gateway.stop()
  }
  const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length
  for (const { engine, restarted } of outcomes) if (restarted) console.log(`${engine}: ${restarted}`)
  console.log(`\n${count('ok')} passed, ${count('failed')} failed, ${count('n/a')} not applicable`)
}

function print({ check, result, note, ms }: Outcome): void {
  console.log(`  ${result.padEnd(6)} ${check.id.padEnd(18)} ${String(ms).padStart(6)} ms  ${note}`)
}

function typeAll(): void {
  const typed = typeWithInputMethods()
  areInputMethodsRight = typed.every(({ isRight }) => isRight)
  console.log(`Real input methods: ${typed.filter(({ isRight }) => isRight).length} of ${typed.length} right`)
  storeResult(shots, INPUT_METHODS, { build, day, outcomes: [], typed })
}

function writePage(): void {
  try {
    writeFileSync('docs/engines.md', matrixPage(readResults(shots, Object.keys(ENGINES), { build, checks: CHECKS })))
    console.log('docs/engines.md is written')
  } catch (error) {
    console.log(`docs/engines.md is as it was. ${(error as Error).message}`)
    if (values.page || positionals.length === 0) process.exitCode = 1
  }
}

if (!wanted) writePage()
if (outcomes.some(({ result }) => result === 'failed') || !areInputMethodsRight) process.exitCode = 1

/**
 * `npm run qa:engines [-- engine …] [--checks id,id]`: every engine × every check against a gateway of its own.
 * With no engine named it runs all of them and writes docs/engines.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { spawnGateway } from '../kit/gateway.ts'
import type { Outcome } from './check.ts'
import { CHECKS } from './checks.ts'
import { answerInCapitals } from './echo-agent.ts'
import { ENGINES, openEngine } from './engines.ts'
import { typeWithInputMethods } from './input-method-results.ts'
import { matrixPage } from './matrix-page.ts'
import { runChecks } from './run-checks.ts'

const { values, positionals } = parseArgs({ options: { checks: { type: 'string' } }, allowPositionals: true })
const engines = positionals.length > 0 ? positionals : Object.keys(ENGINES)
const wanted = values.checks?.split(',')
const checks = CHECKS.filter(({ id }) => !wanted || wanted.includes(id))
const shots = 'test/shots/engines'
mkdirSync(shots, { recursive: true })

endOnSignals()

const gateway = await spawnGateway({ LOG_LEVEL: 'error' })
const stopAgent = await answerInCapitals(gateway)
const outcomes: Outcome[] = []
try {
  for (const name of engines) {
    const page = await openEngine(name)
    console.log(`\n${page.engine}`)
    try {
      const onOutcome = ({ check, result, note, ms }: Outcome): void =>
        console.log(`  ${result.padEnd(6)} ${check.id.padEnd(18)} ${String(ms).padStart(6)} ms  ${note}`)
      outcomes.push(...(await runChecks(page, checks, { url: `${gateway.url}/qa.html`, hasAnswers: true, shots, onOutcome })))
    } finally {
      await page.close()
    }
  }
} finally {
  stopAgent()
  await gateway.stop()
}

const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length
console.log(`\n${count('ok')} passed, ${count('failed')} failed, ${count('n/a')} not applicable`)
let areInputMethodsRight = true
if (positionals.length === 0 && !wanted) {
  const typed = typeWithInputMethods()
  areInputMethodsRight = typed.every(({ isRight }) => isRight)
  console.log(`Real input methods: ${typed.filter(({ isRight }) => isRight).length} of ${typed.length} right`)
  writeFileSync('docs/engines.md', matrixPage(outcomes, typed, new Date()))
}
process.exitCode = count('failed') > 0 || !areInputMethodsRight ? 1 : 0

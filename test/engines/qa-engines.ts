/**
 * `npm run qa:engines [-- engine …] [--checks id,id]`: every engine × every check against a gateway of its own.
 * With no engine named it runs all of them and writes docs/engines.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { spawnGateway } from '../kit/gateway.ts'
import type { Check, Outcome } from './check.ts'
import { CHECKS } from './checks.ts'
import { answerInCapitals } from './echo-agent.ts'
import { ENGINES, openEngine } from './engines.ts'
import { typeWithInputMethods } from './input-method-results.ts'
import { matrixPage } from './matrix-page.ts'
import { runChecks, TOO_LONG } from './run-checks.ts'

const { values, positionals } = parseArgs({ options: { checks: { type: 'string' } }, allowPositionals: true })
const engines = positionals.length > 0 ? positionals : Object.keys(ENGINES)
const wanted = values.checks?.split(',')
const checks = CHECKS.filter(({ id }) => !wanted || wanted.includes(id))
const shots = 'test/shots/engines'
mkdirSync(shots, { recursive: true })

endOnSignals()

/** A browser whose page dies is started again once, for that check and the rest: the matrix is about the chat, and says which browser died. */
async function runEngine(name: string, left: readonly Check[], isAgain = false): Promise<readonly Outcome[]> {
  const page = await openEngine(name)
  console.log(`\n${page.engine}`)
  const onOutcome = ({ check, result, note, ms }: Outcome): void =>
    console.log(`  ${result.padEnd(6)} ${check.id.padEnd(18)} ${String(ms).padStart(6)} ms  ${note}`)
  let ran: readonly Outcome[]
  try {
    ran = await runChecks(page, left, { url: `${gateway.url}/qa.html`, hasAnswers: true, shots, onOutcome })
  } finally {
    await page.close()
  }
  const died = ran.findIndex(({ note }) => note === TOO_LONG)
  if (isAgain || died <= 0) return ran
  const [first, ...rest] = await runEngine(name, left.slice(died), true)
  const why = `the browser died between ${left[died - 1]!.id} and ${left[died]!.id}, and was started again`
  return [...ran.slice(0, died), { ...first!, note: first!.result === 'ok' ? why : first!.note, wasRestarted: true }, ...rest]
}

const gateway = await spawnGateway({ LOG_LEVEL: 'error' })
const stopAgent = await answerInCapitals(gateway)
const outcomes: Outcome[] = []
try {
  for (const name of engines) outcomes.push(...(await runEngine(name, checks)))
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

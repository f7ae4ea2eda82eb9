/** `npm run chaos -- --attack`: all attacks one after the other, each on a gateway of its own; then the table. */
import { attackRow, attackTable } from './attack-table.ts'
import { attacks } from './attacks.ts'
import { trial, type TrialOptions } from './trial.ts'
import { faultsOf, type Outcome } from './verdict.ts'

/** Undefined where there is no attack of that name. `only`: '' for all, else names separated by commas. */
export async function runAttacks(only: string, options: TrialOptions): Promise<readonly string[] | undefined> {
  const names = only.split(',').filter((name) => name !== '')
  if (names.some((name) => !attacks.some((attack) => attack.name === name))) return undefined
  const outcomes: Outcome[] = []
  for (const attack of attacks) {
    if (names.length > 0 && !names.includes(attack.name)) continue
    const outcome = await trial(attack, options)
    outcomes.push(outcome)
    console.log(attackRow(outcome).join(' | '))
  }
  console.log(`\n${attackTable(outcomes)}\n`)
  return outcomes.flatMap((outcome) => faultsOf(outcome).map((fault) => `${outcome.attack}: ${fault}`))
}

/** `npm run chaos -- --attack`: runs all attacks in turn, each on a gateway of its own, and prints the table. */
import { attackRow, attackTable } from './attack-table.ts'
import { attacks } from './attacks.ts'
import { trial, type TrialOptions } from './trial.ts'
import { faultsOf, type Outcome } from './verdict.ts'

/** `only`: names separated by commas, '' for all. Undefined where an attack of that name does not exist. */
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

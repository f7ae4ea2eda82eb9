/** The attacker's process: its parent orders an attack, and it reports when the attack is over; see attacker-process.ts. */
import { attacks } from './attacks.ts'
import type { Order, AttackResult } from './attacker-process.ts'
import { Stranger } from './stranger.ts'

const say = (result: AttackResult): void => void process.send?.(result)

process.on('message', (order: Order) => {
  carryOut(order).catch((error: unknown) => say({ done: false, outcomes: [], prepared: {}, error: String(error) }))
})

async function carryOut({ attack: name, step, seconds, prepared, ...means }: Order): Promise<void> {
  const attack = attacks.find((each) => each.name === name)!
  const stranger = new Stranger(means)
  if (step === 'prepare') return say({ done: true, outcomes: [], prepared: (await attack.prepare?.(stranger)) ?? {} })
  stranger.endAfter(seconds * 1000)
  let error: string | undefined
  try {
    await attack.run(stranger, prepared)
  } catch (thrown) {
    // a gateway that refuses everything may end an attack early; the table shows it
    error = String(thrown)
  }
  await stranger.stay()
  say({ done: true, outcomes: [...stranger.outcomes], prepared: {}, ...(error === undefined ? {} : { error }) })
}

// ends when its parent has gone
process.on('disconnect', () => process.exit())

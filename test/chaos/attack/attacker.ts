/** The process of an attack: told by its parent what to do, it says when that is done; see attacker-process.ts. */
import { attacks } from './attacks.ts'
import type { Order, Tidings } from './attacker-process.ts'
import { Stranger } from './stranger.ts'

const say = (tidings: Tidings): void => void process.send?.(tidings)

process.on('message', (order: Order) => {
  carryOut(order).catch((error: unknown) => say({ done: false, told: [], prepared: {}, error: String(error) }))
})

async function carryOut({ attack: name, step, seconds, prepared, ...means }: Order): Promise<void> {
  const attack = attacks.find((each) => each.name === name)!
  const stranger = new Stranger(means)
  if (step === 'prepare') return say({ done: true, told: [], prepared: (await attack.prepare?.(stranger)) ?? {} })
  stranger.endAfter(seconds * 1000)
  let error: string | undefined
  try {
    await attack.run(stranger, prepared)
  } catch (thrown) {
    // a gateway that refuses everything ends an attack early: that is its right, and it is in the table
    error = String(thrown)
  }
  await stranger.stay()
  say({ done: true, told: [...stranger.told], prepared: {}, ...(error === undefined ? {} : { error }) })
}

// whoever ordered it has gone
process.on('disconnect', () => process.exit())

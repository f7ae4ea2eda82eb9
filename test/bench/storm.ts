import { atMost } from './at-most.ts'
import { CONTENDERS, takeTurns, type Contender, type ContenderName, type Results } from './contenders.ts'
import type { Findings } from './findings.ts'
import type { Wire } from './frame-socket.ts'
import { openSession } from './load.ts'
import { watchCpu } from './machine.ts'
import type { BenchOptions } from './options.ts'
import { customerPass } from './passes.ts'
import type { Server } from './servers.ts'

export interface Storm {
  /** CPU µs of a connect: nodes, Redis. */
  readonly nodesMicros: number
  readonly redisMicros: number
}

/** How many connect side by side. */
const AT_ONCE = 200

/** Opens sessions of as many people, with pass and hello, at one node. */
export async function openSessions({ dialect, transport }: Contender, { urls }: Server, users: readonly string[]): Promise<readonly Wire[]> {
  const people = users.map((user) => ({ user, to: 'nobody', pass: customerPass(user) }))
  const wires: Wire[] = []
  await atMost(AT_ONCE, people.length, async (index) => void wires.push(await openSession({ dialect, transport, url: urls[0] }, people[index]!)))
  return wires
}

export const usersOf = (kind: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${kind}-${i}`)

/** All connect at once to a process that has just started, as after a deploy. */
export const measureStorms = (names: readonly ContenderName[], options: BenchOptions, findings: Findings): Promise<Results<Storm>> =>
  takeTurns(names, options.rounds, async (name) => {
    const contender: Contender = CONTENDERS[name]
    const server = await contender.start(options)
    const watched = watchCpu(server)
    const wires = await openSessions(contender, server, usersOf('storm', options.sessions))
    const usage = watched()
    for (const wire of wires) wire.close()
    await server.stop()
    const found = { nodesMicros: usage.nodes / options.sessions, redisMicros: usage.redis / options.sessions }
    findings.add('connects', contender.name, usage, { perSecond: options.sessions / usage.seconds, ...found })
    return found
  })

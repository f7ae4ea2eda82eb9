import { setTimeout as wait } from 'node:timers/promises'
import { CONTENDERS, takeTurns, type Contender, type ContenderName, type Results } from './contenders.ts'
import type { Findings } from './findings.ts'
import { watchCpu } from './machine.ts'
import type { BenchOptions } from './options.ts'
import type { Server } from './servers.ts'
import { openSessions, usersOf } from './storm.ts'

/** So many come and go before, so that what the first sessions load and compile is not theirs. */
const FIRST_COUNT = 200

/** RSS bytes of a session that says nothing. */
export const measureIdle = (names: readonly ContenderName[], options: BenchOptions, findings: Findings): Promise<Results<number>> =>
  takeTurns(names, options.rounds, async (name) => {
    const contender: Contender = CONTENDERS[name]
    const { sessions } = options
    const server = await contender.start(options)
    for (const wire of await openSessions(contender, server, usersOf('first', Math.min(FIRST_COUNT, sessions)))) wire.close()
    const before = await settled(server, options)
    const wires = await openSessions(contender, server, usersOf('idle', sessions))
    const watched = watchCpu(server)
    const bytes = ((await settled(server, options)) - before) / sessions
    const usage = watched()
    for (const wire of wires) wire.close()
    await server.stop()
    findings.add('idle sessions', contender.name, usage, { bytes })
    return bytes
  })

/** After garbage collections; V8 gives pages back only after a while. */
async function settled(server: Server, { settleSeconds }: BenchOptions): Promise<number> {
  for (let i = 0; i < 2; i++) {
    await wait((settleSeconds * 1000) / 3)
    for (const pid of server.pids) process.kill(pid, 'SIGUSR2')
  }
  await wait((settleSeconds * 1000) / 3)
  return server.residentBytes()
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Servers share the first core. */
export const SERVER_CORE = 0
/** The load and Redis share the second one. */
export const LOAD_CORE = 1

/** As it is before anything is pinned: then a process counts only the cores that are left to it. */
const CORE_COUNT = availableParallelism()
const TICK_MICROS = 10_000

/** Pins the process with all its threads, so that servers and load do not share a core by chance. False where that is impossible. */
export function pin(pid: number, core: number): boolean {
  if (CORE_COUNT < 2) return false
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // no /proc, or the process has ended
  }
}

/** CPU time that the process has used, all threads, in µs; NaN where there is no /proc. */
export function cpuMicros(pid: number): number {
  const fields = textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')
  return (Number(fields?.[11]) + Number(fields?.[12])) * TICK_MICROS
}

/** VmRSS; NaN where there is no /proc. */
export const residentBytes = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1]) * 1024

/** CPU time of all cores since the start of the machine, and what its host took away, in µs. */
function machineMicros(): { readonly busy: number; readonly stolen: number } {
  const [user = NaN, nice = NaN, system = NaN, , , irq = NaN, softIrq = NaN, stolen = NaN] =
    /^cpu +(.*)$/m.exec(textOf('/proc/stat'))?.[1]?.split(' ').map(Number) ?? []
  return { busy: (user + nice + system + irq + softIrq) * TICK_MICROS, stolen: stolen * TICK_MICROS }
}

/** What a bench watches: nodes by pid, and their Redis. */
export interface Watched {
  readonly pids: readonly number[]
  readonly redisPid?: number | undefined
}

export interface Usage {
  readonly seconds: number
  /** CPU µs of all nodes, of Redis, and of this process, which is the load. */
  readonly nodes: number
  readonly redis: number
  readonly load: number
  /** Cores that other programs and the host took meanwhile. */
  readonly foreign: number
}

/** CPU from now until the function that it returns is called. */
export function watchCpu({ pids, redisPid }: Watched): () => Usage {
  const read = () => ({
    at: performance.now(),
    nodes: pids.reduce((sum, pid) => sum + cpuMicros(pid), 0),
    redis: redisPid === undefined ? 0 : cpuMicros(redisPid),
    load: cpuMicros(process.pid),
    ...machineMicros(),
  })
  const before = read()
  return () => {
    const after = read()
    const seconds = (after.at - before.at) / 1000
    const [nodes, redis, load] = [after.nodes - before.nodes, after.redis - before.redis, after.load - before.load]
    const others = after.busy - before.busy - nodes - redis - load + after.stolen - before.stolen
    return { seconds, nodes, redis, load, foreign: Math.max(0, others) / seconds / 1_000_000 }
  }
}

/**
 * Ends the programs that a test or a runner starts, and removes their folders, when it ends. Ctrl-C, SIGTERM and process.exit() are handled
 * here; a SIGKILL, on Linux, by the system.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'

const DIE_WITH_PARENT = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : []

const running = new Set<ChildProcess>()
const folders = new Set<string>()
let isSeenTo = false

/** `spawn` for a program that ends with this process. */
export function spawnEnding(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  seeTo()
  const [first = program, ...rest] = [...DIE_WITH_PARENT, program, ...args]
  const child = spawn(first, rest, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Removes the folder when this process ends. */
export function removeEnding(folder: string): string {
  seeTo()
  folders.add(folder)
  return folder
}

/** Call it first in a program: a signal then ends the program as `process.exit` does, with everything it has started. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

/** Empty where there is no /proc. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

function seeTo(): void {
  if (isSeenTo) return
  isSeenTo = true
  process.once('exit', () => {
    for (const child of running) {
      // nginx' workers outlive a master that is killed
      for (const pid of [...childrenOf(child.pid!), child.pid!]) kill(pid)
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
}

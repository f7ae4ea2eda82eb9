/**
 * Programs that a test or a runner starts, and the folders they write to: none outlives it. Ctrl-C, a SIGTERM and a process.exit() are seen to
 * here; a SIGKILL, where Linux can, by the system itself.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { constants } from 'node:os'

const DIE_WITH_PARENT = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : []

const running = new Set<ChildProcess>()
const folders = new Set<string>()
let isSeenTo = false

/** `spawn`, of a program that ends with this process. */
export function spawnEnding(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  seeTo()
  const [first = program, ...rest] = [...DIE_WITH_PARENT, program, ...args]
  const child = spawn(first, rest, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Goes with this process, if nobody has removed it before. */
export function removeEnding(folder: string): string {
  seeTo()
  folders.add(folder)
  return folder
}

/** For a program's first lines: a signal ends it as `process.exit` does, and with it all that it has started. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(128 + constants.signals[signal]))
}

function seeTo(): void {
  if (isSeenTo) return
  isSeenTo = true
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL')
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
}

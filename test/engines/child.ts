import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A program with a home folder of its own; ended as a whole process group, so that helpers of a browser do not stay behind. */
export interface Child {
  readonly process: ChildProcess
  readonly folder: string
  /** Resolves to the first group of the match in what the program prints; rejects when it ends before or says nothing in time. */
  says(pattern: RegExp, ms?: number): Promise<string>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly args: readonly string[]
  readonly env?: Record<string, string | undefined>
  readonly folder?: string
  readonly stdin?: boolean
}

export const newFolder = (): string => mkdtempSync(path.join(os.tmpdir(), 'im-engine-'))

export function startChild(program: string, options: ChildOptions): Child {
  const folder = options.folder ?? newFolder()
  const env = { ...process.env, HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder, ...options.env }
  const child = spawn(program, options.args, { env, stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  const wakers = new Set<() => void>()
  const record = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-100_000)
    for (const wake of [...wakers]) wake()
  }
  child.stdout?.on('data', record)
  child.stderr?.on('data', record)
  child.on('error', (error) => record(Buffer.from(String(error))))
  child.on('exit', () => record(Buffer.from('\n(ended)\n')))
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // the group is gone already
    }
  }
  process.once('exit', killGroup)
  return {
    process: child,
    folder,
    says: (pattern, ms = 30_000) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer)
          wakers.delete(look)
          act()
        }
        const look = (): void => {
          const match = pattern.exec(output)
          if (match) return settle(() => resolve(match[1] ?? match[0]))
          if (output.endsWith('(ended)\n')) settle(() => reject(new Error(`${program} ended: ${output.slice(-600)}`)))
        }
        const timer = setTimeout(() => settle(() => reject(new Error(`${program}: nothing like ${pattern}: ${output.slice(-600)}`))), ms)
        wakers.add(look)
        look()
      }),
    async stop() {
      process.removeListener('exit', killGroup)
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      killGroup()
      await gone
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

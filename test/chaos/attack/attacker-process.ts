import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { getPriority, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Prepared } from './attack.ts'
import type { StrangerOptions } from './stranger.ts'

export interface Order extends StrangerOptions {
  readonly attack: string
  readonly step: 'prepare' | 'run'
  readonly seconds: number
  readonly prepared: Prepared
}

export interface AttackResult {
  readonly done: boolean
  readonly outcomes: readonly (readonly [string, number])[]
  readonly prepared: Prepared
  readonly error?: string
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Attacker and gateway share one machine here, so the attacker runs at a low priority. */
const NICENESS = 5

/** The attacker as a process of its own: its connections stay open until the process ends. */
export class AttackerProcess {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(file('attacker.ts'), { execArgv: ['--import', file('../../kit/typescript.mjs')] })
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, Math.min(19, getPriority() + NICENESS))
  }

  async carryOut(order: Order): Promise<AttackResult> {
    this.#child.send(order)
    const [result] = await Promise.race([
      once(this.#child, 'message') as Promise<[AttackResult]>,
      once(this.#child, 'exit').then(([code]): [AttackResult] => [
        { done: false, outcomes: [], prepared: {}, error: `the attacker ended with ${code}` },
      ]),
    ])
    return result
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

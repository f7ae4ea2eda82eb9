/** The shape of an attack. The table of all attacks is `attacks.ts`. */
import type { Stranger } from './stranger.ts'

/** What `prepare` returns, as JSON. It does at once, on a gateway without rate limits, what a patient stranger does over days. */
export type Prepared = Readonly<Record<string, unknown>>

export interface Attack {
  /** For `--attack=name`. */
  readonly name: string
  /** For the table. */
  readonly description: string
  /** Runs before the attack begins. */
  readonly prepare?: (stranger: Stranger) => Promise<Prepared>
  /** Attacks until `stranger.isOver()`; what it opened stays open until the trial ends. */
  readonly run: (stranger: Stranger, prepared: Prepared) => Promise<void>
  /** How many sockets the gateway may still hold ten seconds after the attack, beyond those it had before; no limit unless given. */
  readonly socketsAfter?: number
}

/** What an attack is, and what it is given. The table of all of them is `attacks.ts`. */
import type { Stranger } from './stranger.ts'

/** Made by `prepare` on a gateway without allowances, as a patient stranger would over days; JSON. */
export type Prepared = Readonly<Record<string, unknown>>

export interface Attack {
  /** For `--attack=name`. */
  readonly name: string
  /** What is done, for the table. */
  readonly deed: string
  /** What is there before the attack begins. */
  readonly prepare?: (stranger: Stranger) => Promise<Prepared>
  /** Until `stranger.isOver()`; what it has opened stays open until the end of the trial. */
  readonly run: (stranger: Stranger, prepared: Prepared) => Promise<void>
  /** Sockets that the gateway may still hold ten seconds after, beyond the usual ones; any number unless told. */
  readonly socketsAfter?: number
}

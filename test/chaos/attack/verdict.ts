/** Judges the outcome of a trial. */
import type { Books, Delays } from './healthy-pair.ts'

export const MB = 1_000_000
/** How much the healthy pair's p99 may rise. */
export const SLOWER_MS = 1000
/** How much memory the process may have gained ten seconds after the attack: V8 does not return all of a heap that has grown. */
export const REMAINING_BYTES = 96 * MB
/** How much of it may still be in use: heap and buffers after a garbage collection. */
export const HELD_BYTES = 48 * MB
/** How much memory the process may gain while the attack lasts. */
export const PEAK_BYTES = 512 * MB

export interface Outcome {
  readonly attack: string
  readonly description: string
  /** How the gateway ended; undefined where it still runs. */
  readonly ended: string | undefined
  readonly quiet: Delays
  readonly during: Delays
  /** Undefined where the gateway no longer answers. */
  readonly books: Books | undefined
  /** Memory gained since before the attack; NaN where the system does not tell. */
  readonly memory: Readonly<Record<'peakBytes' | 'afterBytes' | 'heldBytes', number>>
  /** The longest time that the event loop stood still during the attack. */
  readonly standstillMs: number
  /** Sockets gained: at the attack's end and ten seconds after, while the attacker still keeps its own open. */
  readonly sockets: Readonly<Record<'atEnd' | 'after', number>>
  readonly socketsAllowed: number
  readonly outcomes: readonly (readonly [string, number])[]
  /** False where the attacker's process failed, so that the trial proves nothing. */
  readonly wasCarriedOut: boolean
  /** Errors that the attacker met. */
  readonly attackerError: string | undefined
}

/** A sentence for each limit that is exceeded; empty when all is well. */
export function faultsOf(outcome: Outcome): readonly string[] {
  const { ended, quiet, during, books, memory, sockets, socketsAllowed } = outcome
  if (ended !== undefined) return [`the process ended: ${ended}`]
  const slower = (what: 'ack' | 'delivery'): string | false => {
    const more = during[what].p99 - quiet[what].p99
    // a pair that wrote nothing has no p99: a fault
    return !(more < SLOWER_MS) && `${what} p99 ${shown(during[what].p99)}`
  }
  const above = (bytes: number, most: number, when: string): string | false => bytes > most && `${Math.round(bytes / MB)} MB more ${when}`
  return [
    !outcome.wasCarriedOut && `not carried out: ${outcome.attackerError}`,
    slower('ack'),
    slower('delivery'),
    above(memory.peakBytes, PEAK_BYTES, 'at its peak'),
    above(memory.afterBytes, REMAINING_BYTES, 'ten seconds after'),
    above(memory.heldBytes, HELD_BYTES, 'held ten seconds after'),
    sockets.after > socketsAllowed && `${sockets.after} sockets kept`,
    books === undefined && 'the log could not be read',
    ...(books === undefined ? [] : wrong(books)),
  ].filter((fault) => fault !== false)
}

const wrong = ({ lost, doubled, misordered }: Books): readonly string[] =>
  Object.entries({ lost, doubled, misordered })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)

export const shown = (ms: number): string => {
  if (!Number.isFinite(ms)) return Number.isNaN(ms) ? '–' : 'never'
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`
}

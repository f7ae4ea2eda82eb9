/** The rule by which a trial is judged; pure, so that a test can show it outcomes that are wrong. */
import type { Books, Delays } from './healthy-pair.ts'

export const MB = 1_000_000
/** The healthy pair's p99 may be so much above its usual. */
export const SLOWER_MS = 1000
/** Memory of the process ten seconds after, beyond what it was before: a heap that has grown once is not all given back. */
export const KEPT_BYTES = 96 * MB
/** And what of it is held: heap and buffers after a collection. */
export const HELD_BYTES = 48 * MB
/** And while the attack lasts: what a stranger may take for as long as it likes. */
export const PEAK_BYTES = 512 * MB

export interface Outcome {
  readonly attack: string
  readonly deed: string
  /** Undefined: it lives. Else how it ended. */
  readonly ended: string | undefined
  readonly quiet: Delays
  readonly during: Delays
  /** Undefined where the gateway cannot be asked any more. */
  readonly books: Books | undefined
  /** Beyond what it was in quiet; NaN where this system does not tell. */
  readonly memory: Readonly<Record<'peakBytes' | 'afterBytes' | 'heldBytes', number>>
  /** The longest of the event loop while the attack lasted. */
  readonly standstillMs: number
  /** Beyond the usual ones: at the attack's end and ten seconds after, while the attacker still keeps its own open. */
  readonly sockets: Readonly<Record<'atEnd' | 'after', number>>
  readonly socketsAllowed: number
  readonly told: readonly (readonly [string, number])[]
  /** False: the attacker's process failed, and nothing is shown. */
  readonly wasCarriedOut: boolean
  /** What the attacker met that was no answer. */
  readonly attackerError: string | undefined
}

/** Everything that is not as it must be, in words; empty when all is well. */
export function faultsOf(outcome: Outcome): readonly string[] {
  const { ended, quiet, during, books, memory, sockets, socketsAllowed } = outcome
  if (ended !== undefined) return [`the process ended: ${ended}`]
  const slower = (what: 'ack' | 'delivery'): string | false => {
    const more = during[what].p99 - quiet[what].p99
    // a pair that wrote nothing has no p99, and that is no good sign
    return !(more < SLOWER_MS) && `${what} p99 ${shown(during[what].p99)}`
  }
  const above = (bytes: number, most: number, when: string): string | false => bytes > most && `${Math.round(bytes / MB)} MB more ${when}`
  return [
    !outcome.wasCarriedOut && `not carried out: ${outcome.attackerError}`,
    slower('ack'),
    slower('delivery'),
    above(memory.peakBytes, PEAK_BYTES, 'at its peak'),
    above(memory.afterBytes, KEPT_BYTES, 'ten seconds after'),
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

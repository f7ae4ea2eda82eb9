import { faultsOf, MB, shown, type Outcome } from './verdict.ts'

const HEAD = [
  'attack',
  'ack p99 quiet → during',
  'delivery p99',
  'standstill',
  'memory peak',
  'after (held)',
  'sockets at end → after',
  'process',
  'outcomes',
  'verdict',
]

/** How many kinds of answers a row lists, the most frequent ones. */
const OUTCOME_COUNT = 5

const more = (bytes: number): string => (Number.isNaN(bytes) ? '–' : `${bytes < 0 ? '−' : '+'}${Math.abs(Math.round(bytes / MB))} MB`)
const count = (value: number): string => (Number.isNaN(value) ? '–' : String(value))

function outcomesOf({ outcomes: pairs, attackerError }: Outcome): string {
  const sorted = [...pairs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, OUTCOME_COUNT)
    .map(([what, times]) => `${times} × ${what}`)
  return [...sorted, ...(sorted.length === 0 && attackerError !== undefined ? [attackerError] : [])].join(', ').replaceAll('|', '/')
}

/** One row of the table. */
export function attackRow(outcome: Outcome): readonly string[] {
  const { attack, description, quiet, during, standstillMs, memory, sockets, ended } = outcome
  const arrow = (what: 'ack' | 'delivery'): string => `${shown(quiet[what].p99)} → ${shown(during[what].p99)}`
  const faults = faultsOf(outcome)
  return [
    `\`${attack}\` ${description}`,
    arrow('ack'),
    arrow('delivery'),
    shown(standstillMs),
    more(memory.peakBytes),
    `${more(memory.afterBytes)} (${more(memory.heldBytes)})`,
    `${count(sockets.atEnd)} → ${count(sockets.after)}`,
    ended ?? 'lives',
    outcomesOf(outcome),
    faults.length === 0 ? 'well' : `**${faults.join('; ')}**`,
  ]
}

/** All rows as Markdown. */
export function attackTable(outcomes: readonly Outcome[]): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...outcomes.map(attackRow)]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

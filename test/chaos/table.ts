import type { Row, Report } from './storm.ts'

const COLUMNS = [
  'written',
  'acknowledged',
  'stored',
  'lost',
  'missing',
  'doubled',
  'misordered',
  'unseen',
  'sessions',
  'resent',
  'duplicate',
  'refused',
] as const satisfies readonly (keyof Row)[]

/** The report as text: a row for each peer, and their sum. */
export function table({ rows: peers, strikes, seconds, brokenLinks }: Report): string {
  const rows = [
    ['peer', ...COLUMNS],
    ...peers.map((peer) => [peer.peer, ...COLUMNS.map((column) => String(peer[column]))]),
    ['all', ...COLUMNS.map((column) => String(peers.reduce((sum, peer) => sum + peer[column], 0)))],
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const text = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')).join('\n')
  return `${text}\n${strikes.length} strikes in ${seconds.toFixed(1)} s, ${brokenLinks} broken links between entries`
}

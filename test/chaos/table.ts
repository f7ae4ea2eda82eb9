import type { Line, Report } from './storm.ts'

const COLUMNS = [
  'written',
  'acknowledged',
  'stored',
  'lost',
  'missing',
  'doubled',
  'misordered',
  'unseen',
  'lines',
  'resent',
  'duplicate',
  'refused',
] as const satisfies readonly (keyof Line)[]

/** The report as text: a row a peer, and their sum. */
export function table({ lines, strikes, seconds, brokenLinks }: Report): string {
  const rows = [
    ['peer', ...COLUMNS],
    ...lines.map((line) => [line.peer, ...COLUMNS.map((column) => String(line[column]))]),
    ['all', ...COLUMNS.map((column) => String(lines.reduce((sum, line) => sum + line[column], 0)))],
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const text = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')).join('\n')
  return `${text}\n${strikes.length} strikes in ${seconds.toFixed(1)} s, ${brokenLinks} broken links between entries`
}

/** `npm run bench`: one run, one table of goals. What it measures: docs/bench.md */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { isWrong } from './arrivals.ts'
import type { ContenderName, Results } from './contenders.ts'
import { median } from './figures.ts'
import { Findings } from './findings.ts'
import { measureIdle } from './idle.ts'
import { measureList, type List } from './list.ts'
import { LOAD_CORE, pin } from './machine.ts'
import type { BenchOptions } from './options.ts'
import * as rowsOf from './rows.ts'
import { measureStorms } from './storm.ts'
import { measureTails } from './tail.ts'
import { measureThroughput, type Throughput } from './throughput.ts'

export const GROUPS = ['nodes', 'embedded', 'polling', 'storm', 'idle', 'tail', 'list'] as const
export type Group = (typeof GROUPS)[number]

const MESSAGES: Readonly<Partial<Record<Group, readonly ContenderName[]>>> = {
  nodes: ['relay', 'nodes', 'nodesEngine', 'nodesBothWrite', 'streams'],
  embedded: ['relay', 'embedded', 'embeddedEngine'],
}
const POLLING: readonly ContenderName[] = ['socketIoPolling', 'embeddedPolling', 'nodePolling']
const TAILS: readonly ContenderName[] = ['nodes', 'embedded', 'streams']

export interface TableOptions extends BenchOptions {
  readonly groups: readonly Group[]
  /** Where everything that was measured is written. */
  readonly json?: string | undefined
}

/** Prints the table. Resolves with the exit code: 1 where a message was lost, doubled or out of order. */
export async function benchTable(options: TableOptions): Promise<number> {
  const isPinned = options.isPinned && pin(process.pid, LOAD_CORE)
  const findings = new Findings()
  const rows = await measureRows({ ...options, isPinned }, findings)
  const notes = notesOf(findings, isPinned)
  console.log([rowsOf.markdownOf(rows), ...notes].join('\n\n'))
  if (options.json !== undefined) writeJson(options.json, { options: { ...options, isPinned }, rows, notes, findings })
  return isWrong(findings.wrong) ? 1 : 0
}

async function measureRows(options: TableOptions, findings: Findings): Promise<rowsOf.Row[]> {
  const { groups, sessions, rounds } = options
  const has = (group: Group): boolean => groups.includes(group)
  const rows: rowsOf.Row[] = []
  const names = [...new Set(groups.flatMap((group) => MESSAGES[group] ?? []))]
  const messages = await measureThroughput(names, options, findings)
  if (has('nodes')) rows.push(...rowsOf.nodesRows(messages))
  if (has('embedded')) rows.push(...rowsOf.embeddedRows(messages))
  if (has('polling')) rows.push(...rowsOf.pollingRows(await measureThroughput(POLLING, options, findings)))
  if (has('storm')) rows.push(...rowsOf.stormRows(await measureStorms(['socketIo', 'embedded', 'node'], options, findings), sessions))
  if (has('idle')) rows.push(...rowsOf.idleRows(await measureIdle(['embedded', 'embeddedEngine'], options, findings), sessions))
  if (has('tail')) rows.push(...rowsOf.tailRows(await measureTails(await greatest(messages, options, findings), options, findings)))
  if (has('list')) {
    const [embedded, onRedis]: [List[], List[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      embedded.push(await measureList('embedded', options, findings))
      onRedis.push(await measureList('redis', options, findings))
    }
    rows.push(...rowsOf.listRows({ embedded, onRedis }))
  }
  return rows
}

/** The greatest rates, of this run where its other rows have measured them. */
async function greatest(known: Results<Throughput>, options: BenchOptions, findings: Findings): Promise<ReadonlyMap<ContenderName, number>> {
  const unknown = TAILS.filter((name) => !known.has(name))
  const measured = await measureThroughput(unknown, { ...options, rounds: 1 }, findings)
  return new Map(TAILS.map((name) => [name, median((known.get(name) ?? measured.get(name)!).map(({ perSecond }) => perSecond))]))
}

function notesOf(findings: Findings, isPinned: boolean): string[] {
  const { foreign, wrong } = findings
  const [least, most] = [foreign[0] ?? NaN, foreign.at(-1) ?? NaN].map((cores) => cores.toFixed(2))
  return [
    `Lost ${wrong.lost}, doubled ${wrong.doubled}, misordered ${wrong.misordered}.${isWrong(wrong) ? ' NOT RIGHT.' : ''}`,
    `Other programs took ${least} to ${most} of a core while something was measured, ${median(foreign).toFixed(2)} in the middle.`,
    isPinned
      ? "All threads of the servers shared one core: V8's helper threads had none of their own. Load and Redis had the other."
      : "Nothing was pinned: V8's helper threads had what the machine's other cores left.",
  ]
}

interface Told {
  readonly options: TableOptions
  readonly rows: readonly rowsOf.Row[]
  readonly notes: readonly string[]
  readonly findings: Findings
}

function writeJson(file: string, { options, rows, notes, findings }: Told): void {
  const machine = { node: process.version, cores: cpus().map(({ model }) => model) }
  const judged = rows.map((row) => ({ ...row, verdict: rowsOf.verdictOf(row) }))
  const { measurements, wrong, foreign } = findings
  const all = { at: new Date().toISOString(), machine, options, rows: judged, notes, wrong, foreign, measurements }
  writeFileSync(file, `${JSON.stringify(all, undefined, 1)}\n`)
}

import { setTimeout as wait } from 'node:timers/promises'
import { Crowd, type Books } from '../kit/crowd.ts'
import { percentile } from '../bench/figures.ts'
import type { Stage } from './stage.ts'

export interface SiegeOptions {
  readonly minutes: number
  readonly pairs: number
  /** Messages of all people together. */
  readonly messagesPerSecond: number
  /** The average pause between one fault's end and the next fault. */
  readonly pauseMs: number
  /** 0 ≤ chance < 1. */
  readonly chance: () => number
  readonly log?: (text: string) => void
}

export interface SiegeReport {
  readonly books: Books
  readonly strikes: readonly string[]
  readonly seconds: number
  /** From writing to the other person's screen, faults included. */
  readonly delayMs: Readonly<Record<'p50' | 'p99' | 'worst', number>>
  readonly longestOfflineMs: number
  readonly refused: readonly string[]
  /** A sentence for each thing that is wrong; empty when all is well. */
  readonly faults: readonly string[]
}

const SETTLED_LOOK_MS = 50
const SETTLED_WITHIN_MS = 180_000

/** Real clients chat over every transport while one fault after another strikes; then their books are balanced. */
export async function siege(stage: Stage, options: SiegeOptions): Promise<SiegeReport> {
  const start = performance.now()
  const crowd = await Crowd.open(stage.url(), (claims) => stage.pass(claims), { name: 'person', pairs: options.pairs })
  await untilSettled(crowd)
  crowd.talk(options.messagesPerSecond)
  const strikes = await strikeAll(stage, crowd, options)
  crowd.quiet()
  const isSettled = await untilSettled(crowd)
  const seconds = (performance.now() - start) / 1000
  const books = await crowd.books()
  const { delays, longestOfflineMs, wasRefused } = crowd
  crowd.close()
  const report = { books, strikes, seconds, longestOfflineMs, refused: wasRefused, delayMs: spread(delays) }
  return { ...report, faults: faultsOf(report, isSettled) }
}

async function strikeAll({ faults }: Stage, crowd: Crowd, { minutes, pauseMs, chance, log }: SiegeOptions): Promise<string[]> {
  const end = performance.now() + minutes * 60_000
  const strikes: string[] = []
  for (;;) {
    await wait(Math.max(0, Math.min(pauseMs * (0.5 + chance()), end - performance.now())))
    if (performance.now() >= end) return strikes
    const fault = faults[strikes.length % faults.length]!
    strikes.push(fault.name)
    log?.(`${fault.name}; ${crowd.writtenCount} written so far`)
    await fault.strike()
  }
}

async function untilSettled(crowd: Crowd): Promise<boolean> {
  const end = performance.now() + SETTLED_WITHIN_MS
  while (!crowd.isSettled) {
    if (performance.now() > end) return false
    await wait(SETTLED_LOOK_MS)
  }
  return true
}

const spread = (delays: Float64Array): SiegeReport['delayMs'] => ({
  p50: percentile(delays, 0.5),
  p99: percentile(delays, 0.99),
  worst: delays.at(-1) ?? 0,
})

function faultsOf({ books, refused }: Pick<SiegeReport, 'books' | 'refused'>, isSettled: boolean): string[] {
  const zero = ['lost', 'missing', 'doubled', 'misordered', 'foreign', 'unshown', 'shownTwice', 'brokenLinks'] as const
  const faults = zero.filter((key) => books[key] > 0).map((key) => `${books[key]} ${key}`)
  if (books.written !== books.acknowledged) faults.push(`${books.written} written, ${books.acknowledged} acknowledged`)
  if (books.written !== books.stored) faults.push(`${books.written} written, ${books.stored} stored`)
  if (books.shown !== books.stored * 2) faults.push(`${books.stored} stored, ${books.shown} shown instead of twice that`)
  if (refused.length > 0) faults.push(`turned away: ${refused.join(', ')}`)
  if (!isSettled) faults.push('somebody was still waiting at the end')
  return faults
}

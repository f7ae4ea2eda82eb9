import { setTimeout as wait } from 'node:timers/promises'
import { balance, brokenLinks, type Balance } from './ledger.ts'
import { Peer } from './peer.ts'
import type { Fault, Stage } from './stage.ts'

const STRIKE_SPREAD_MS = 10

export interface StormOptions {
  readonly peers: number
  readonly window: number
  /** How many faults strike; with `minutes`, how many a minute on average. */
  readonly strikes: number
  /** How many messages to write, unless `minutes` is given. */
  readonly messages: number
  /** How long to write. */
  readonly minutes?: number
  readonly log?: (text: string) => void
}

export interface Row extends Balance {
  readonly peer: string
  readonly sessions: number
  readonly resent: number
  readonly duplicate: number
  readonly unseen: number
  readonly refused: number
}

export interface Report {
  readonly rows: readonly Row[]
  readonly brokenLinks: number
  readonly strikes: readonly string[]
  readonly seconds: number
  /** A sentence for each thing that is wrong; empty when all is well. */
  readonly faults: readonly string[]
}

/** Peers write to each other in pairs while the stage's faults strike; then their books are balanced. */
export async function storm(stage: Stage, options: StormOptions): Promise<Report> {
  const start = performance.now()
  const schedule = new FaultSchedule(stage.faults, options)
  const peers = await gather(stage, options, schedule)
  const striking = schedule.strike()
  await Promise.all(peers.map((peer) => peer.run()))
  schedule.end()
  await striking
  const seconds = (performance.now() - start) / 1000
  const rows: Row[] = []
  let broken = 0
  for (const peer of peers) {
    const log = await peer.log()
    broken += brokenLinks(log)
    const { name, sessionCount, resentCount, duplicateCount, refusals } = peer
    rows.push({
      peer: name,
      ...balance(peer, log),
      sessions: sessionCount,
      resent: resentCount,
      duplicate: duplicateCount,
      unseen: await peer.unseen(log.length),
      refused: refusals.length,
    })
  }
  await Promise.all(peers.map((peer) => peer.close()))
  const report = { rows, brokenLinks: broken, strikes: schedule.struck, seconds }
  return { ...report, faults: faultsOf(report, options) }
}

async function gather(stage: Stage, { peers, window, messages, minutes }: StormOptions, schedule: FaultSchedule): Promise<Peer[]> {
  const names = Array.from({ length: peers }, (_, i) => `peer-${i + 1}`)
  let left = minutes === undefined ? messages : Infinity
  return Promise.all(
    names.map(async (name, i) => {
      const share = minutes === undefined ? Math.floor(messages / peers) + (i < messages % peers ? 1 : 0) : Infinity
      let written = 0
      const more = (): boolean => {
        if (written >= share || left <= 0 || schedule.isOver) return false
        written++
        left--
        return true
      }
      // In pairs, so that two write to one log at once; the last of an odd number writes to the first.
      const to = names[i % 2 === 0 ? i + 1 : i - 1] ?? names[0]!
      const token = await stage.pass({ sub: name })
      return new Peer({ name, to, token, url: stage.url, window, more, onAcknowledged: () => schedule.progress() })
    }),
  )
}

/** Strikes the faults: spread evenly over the messages, or by the clock. */
class FaultSchedule {
  readonly struck: string[] = []
  isOver = false
  readonly #faults: readonly Fault[]
  readonly #options: StormOptions
  #acknowledged = 0
  #awaited: { count: number; resolve: () => void } | undefined

  constructor(faults: readonly Fault[], options: StormOptions) {
    this.#faults = faults
    this.#options = options
  }

  progress(): void {
    this.#acknowledged++
    if (this.#awaited !== undefined && this.#acknowledged >= this.#awaited.count) this.#awaited.resolve()
  }

  end(): void {
    this.#awaited?.resolve()
  }

  async strike(): Promise<void> {
    const { strikes, messages, minutes } = this.#options
    if (minutes === undefined) {
      for (let i = 1; i <= strikes; i++) {
        await this.#reached(Math.floor((messages * i) / (strikes + 1)))
        await this.#next()
      }
      return
    }
    const end = performance.now() + minutes * 60_000
    for (;;) {
      const pause = (60_000 / strikes) * (0.5 + Math.random())
      await wait(Math.min(pause, Math.max(end - performance.now(), 0)))
      if (performance.now() >= end) break
      await this.#next()
    }
    this.isOver = true
  }

  #reached(count: number): Promise<void> {
    if (this.#acknowledged >= count) return Promise.resolve()
    return new Promise((resolve) => {
      this.#awaited = { count, resolve }
    })
  }

  async #next(): Promise<void> {
    const fault = this.#faults[this.struck.length % this.#faults.length]!
    this.struck.push(fault.name)
    // So that a fault strikes anywhere within a commit, not only right after an answer.
    await wait(Math.random() * STRIKE_SPREAD_MS)
    this.#options.log?.(`${fault.name} after ${this.#acknowledged} acknowledgements`)
    await fault.strike()
  }
}

function faultsOf(report: Omit<Report, 'faults'>, { strikes, messages, minutes }: StormOptions): string[] {
  const sum = (key: keyof Balance | 'unseen'): number => report.rows.reduce((total, row) => total + row[key], 0)
  const faults: string[] = []
  for (const key of ['lost', 'missing', 'doubled', 'misordered', 'foreign', 'unseen'] as const) {
    if (sum(key) > 0) faults.push(`${sum(key)} ${key}`)
  }
  if (sum('written') !== sum('acknowledged')) faults.push(`${sum('written')} written, ${sum('acknowledged')} acknowledged`)
  if (minutes === undefined && sum('stored') !== messages) faults.push(`${sum('stored')} in the log instead of ${messages}`)
  if (minutes === undefined && report.strikes.length !== strikes) {
    faults.push(`${report.strikes.length} strikes instead of ${strikes}`)
  }
  if (report.brokenLinks > 0) faults.push(`${report.brokenLinks} broken links`)
  return faults
}

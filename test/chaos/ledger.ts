import type { Message } from '../../gateway/protocol/model.ts'

/** What one peer wrote, and what was acknowledged to it. */
export interface Account {
  readonly name: string
  readonly written: readonly string[]
  readonly acknowledged: ReadonlyMap<string, number>
}

/** One row of the ledger; everything but the first three must be 0. */
export interface Balance {
  readonly written: number
  readonly acknowledged: number
  readonly stored: number
  /** Acknowledged, and not in the log under the seq of the acknowledgement. */
  readonly lost: number
  /** Written, and not in the log. */
  readonly missing: number
  /** More than once in the log. */
  readonly doubled: number
  /** In the log after one that was written later. */
  readonly misordered: number
  /** In the log and never written. */
  readonly foreign: number
}

/** Compares what a peer wrote with the log. */
export function balance(account: Account, log: readonly Message[]): Balance {
  const mine = log.filter(({ from }) => from === account.name)
  const order = new Map(account.written.map((id, i) => [id, i]))
  const ids = new Set(mine.map(({ id }) => id))
  const places = mine.map(({ id }) => order.get(id) ?? -1)
  return {
    written: account.written.length,
    acknowledged: account.acknowledged.size,
    stored: mine.length,
    lost: [...account.acknowledged].filter(([id, seq]) => log[seq - 1]?.id !== id || log[seq - 1]?.from !== account.name).length,
    missing: account.written.filter((id) => !ids.has(id)).length,
    doubled: mine.length - ids.size,
    misordered: places.filter((place, i) => i > 0 && place <= places[i - 1]! && place >= 0).length,
    foreign: places.filter((place) => place < 0).length,
  }
}

/** The number of entries whose seq or link to the entry before is wrong. */
export const brokenLinks = (log: readonly Message[]): number => log.filter(({ seq, prev }, i) => seq !== i + 1 || prev !== log[i - 1]?.id).length

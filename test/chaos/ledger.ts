import type { Message } from '../../gateway/protocol/model.ts'

/** What one peer knows about its own messages. */
export interface Account {
  readonly name: string
  readonly written: readonly string[]
  readonly acknowledged: ReadonlyMap<string, number>
}

/** One line of the ledger; everything but the first three must be 0. */
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
  /** Behind one that was written later. */
  readonly misordered: number
  /** In the log and never written. */
  readonly foreign: number
}

/** Holds what a peer wrote against the log it wrote to. */
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

/** Entries whose seq or link to the one before is not what their place in the log says. */
export const brokenLinks = (log: readonly Message[]): number => log.filter(({ seq, prev }, i) => seq !== i + 1 || prev !== log[i - 1]?.id).length

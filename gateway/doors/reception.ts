import type { Report } from '../domain/facts.ts'
import type { Allowances } from '../domain/allowances.ts'
import type { AddressWatch } from './admit/address-watch.ts'
import type { Admit } from './admit/admit.ts'
import type { Domain } from './dispatch.ts'
import type { Turns } from './fair-queue.ts'
import type { Hub } from './hub.ts'
import type { Line } from './line.ts'

/** What all lines of a node share. */
export interface Reception {
  readonly admit: Admit
  readonly hub: Hub
  readonly domain: Domain
  readonly allowances: Allowances
  readonly addressWatch: AddressWatch
  readonly report: Report
  /** The lines that are open, attached or not. */
  readonly lines: Set<Line>
  readonly turns: Turns
  readonly now: () => number
  /** Ms on a clock that never steps. */
  readonly uptime: () => number
  /** Hosts beside this gateway whose pictures pages may load unasked. */
  readonly imageHosts: readonly string[]
  /** From a line's opening to an accepted hello. */
  readonly helloMs: number
}

import type { Pipe } from '../relay/pipe.ts'
import type { Arrival } from './admit/trusted-proxies.ts'
import type { Report } from '../domain/facts.ts'
import type { Allowances } from '../domain/allowances.ts'
import type { AddressWatch } from './admit/address-watch.ts'
import type { Arrivals } from './arrivals.ts'
import type { Admit } from './admit/admit.ts'
import type { Domain } from './commands.ts'
import type { EventLoopTurns } from './fair-queue.ts'
import type { Hub } from '../relay/hub.ts'

/** The part of a `Session` that is called for all sessions of a node. */
export interface OpenSession {
  tick(): void
  leave(afterMs: number): void
}

/** What all sessions of a node share. */
export interface SessionContext {
  readonly admit: Admit
  readonly hub: Hub
  readonly domain: Domain
  readonly allowances: Allowances
  readonly addressWatch: AddressWatch
  readonly report: Report
  /** The open sessions, attached or not. */
  readonly sessions: Set<OpenSession>
  readonly turns: EventLoopTurns
  readonly arrivals: Arrivals
  readonly now: () => number
  /** Ms on a clock that never steps. */
  readonly uptime: () => number
  /** Hosts besides this gateway whose pictures pages load without asking the reader. */
  readonly imageHosts: readonly string[]
  /** The JSON of the limits, as the welcome tells them. */
  readonly limitsJson: string
  /** The time from a session's opening to an accepted hello. */
  readonly helloMs: number
}

/** A session's connection, and what its opening request says about the client. */
export interface SessionPipe extends Pipe, Arrival {}

import type { PassClaims } from '../kit/gateway.ts'

/** Something that breaks and is repaired. */
export interface Fault {
  readonly name: string
  /** Breaks and repairs it; resolves when it is repaired (peers may still be reconnecting). */
  strike(): Promise<void>
}

/** Running gateways, stores and proxies, and the faults that can strike them. */
export interface Stage {
  /** Where a peer connects; called before every attempt, as several nodes may take turns. */
  url(): string
  pass(claims: PassClaims): Promise<string>
  readonly faults: readonly Fault[]
  /** Ends everything; false where a program did not end cleanly. */
  stop(): Promise<boolean>
}

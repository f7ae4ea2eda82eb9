import type { PassClaims } from '../kit/gateway.ts'

/** Something that goes wrong and is put right again. */
export interface Fault {
  readonly name: string
  /** Makes it happen; resolves when the cause is gone (peers may still be on their way back). */
  strike(): Promise<void>
}

/** What a storm is let loose on: gateways, stores and proxies that are really running, and what can befall them. */
export interface Stage {
  /** Where a peer connects, asked before every attempt: several nodes may take turns. */
  url(): string
  pass(claims: PassClaims): Promise<string>
  readonly faults: readonly Fault[]
  /** Ends everything; false where something did not end as it should. */
  stop(): Promise<boolean>
}

/** Opening a line counts by address, until somebody signed in says hello on it: many that say nothing would cost as much as many that do. */
import type { IncomingMessage } from 'node:http'
import type { Allowances } from '../../domain/allowances.ts'
import type { Report } from '../../domain/facts.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { WireRefusal } from '../../protocol/codes.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

export interface LineRefusalOptions {
  readonly allowances: Allowances
  readonly proxies: TrustedProxies
  readonly report: Report
}

/** `rate_limited`, or undefined where the line may be opened, and has been counted. */
export function sessionRefusal({ allowances, proxies, report }: LineRefusalOptions, request: IncomingMessage): WireRefusal | undefined {
  const { origin, host, address } = proxies.arrival(request)
  try {
    allowances.take('session', { address })
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error.wire
    report({ fact: 'helloRefused', code, message, origin, host, address })
    return error.wire
  }
}

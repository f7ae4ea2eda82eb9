/** Limits opened sessions by address, until a signed-in person says hello on them: idle sessions cost as much as attached ones. */
import type { IncomingMessage } from 'node:http'
import type { Allowances } from '../../domain/allowances.ts'
import type { Report } from '../../domain/facts.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { WireRefusal } from '../../protocol/codes.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

export interface SessionRefusalOptions {
  readonly allowances: Allowances
  readonly proxies: TrustedProxies
  readonly report: Report
}

/** `rate_limited`; undefined if the session may be opened, and then counts. */
export function sessionRefusal({ allowances, proxies, report }: SessionRefusalOptions, request: IncomingMessage): WireRefusal | undefined {
  try {
    allowances.take('session', { address: proxies.clientAddress(request) })
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error.wire
    const { origin, host, address } = proxies.arrival(request)
    report({ fact: 'helloRefused', code, message, origin, host, address })
    return error.wire
  }
}

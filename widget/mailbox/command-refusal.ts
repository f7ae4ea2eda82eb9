import { RefusalError } from '../client/refusal-error.ts'

export type CommandRefusal = 'conflict' | 'unavailable' | 'forbidden' | 'tooMany' | 'limited' | 'notConnected' | 'other'

const REFUSALS: Readonly<Record<string, CommandRefusal>> = {
  conflict: 'conflict',
  agent_unavailable: 'unavailable',
  forbidden: 'forbidden',
  too_many: 'tooMany',
  rate_limited: 'limited',
  timeout: 'notConnected',
  disconnected: 'notConnected',
  cut: 'notConnected',
  unavailable: 'notConnected',
  draining: 'notConnected',
}

/** The desk's sentence for a refusal. */
export const commandRefusal = (error: unknown): CommandRefusal => (error instanceof RefusalError ? REFUSALS[error.code] : undefined) ?? 'other'

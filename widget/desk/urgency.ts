export interface UrgencyLimits {
  readonly waitWarnMinutes: number
  readonly waitAlarmMinutes: number
}

const MINUTE_MS = 60_000

/** How pressing a wait has become; undefined: not yet. A limit of 0 is never reached. */
export function urgency(waitMs: number, { waitAlarmMinutes, waitWarnMinutes }: UrgencyLimits): 'amber' | 'red' | undefined {
  if (waitAlarmMinutes > 0 && waitMs >= waitAlarmMinutes * MINUTE_MS) return 'red'
  return waitWarnMinutes > 0 && waitMs >= waitWarnMinutes * MINUTE_MS ? 'amber' : undefined
}

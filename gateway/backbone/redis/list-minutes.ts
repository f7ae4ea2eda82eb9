/**
 * Lists of sides are sorted by minute, so that a row moves at most once a minute and most appends write none; exact times are in the heads of
 * the logs. A row's minute is the end of that of its last message.
 */
const MINUTE_MS = 60_000

export const minuteOf = (at: number): number => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS

/** The earliest time that a row of this minute may have. */
export const startOf = (minute: number): number => minute - MINUTE_MS

import { conversationTag } from '../../protocol/keys.ts'

/**
 * Lists of sides are sorted by minute, so that a row moves at most once a minute and most appends write none; exact times are in the heads of
 * the logs. A row's minute is the end of that of its last message. Its score is the minute and, in the milliseconds behind it, 1 and the number of the
 * conversation's tag: a script that reads a list finds the keys of its conversations so, and need not hash their ids. Rows of older builds lack it.
 */
const MINUTE_MS = 60_000

export const minuteOf = (at: number): number => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS

/** The earliest time that a row of this minute may have. */
export const startOf = (minute: number): number => minute - MINUTE_MS

export const scoreIn = (minute: number, conversation: string): number => minute + 1 + Number(conversationTag(conversation).slice(1))

export const minuteIn = (score: number): number => Math.floor(score / MINUTE_MS) * MINUTE_MS

/** No row of the minute has a greater score. */
export const lastScoreIn = (minute: number): number => minute + MINUTE_MS - 1

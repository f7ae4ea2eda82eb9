import { conversationTag } from '../../protocol/keys.ts'

/**
 * Lists of sides are sorted by second, so that a row moves at most once a second, and a page of a busy shop has few rows more than it shows; exact times are
 * in the heads of the logs. A row's second is the end of that of its last message. Its score is the second and, in the milliseconds behind it, 1 and the
 * number of the conversation's tag: a script that reads a list finds the keys of its conversations so, and need not hash their ids.
 *
 * Gateways of format 2 listed by the minute: a score without a tag is the end of a row's minute. Such rows stand too high, never too low, until they are read
 * and repaired.
 */
const SECOND_MS = 1000
const MINUTE_MS = 60_000

const endIn = (at: number, ms: number): number => (Math.floor(at / ms) + 1) * ms

export const secondOf = (at: number): number => endIn(at, SECOND_MS)

/** The score that a row of format 2 has. */
export const minuteOf = (at: number): number => endIn(at, MINUTE_MS)

export const scoreIn = (second: number, conversation: string): number => second + 1 + Number(conversationTag(conversation).slice(1))

export const secondIn = (score: number): number => Math.floor(score / SECOND_MS) * SECOND_MS

/** No row of the second has a greater score. */
export const lastScoreIn = (second: number): number => second + SECOND_MS - 1

/** The earliest time that a row of this second may have. */
export const startOf = (second: number): number => second - SECOND_MS

export const isByMinute = (score: number): boolean => score % SECOND_MS === 0

/** The earliest time that a row with this score may have. */
export const earliestOf = (score: number): number => (isByMinute(score) ? score - MINUTE_MS : startOf(secondIn(score)))

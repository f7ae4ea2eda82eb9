/**
 * Limits of the protocol for code that checks before sending; other folders of the widget import the protocol as types only. Not the whole table, which
 * a phone would have to fetch.
 */
import { LIMITS } from '../../gateway/protocol/limits.ts'

const { textLength, bodyBytes, bodyCount, bodyDepth, imageBytes } = LIMITS

/** Of a message, until a gateway tells its own. */
export const MESSAGE_LIMITS = { textLength, bodyBytes, bodyCount, bodyDepth, imageBytes }

export type MessageLimits = Readonly<Record<keyof typeof MESSAGE_LIMITS, number>>

export const TEXT_LENGTH = textLength
/** What a draft holds at most: twice what can be sent, so that a text that became too long can be shortened by its writer. */
export const DRAFT_LENGTH = 2 * textLength

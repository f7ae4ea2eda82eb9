/**
 * Limits of the protocol for code that checks before sending; other folders of the widget import the protocol as types only. One constant each, so
 * that the build drops unused ones instead of shipping the whole table.
 */
import { LIMITS } from '../../gateway/protocol/limits.ts'

export const TEXT_LENGTH = LIMITS.textLength
/** What a draft holds at most: twice what can be sent, so that a text that became too long can be shortened by its writer. */
export const DRAFT_LENGTH = 2 * LIMITS.textLength
export const IMAGE_BYTES = LIMITS.imageBytes

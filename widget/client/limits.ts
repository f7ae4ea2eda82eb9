/**
 * Limits of the protocol for code that checks before sending; other folders of the widget import the protocol as types only. One constant each, so
 * that the build drops unused ones instead of shipping the whole table.
 */
import { LIMITS } from '../../gateway/protocol/limits.ts'

export const TEXT_LENGTH = LIMITS.textLength
export const IMAGE_BYTES = LIMITS.imageBytes

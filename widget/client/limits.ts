/**
 * Limits of the wire, for whoever refuses early: a room that shows things takes the protocol as types only, and these from here. One constant
 * each, because the build drops what nobody uses of them, and would ship the whole table.
 */
import { LIMITS } from '../../gateway/protocol/limits.ts'

export const TEXT_LENGTH = LIMITS.textLength
export const IMAGE_BYTES = LIMITS.imageBytes

/**
 * The version of the wire contract. A gateway that speaks N also speaks N-1, because a rolling deploy mixes both. Raise it when
 * `SHAPE_HASH` changes in a way that an older client or gateway would notice.
 *
 * History
 *   1  first contract
 */
export const PROTOCOL_VERSION = 1

/** The oldest version this build still answers. */
export const OLDEST_VERSION = 1

/** A hash of all shapes on the wire. A test fails when they change and says the new value: set it here after deciding about the version. */
export const SHAPE_HASH = 'ac94cedf88208d8e'

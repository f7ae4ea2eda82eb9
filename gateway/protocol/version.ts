/**
 * The version of the wire contract. A gateway that speaks N also speaks N-1, because a rolling
 * deploy mixes both. Raise it when `SHAPE_HASH` has to change in a way an older peer would notice.
 *
 * History
 *   1  first contract
 */
export const PROTOCOL_VERSION = 1

/** The oldest version this build still answers. */
export const OLDEST_VERSION = 1

/** Of all shapes that travel. A test fails when they have changed; it says the new value, to be set here after some thought. */
export const SHAPE_HASH = 'e26c37d3ab36d74d'

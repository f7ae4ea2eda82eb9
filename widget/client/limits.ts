/** The wire's limits, for whoever refuses early: a room that shows things takes the protocol as types only, and this from here. */
export { LIMITS } from '../../gateway/protocol/limits.ts'

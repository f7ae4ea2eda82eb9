import { randomId } from './random-id.ts'

/** A session's id: the node's tag, a dot, 120 random bits. A proxy in front reads the tag from `sid` and needs no sticky cookie. */
export const newSessionId = (tag: string): string => `${tag}.${randomId()}`

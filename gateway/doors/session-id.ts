import { randomBytes } from 'node:crypto'

/** A session's id: the node's tag, a dot, 15 random bytes. A proxy in front reads the tag from `sid` and needs no sticky cookie. */
export const newSessionId = (tag: string): string => `${tag}.${randomBytes(15).toString('base64url')}`

import { randomBytes } from 'node:crypto'

/** A line's id: the node's tag, a dot, chance. A proxy in front reads the tag from `sid` and needs no sticky cookie. */
export const newSessionId = (tag: string): string => `${tag}.${randomBytes(15).toString('base64url')}`

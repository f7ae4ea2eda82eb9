/**
 * The two packets that a store publishes by itself, so that embedded, Redis scripts and tests agree on every byte.
 * Built by concatenation: the body's JSON is the caller's and is never parsed again on its way to a socket.
 */
import type { Cursor, Message } from './model.ts'

/** `2["messagePush",{…}]`. Field order is fixed: the Redis script builds the same text around the seq it gives. */
export const messagePacket = (message: Message): string => `2["messagePush",${messageJson(message)}]`

/** The stored and pushed JSON of a message: the log's coordinates first, then what the sender gave. */
export function messageJson(message: Message): string {
  const { conversation, epoch, seq, prev } = message
  return messageStart(conversation, epoch) + messageLink(seq, prev) + messageTail(message)
}

/** Its first part, the same for a whole log. */
export const messageStart = (conversation: string, epoch: string): string =>
  `{"conversation":${JSON.stringify(conversation)},"epoch":${JSON.stringify(epoch)},"seq":`

/** Its second: what the store gives. */
export const messageLink = (seq: number, prev: string | undefined): string =>
  prev === undefined ? `${seq},` : `${seq},"prev":${JSON.stringify(prev)},`

/** Everything of a message that is known before the store has numbered it, closing brace included. */
export function messageTail(message: Pick<Message, 'id' | 'from' | 'side' | 'name' | 'guest' | 'kind' | 'body' | 'at'>): string {
  const { id, from, side, name, guest, kind, body, at } = message
  // JSON.stringify leaves out what is undefined
  return JSON.stringify({ id, from, side, name, guest, kind, body, at }).slice(1)
}

/** `2["cursorPush",{…}]`. */
export const cursorPacket = (conversation: string, side: string, { delivered, read }: Cursor): string =>
  `2["cursorPush",${JSON.stringify({ conversation, participant: side, delivered, read })}]`

/**
 * The gateway's half of the codec: the two packets that a store publishes, the ack of a message, and how to read what a packet is from its first bytes, without
 * parsing it. The embedded store, the Redis scripts and the tests agree on every byte of them.
 * A store builds its packets by concatenation: the body's JSON comes from the caller, and nobody parses it again on its way to a socket.
 */
import type { CommandAnswer } from './commands.ts'
import type { Cursor, Message } from './model.ts'
import { ackPacket } from './packet.ts'

/** `2["messagePush",{…}]`. Field order is fixed: the Redis script builds the same text around the seq it gives. */
export const messagePacket = (message: Message): string => `2["messagePush",${messageJson(message)}]`

/** The JSON of a message as it is stored and pushed: first its place in the log, then what the sender wrote. */
export function messageJson(message: Message): string {
  const { conversation, epoch, seq, prev } = message
  return messageStart(conversation, epoch) + messageLink(seq, prev) + messageTail(message)
}

/** The first part of a message's JSON, the same for a whole log. */
export const messageStart = (conversation: string, epoch: string): string =>
  `{"conversation":${JSON.stringify(conversation)},"epoch":${JSON.stringify(epoch)},"seq":`

/** The second part, which the store adds. */
export const messageLink = (seq: number, prev: string | undefined): string => (prev === undefined ? `${seq},` : `${seq},"prev":${jsonText(prev)},`)

/** The JSON of most ids and names is the text in quotes. */
const PLAIN = /^[ !#-[\]-~]*$/

const isPlain = (text: string): boolean => PLAIN.test(text)

export const jsonText = (text: string): string => (isPlain(text) ? `"${text}"` : JSON.stringify(text))

/** What tells a message from all others of its conversation: how the last part of its JSON begins. `idJson`: that of the id, if it is at hand. */
export const messageIdentity = ({ id, from, side }: Pick<Message, 'id' | 'from' | 'side'>, idJson: string = jsonText(id)): string =>
  `"id":${idJson},"from":${jsonText(from)},"side":${jsonText(side)},`

/**
 * The last part, which is known before the store has numbered the message; it includes the closing brace. `bodyJson`: the body, if it is at hand; and so `identity`.
 */
export function messageTail(
  message: Pick<Message, 'id' | 'from' | 'side' | 'name' | 'guest' | 'kind' | 'body' | 'at'> & { readonly bodyJson?: string },
  identity: string = messageIdentity(message),
): string {
  const { name, guest, kind, body, at, bodyJson } = message
  const named = name === undefined ? '' : `"name":${jsonText(name)},`
  return `${identity}${named}${guest === undefined ? '' : `"guest":${guest},`}"kind":${jsonText(kind)},"body":${bodyJson ?? JSON.stringify(body)},"at":${at}}`
}

/** `2["cursorPush",{…}]`. */
export const cursorPacket = (conversation: string, side: string, { delivered, read }: Cursor): string =>
  `2["cursorPush",${JSON.stringify({ conversation, participant: side, delivered, read })}]`

/** The ack of a `send`, the same text as `ackPacket` makes. Nearly every message has a plain one, and this takes half as long. */
export function sendAckPacket(id: number, answer: CommandAnswer<'send'>): string {
  const { conversation, epoch, seq, at, prev, duplicate } = answer
  if (duplicate !== undefined || prev === undefined || !(isPlain(conversation) && isPlain(epoch) && isPlain(prev))) return ackPacket(id, answer)
  return `3${id}[{"ok":true,"conversation":"${conversation}","epoch":"${epoch}","seq":${seq},"at":${at},"prev":"${prev}"}]`
}

/** What a published packet is, so that nobody reads its bytes for that. `kind` is its name (`messagePush` …), `seq` the message's. */
export interface PushHead {
  readonly kind: string
  readonly seq?: number
}

const EVENT = Buffer.from('2["')
const MESSAGE = Buffer.from('2["messagePush",')
const SEQ = Buffer.from('"seq":')
const QUOTE = 0x22
const ZERO = 0x30

/**
 * The head of a push from another node; undefined where the bytes are no push. Every message of every node passes here, so only its first
 * bytes are read: `messageStart` puts the seq before any text of a person.
 */
export function readPushHead(packet: Buffer): PushHead | undefined {
  if (startsWith(packet, MESSAGE)) {
    const seq = readSeq(packet, MESSAGE.length)
    return seq === undefined ? { kind: 'messagePush' } : { kind: 'messagePush', seq }
  }
  if (!startsWith(packet, EVENT)) return undefined
  const end = packet.indexOf(QUOTE, EVENT.length)
  return end < 0 ? undefined : { kind: packet.toString('latin1', EVENT.length, end) }
}

/** A call of `compare` takes longer than so few bytes. */
function startsWith(packet: Buffer, start: Buffer): boolean {
  for (let i = 0; i < start.length; i++) if (packet[i] !== start[i]) return false
  return true
}

function readSeq(packet: Buffer, from: number): number | undefined {
  const found = packet.indexOf(SEQ, from)
  if (found < 0) return undefined
  let seq = 0
  for (let at = found + SEQ.length; at < packet.length; at++) {
    const digit = packet[at]! - ZERO
    if (digit < 0 || digit > 9) break
    seq = seq * 10 + digit
  }
  return seq
}

const COMMAND_HEAD = /^2(?:\/,)?(\d{1,15})?(?:\["(\w{1,40})")?/

/** The ack id and the name of a command that is refused without being parsed, as far as its first characters contain them. */
export function readCommandHead(text: string): { readonly id?: number; readonly name?: string } {
  const [, id, name] = COMMAND_HEAD.exec(text.slice(0, 64)) ?? []
  return { ...(id === undefined ? undefined : { id: Number(id) }), ...(name === undefined ? undefined : { name }) }
}

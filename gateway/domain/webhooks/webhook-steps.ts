/**
 * The events of a conversation that a webhook still has to get, in order, as pure functions of the log, the cursor and the time. Each step has the
 * cursor after it, so that a delivery that was cut off goes on there.
 */
import type { Page } from '../../backbone/backbone.ts'
import { conversationSides } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import type { PastEvent, WebhookEvent } from './webhook-target.ts'

/** How far one webhook is in one conversation. */
export interface WebhookCursor {
  readonly epoch: string
  /** The last message delivered, its number and client id; 0 before the first, '' where the client id is not known. */
  readonly seq: number
  readonly id: string
  /** The last step of the assignment's history delivered. */
  readonly past: number
  /** Up to this message it is decided whether the recipient is absent. */
  readonly absent: number
  /** Since when the next event fails, in ms since the epoch. */
  readonly failingSince?: number
}

export const START: WebhookCursor = { epoch: '', seq: 0, id: '', past: 0, absent: 0 }

export interface Step {
  /** Undefined: nothing is sent; only the cursor moves. */
  readonly event: WebhookEvent | undefined
  readonly cursor: WebhookCursor
}

/** How many entries are read again if the log is not the one that the cursor knew: a failover may have lost entries, and new ones have got their numbers. */
const BACK_COUNT = 100

/** Messages and the assignment's steps, each step behind the message after which it happened. */
export function stepsOf(conversation: string, page: Page, { cursor, past }: { cursor: WebhookCursor; past: readonly PastEvent[] }): Step[] {
  const steps: Step[] = []
  let now: WebhookCursor = page.head.epoch === cursor.epoch ? cursor : { ...cursor, epoch: page.head.epoch, seq: 0, id: '', absent: 0 }
  const events = past.filter(({ n }) => n > cursor.past)
  const tellPast = (upTo: number): void => {
    while (events.length > 0 && events[0]!.after <= upTo) {
      const event = events.shift()!
      now = { ...now, past: event.n }
      steps.push({ event: pastEvent(conversation, event), cursor: now })
    }
  }
  for (const message of page.messages) {
    if (message.seq <= now.seq) continue
    tellPast(message.seq - 1)
    now = { ...now, seq: message.seq, id: message.id }
    steps.push({ event: messageEvent(message), cursor: now })
  }
  if (now.seq >= page.head.seq) tellPast(Infinity)
  return steps
}

/** Where to read on. The entry of the cursor itself is read, too, to see whether it is still that one. */
export const readFrom = ({ seq }: WebhookCursor): number => Math.max(0, seq - 1)

/** The cursor to go on with where the entry at its place is another one or the log is shorter; undefined: the log is the one that it knows. */
export function rewound({ messages, head }: Page, cursor: WebhookCursor): WebhookCursor | undefined {
  if (cursor.id === '' || head.epoch !== cursor.epoch) return undefined
  const isShort = head.seq < cursor.seq
  const same = messages.find(({ seq }) => seq === cursor.seq)
  if (!isShort && (same === undefined || same.id === cursor.id)) return undefined
  const seq = Math.max(0, Math.min(head.seq, cursor.seq) - BACK_COUNT)
  return { ...cursor, seq, id: '', absent: Math.min(cursor.absent, seq) }
}

/** How many entries were removed from the log before they were delivered. */
export function removedCount({ messages, head }: Page, { epoch, seq }: WebhookCursor): number {
  const first = messages.find((message) => message.seq > seq)
  return first === undefined || epoch === '' || head.epoch !== epoch ? 0 : first.seq - seq - 1
}

const messageEvent = (message: Message): WebhookEvent => ({
  key: `message ${message.epoch} ${message.seq} ${message.conversation}`,
  type: 'message',
  at: message.at,
  data: { conversation: message.conversation, message },
})

export const withdrawnEvent = (message: Message): WebhookEvent => ({
  ...messageEvent(message),
  key: `withdrawn ${message.epoch} ${message.seq} ${message.conversation}`,
  type: 'withdrawn',
})

/** `to`: the side that is not there. */
export const absentEvent = (message: Message, to: string): WebhookEvent => ({
  ...messageEvent(message),
  key: `absent ${message.epoch} ${message.seq} ${message.conversation}`,
  type: 'absent',
  data: { conversation: message.conversation, to, message },
})

function pastEvent(conversation: string, { n, type, at, agent, reason, until, score, text }: PastEvent): WebhookEvent {
  const [shop, customer] = conversationSides(conversation)!
  return { key: `${type} ${n} ${at} ${conversation}`, type, at, data: { conversation, shop, customer, agent, reason, until, score, text } }
}

/** Whom the message is for. */
export const recipientOf = ({ conversation, side }: Message): string | undefined => conversationSides(conversation)?.find((each) => each !== side)

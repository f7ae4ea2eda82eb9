/** What a list of conversations and a desk hear beside the chat, checked as in incoming.ts. */
import { address, backendState, CHAT_CHECKS, cursors, head, messageFrom, type Checks } from './incoming.ts'
import { count, flag, id, list, number, oneOf, record, text, time, yes, type Check } from './shape.ts'

const person = record({ id }, { name: text })
const product = record({ title: text }, { id: text, url: text, image: text, price: text })
const transfer = record({ id, from: person, to: person, at: time, expiresAt: time }, { note: text, isRequest: yes })
const block = record({ by: person, reason: text, at: time }, { until: time })
const score: Check<number> = (value) => ([1, 2, 3, 4, 5].includes(value as number) ? (value as number) : undefined)
const rating = record({ score, at: time }, { text })
const service = record(
  { phase: oneOf('waiting', 'open', 'closed'), since: time },
  { agent: person, transfer, blocked: block, rating, tags: list(text) },
)
const note = record({ id, by: person, text, at: time })
const row = record(
  { conversation: id, to: id, head, cursors, unread: count, at: time },
  { name: text, logo: address, last: messageFrom, service, guest: yes, blocking: yes },
)
const quickReply = record({ id, scope: oneOf('shop', 'own'), title: text, text }, { folder: text })
const order = record({ number: text, title: text }, { status: text, total: text, count, at: time, url: text, image: text })
const customerInfo = record({}, { profile: list(record({ label: text, value: text })), orders: list(order) })
const changed = record({ service })

const stars: Check<number[]> = (value) => {
  const counts = list(count)(value)
  return counts?.length === 5 ? counts : undefined
}
const span = record({ p50: number, p90: number })
const counts = { conversations: count, missed: count, closed: count, ratings: stars }
const spans = { answer: span, wait: span }

export const MAILBOX_CHECKS: Checks = {
  answers: {
    ...CHAT_CHECKS.answers,
    conversations: record({ conversations: list(row), more: flag }),
    search: record({ hits: list(record({ row }, { message: messageFrom })), isComplete: flag }),
    queue: record({ conversations: list(row), more: flag }),
    claim: changed,
    close: changed,
    transfer: changed,
    requestTransfer: changed,
    acceptTransfer: changed,
    block: changed,
    unblock: changed,
    blocked: record(
      {
        blocked: list(record({ conversation: id, to: id, by: person, reason: text, at: time }, { name: text, until: time, guest: yes })),
      },
      { more: yes },
    ),
    report: record({
      timeZone: text,
      total: record(counts, spans),
      days: list(record({ day: text, ...counts }, spans)),
      agents: list(record({ id, ...counts }, { name: text, ...spans })),
    }),
    notes: record({ notes: list(note) }),
    saveNote: record({}, { note }),
    quickReplies: record({ quickReplies: list(quickReply) }),
    customer: record(
      { state: backendState },
      {
        info: customerInfo,
        at: time,
        viewing: product,
        earlier: list(record({ from: time, to: time, seq: count }, { agent: text })),
      },
    ),
  },
  pushes: {
    ...CHAT_CHECKS.pushes,
    conversationPush: row,
    transferPush: record({ conversation: id, transfer, state: oneOf('offered', 'accepted', 'declined', 'expired') }, { by: person, name: text }),
    notePush: record({ conversation: id, note }),
    viewingPush: record({ conversation: id }, { product }),
  },
}

/**
 * A conversation's confirmed messages as a pure value: what the gateway said, by seq, without holes.
 * Messages that came before their turn wait in `early` until the ones between are here.
 */
import type { Message } from '../../gateway/protocol/model.ts'

export interface Timeline {
  readonly epoch: string
  /** Ascending, successive seqs; each one's `prev` is the id of the one before. */
  readonly messages: readonly Message[]
  /** The seq of the last one, 0 for an empty log, undefined while nothing is known. */
  readonly end: number | undefined
  readonly early: readonly Message[]
  readonly hasOlder: boolean
}

/** What an insert found: nothing new, something new, messages missing before it, or another log than the one we know. */
export type Outcome = 'same' | 'grown' | 'gap' | 'diverged'

const EARLY_COUNT = 300

export const EMPTY: Timeline = { epoch: '', messages: [], end: undefined, early: [], hasOlder: false }

/** The timeline that starts with these messages, whatever was before. `end` counts where there are none. */
export function startTimeline(page: {
  readonly epoch: string
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  readonly early?: readonly Message[]
}): Timeline {
  const { epoch, messages, hasOlder, early = [] } = page
  return drain({ epoch, messages, end: messages[messages.length - 1]?.seq ?? 0, early, hasOlder }).timeline
}

export function insert(timeline: Timeline, message: Message): { readonly timeline: Timeline; readonly outcome: Outcome } {
  const { end, messages, epoch } = timeline
  if (end === undefined) return { timeline: withEarly(timeline, message), outcome: 'gap' }
  const last = messages[messages.length - 1]
  if (last && message.epoch !== epoch) return { timeline, outcome: 'diverged' }
  if (message.seq <= end) {
    const held = messages[message.seq - (messages[0]?.seq ?? 0)]
    return { timeline, outcome: held && held.id !== message.id ? 'diverged' : 'same' }
  }
  if (message.seq > end + 1) return { timeline: withEarly(timeline, message), outcome: 'gap' }
  if (!isNext(last, message)) return { timeline, outcome: 'diverged' }
  return drain({ ...timeline, epoch: message.epoch, messages: [...messages, message], end: message.seq })
}

/** A page of older messages; only what ends right below the first one held is taken. */
export function prepend(timeline: Timeline, page: readonly Message[], hasOlder: boolean): Timeline {
  const first = timeline.messages[0]
  const older = first ? page.filter(({ seq }) => seq < first.seq) : []
  const last = older[older.length - 1]
  if (!first || !last || last.seq + 1 !== first.seq || !isNext(last, first)) return { ...timeline, hasOlder }
  return { ...timeline, messages: [...older, ...timeline.messages], hasOlder }
}

/** Keeps the newest `count`. */
export function trim(timeline: Timeline, count: number): Timeline {
  const { messages } = timeline
  return messages.length > count ? { ...timeline, messages: messages.slice(-count), hasOlder: true } : timeline
}

/**
 * After a divergence: what both logs share, then what the gateway has. `page` is the newest of the gateway's log without
 * holes. `lost` are the held messages that the gateway no longer has; undefined: no common entry within the page.
 */
export function reconcile(
  timeline: Timeline, page: readonly Message[], epoch: string,
): { readonly timeline: Timeline; readonly lost: readonly Message[] } | undefined {
  const theirs = new Map(page.map((message) => [message.seq, message.id]))
  const held = timeline.messages
  // From below: what was offered again may stand above another past under its old number.
  const below = held.filter(({ seq }) => seq < (page[0]?.seq ?? 0)).length
  let count = below
  while (count < held.length && theirs.get(held[count]!.seq) === held[count]!.id) count++
  if (count === below) return undefined
  const common = held[count - 1]!.seq
  const messages = [...held.slice(0, count), ...page.filter(({ seq }) => seq > common)]
  return { timeline: startTimeline({ epoch, messages, hasOlder: timeline.hasOlder }), lost: missingFrom(held.slice(count), page) }
}

export function missingFrom(held: readonly Message[], page: readonly Message[]): readonly Message[] {
  const ids = new Set(page.map(({ id }) => id))
  return held.filter(({ id }) => !ids.has(id))
}

function drain(timeline: Timeline): { readonly timeline: Timeline; readonly outcome: Outcome } {
  const early = timeline.early.filter(({ seq }) => seq > timeline.end!)
  const next = early[0]
  if (next?.seq !== timeline.end! + 1) return { timeline: { ...timeline, early }, outcome: early.length ? 'gap' : 'grown' }
  return insert({ ...timeline, early: early.slice(1) }, next)
}

function withEarly(timeline: Timeline, message: Message): Timeline {
  const { early } = timeline
  if (early.some(({ seq }) => seq === message.seq)) return timeline
  const sorted = [...early, message].sort((a, b) => a.seq - b.seq)
  return { ...timeline, early: sorted.slice(-EARLY_COUNT) }
}

const isNext = (last: Message | undefined, message: Message): boolean =>
  !last || message.prev === undefined || message.prev === last.id

/**
 * A conversation's confirmed messages as an immutable value, by seq, without holes. Messages that arrive ahead of their turn wait in `early` until
 * the ones between are here.
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

const EARLY_COUNT = 300

export const EMPTY: Timeline = { epoch: '', messages: [], end: undefined, early: [], hasOlder: false }

/** A timeline that starts with these messages; early messages that do not fit are dropped. */
export function startTimeline(epoch: string, messages: readonly Message[], hasOlder: boolean, early: readonly Message[] = []): Timeline {
  const last = messages[messages.length - 1]
  const timeline = { epoch, messages, end: last?.seq ?? 0, early: [], hasOlder }
  return drain({ ...timeline, early }) || timeline
}

/** An entry that comes again may have been withdrawn meanwhile, or lost words that it quoted. Returns the same timeline if nothing is new; undefined: the message belongs to another log than the known one. */
export function insert(timeline: Timeline, message: Message): Timeline | undefined {
  const { end, messages } = timeline
  const { seq, id, epoch } = message
  const last = messages[messages.length - 1]
  if (last && epoch !== timeline.epoch) return undefined
  if (seq <= end!) {
    const held = messages.find((each) => each.seq === seq)
    if (!held || JSON.stringify([held.id, held.kind, held.body]) === JSON.stringify([id, message.kind, message.body])) return timeline
    return held.id === id ? { ...timeline, messages: messages.map((each) => (each === held ? message : each)) } : undefined
  }
  if (seq !== end! + 1) return withEarly(timeline, message)
  return isNext(last, message) ? drain({ ...timeline, epoch, messages: [...messages, message], end: seq }) : undefined
}

/** Adds a page of older messages if it ends right below the first one held. */
export function prepend(timeline: Timeline, page: readonly Message[], hasOlder: boolean): Timeline {
  const [first] = timeline.messages
  const older = page.filter(({ seq }) => seq < first!.seq)
  const last = older[older.length - 1]
  const isBelow = last && last.seq + 1 === first!.seq && isNext(last, first!)
  return { ...timeline, messages: isBelow ? [...older, ...timeline.messages] : timeline.messages, hasOlder }
}

/** Keeps the newest `count` messages. */
export function trim(timeline: Timeline, count: number): Timeline {
  const { messages } = timeline
  return messages.length > count ? { ...timeline, messages: messages.slice(-count), hasOlder: true } : timeline
}

/**
 * After a divergence: the part that both logs share, then what the gateway has. `page`: the newest part of the gateway's log, without holes;
 * `hasOlder`: the log has more below it. `lost`: the held messages that are not in it. `isDoubtful`: no common entry was found, but there may be one
 * further down.
 */
export function reconcile(
  timeline: Timeline,
  page: readonly Message[],
  epoch: string,
  hasOlder: boolean,
): { readonly timeline: Timeline; readonly lost: readonly Message[]; readonly isDoubtful: boolean } {
  const theirs = new Map(page.map((message) => [message.seq, nameOf(message)]))
  const held = timeline.messages
  // Compared from below: a message that was sent again may have its old seq above a different past.
  const below = held.filter(({ seq }) => seq < (page[0]?.seq ?? 0)).length
  let count = below
  while (count < held.length && theirs.get(held[count]!.seq) === nameOf(held[count]!)) count++
  const isShared = count > below
  const shared = isShared ? held.slice(0, count) : []
  const last = shared[shared.length - 1]
  const messages = [...shared, ...page.filter(({ seq }) => !last || seq > last.seq)]
  const names = new Set(page.map(nameOf))
  const lost = held.slice(shared.length).filter((message) => !names.has(nameOf(message)))
  return {
    timeline: startTimeline(epoch, messages, isShared ? timeline.hasOlder : hasOlder),
    lost,
    isDoubtful: !isShared && hasOlder && below > 0,
  }
}

/** Ids are their writers' to choose: the other side may copy one. */
const nameOf = ({ side, id }: Message): string => `${side} ${id}`

function drain(timeline: Timeline): Timeline | undefined {
  const early = timeline.early.filter(({ seq }) => seq > timeline.end!)
  const [next] = early
  return next?.seq === timeline.end! + 1 ? insert({ ...timeline, early: early.slice(1) }, next) : { ...timeline, early }
}

function withEarly(timeline: Timeline, message: Message): Timeline {
  const { early } = timeline
  const sorted = [...early.filter(({ seq }) => seq !== message.seq), message].sort((a, b) => a.seq - b.seq)
  return { ...timeline, early: sorted.slice(-EARLY_COUNT) }
}

const isNext = (last: Message | undefined, message: Message): boolean => !last || message.prev === undefined || message.prev === last.id

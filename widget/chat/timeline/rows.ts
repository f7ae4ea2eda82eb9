import type { WireRefusal } from '../../../gateway/protocol/codes.ts'
import type { Body, Cursor, Message } from '../../../gateway/protocol/model.ts'
import type { OutboxItem } from '../../client/types.ts'
import { shownName } from '../../ui/shown-name.ts'

export type MessageState = 'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read'

export interface BubbleRow {
  readonly type: 'bubble'
  /** The same for an outbox item and the message it becomes, so that its node stays. */
  readonly key: string
  readonly id: string
  /** Confirmed messages only. */
  readonly seq?: number
  readonly isOwn: boolean
  readonly kind: string
  readonly body: Body
  readonly at: number
  readonly state: MessageState
  readonly refusal?: WireRefusal
  /** It waits, and would be lost with the page. */
  readonly isOnlyHere?: boolean
  /** A text that waits for a picture before it. */
  readonly isBehind?: boolean
  /** Shown above the first bubble of somebody else's group. */
  readonly name: string | undefined
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Its time is on screen; that of any other shows when somebody points at it. */
  readonly isTimed: boolean
  /** The newest message that the other side has read, which says so in words. */
  readonly isNewestRead: boolean
}

export interface MarkRow {
  readonly type: 'day' | 'new'
  readonly key: string
  readonly at: number
}

export type Row = BubbleRow | MarkRow

export interface RowsInput {
  /** Name shown for a guest. */
  readonly guest: string
  /** An agent's own id: what colleagues wrote has their names. */
  readonly me?: string | undefined
  readonly messages: readonly Message[]
  readonly outbox: readonly OutboxItem[]
  /** The other side; messages of any other side are the person's own. */
  readonly to: string
  readonly theirs: Cursor
  /** The first message that was unread when the panel opened. */
  readonly newFrom: number | undefined
}

const GROUP_MS = 5 * 60_000
/** By the clock and not since the last time shown, or every time would move when an older page comes. */
const TIMED_MS = 5 * 60_000

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

type UngroupedRow = Omit<BubbleRow, 'isFirst' | 'isLast' | 'isTimed' | 'isNewestRead'> & { readonly group: string }

/** Rows of the timeline, top to bottom: confirmed messages, then outbox items, with marks for days and consecutive messages grouped. */
export function rows({ guest, me, messages, outbox, to, theirs, newFrom }: RowsInput): readonly Row[] {
  const confirmed = new Set(messages.filter(({ side }) => side !== to).map(({ id }) => id))
  const bubbles: UngroupedRow[] = messages.map((message) => fromMessage(message, { guest, me, theirs, to }))
  let isPictureAhead = false
  for (const item of outbox) {
    if (confirmed.has(item.id)) continue
    const isPicture = item.kind === 'image'
    bubbles.push({ ...fromOutboxItem(item), isBehind: isPictureAhead && !isPicture && item.state === 'waiting' })
    isPictureAhead ||= isPicture && item.state !== 'failed'
  }
  const newestRead = bubbles.map(({ isOwn, state }) => isOwn && state === 'read').lastIndexOf(true)
  const result: Row[] = []
  bubbles.forEach((bubble, index) => {
    const before = bubbles[index - 1]
    const after = bubbles[index + 1]
    const day = dayOf(bubble.at)
    const isNewDay = !before || dayOf(before.at) !== day
    const isNew = newFrom !== undefined && bubble.seq === newFrom
    if (isNewDay) result.push({ type: 'day', key: `day ${day} ${bubble.key}`, at: day })
    if (isNew) result.push({ type: 'new', key: 'new', at: bubble.at })
    const isFirst = isNewDay || isNew || !isGrouped(before, bubble)
    const isLast = !after || dayOf(after.at) !== day || (newFrom !== undefined && after.seq === newFrom) || !isGrouped(bubble, after)
    const isTimed = isNewDay || Math.floor(before.at / TIMED_MS) !== Math.floor(bubble.at / TIMED_MS)
    result.push({ ...bubble, isFirst, isLast, isTimed, isNewestRead: index === newestRead })
  })
  return result
}

const isGrouped = (a: UngroupedRow, b: UngroupedRow): boolean =>
  a.group === b.group && b.at - a.at < GROUP_MS && a.state !== 'failed' && b.kind !== 'system'

function fromMessage(message: Message, { guest, me, theirs, to }: Pick<RowsInput, 'guest' | 'me' | 'theirs' | 'to'>): UngroupedRow {
  const { id, seq, kind, side, from, name } = message
  const isOwn = side !== to && kind !== 'system'
  const isMine = isOwn && (me === undefined || from === me)
  const state = !isOwn || seq <= theirs.read ? 'read' : seq <= theirs.delivered ? 'delivered' : 'sent'
  return {
    ...message,
    type: 'bubble',
    key: (isOwn ? '>' : '<') + id,
    isOwn,
    state,
    name: isMine || name === undefined ? undefined : shownName(name, from, { guest }),
    group: isMine ? 'own' : isOwn ? `own ${from}` : `${kind === 'system'} ${from}`,
  }
}

const fromOutboxItem = (item: OutboxItem): UngroupedRow => ({
  ...item,
  type: 'bubble',
  key: '>' + item.id,
  isOwn: true,
  name: undefined,
  group: 'own',
})

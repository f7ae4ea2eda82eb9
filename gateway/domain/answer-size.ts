/** Bounds answers in bytes as well as in rows: 100 rows of a few kilobytes each are a list, 100 of 65 kB each are an attack. */
import type { ListRow, Store } from '../backbone/backbone.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { Message } from '../protocol/model.ts'

/** Room for what surrounds the rows of an answer. */
const ENVELOPE_BYTES = 16_384
export const ROWS_BYTES = LIMITS.answerBytes - ENVELOPE_BYTES
/** Rows of a list show only the start of their last message: a body above this size is cut to the start of its text. */
const PREVIEW_BYTES = 2048
const PREVIEW_LENGTH = 500
/** Rows read from the store at once. */
const PAGE_COUNT = 100

/** The most bytes that a UTF-16 code unit has in UTF-8, and that one has in JSON. */
const BYTES_A_UNIT = 3
const ESCAPED_BYTES = 6

export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** The JSON of rows that were measured, for the answer that they are part of. */
const measured = new WeakMap<object, string>()

/** The JSON of an answer's part; that of rows from `firstThatFit` is there. */
export const jsonOf = (part: unknown): string | undefined => (Array.isArray(part) ? measured.get(part) : undefined) ?? JSON.stringify(part)

/** The first rows that fit into an answer, but at least one if there is any. Frozen, because their text may be made already: a copy may be sorted. */
export function firstThatFit<T>(rows: readonly T[], bytes = ROWS_BYTES): T[] {
  // usually all fit by far, and one text says so sooner than one for each
  const json = JSON.stringify(rows)
  if (json.length * BYTES_A_UNIT <= bytes) {
    const all = [...rows]
    Object.freeze(all)
    measured.set(all, json)
    return all
  }
  let left = bytes
  const end = rows.findIndex((row, at) => (left -= jsonBytes(row) + 1) < 0 && at > 0)
  const some = rows.slice(0, end < 0 ? undefined : end)
  Object.freeze(some)
  return some
}

/** A message as a row of a list carries it: whole, or if it is large with only the start of its text as body. */
export function preview(message: Message): Message {
  if (isShort(message.body) || jsonBytes(message.body) <= PREVIEW_BYTES) return message
  // do not cut a surrogate pair in half
  const text = message.body.text.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '')
  return { ...message, body: { text } }
}

/** Whether a body is certainly small enough, even if each character of its text is escaped. */
function isShort(body: Message['body']): boolean {
  for (const name in body) if (name !== 'text') return false
  return body.text.length * ESCAPED_BYTES < PREVIEW_BYTES - ESCAPED_BYTES * 2
}

/** The newest rows of a side's list, with previews. Reads page by page, so that whole messages of at most one page are in memory. */
export async function newestRows(store: Store, side: string, limit: number): Promise<ListRow[]> {
  const rows = new Map<string, ListRow>()
  for (let before: number | undefined; rows.size < limit;) {
    const count = Math.min(PAGE_COUNT, limit - rows.size)
    const page = await store.list(side, before === undefined ? { limit: count } : { before, limit: count })
    const known = rows.size
    for (const row of page.rows) if (!rows.has(row.conversation)) rows.set(row.conversation, { ...row, last: preview(row.last) })
    const last = page.rows.at(-1)
    if (last === undefined || (page.rows.length < count && page.isCut !== true)) break
    // a page may end between rows of the same millisecond: read that millisecond again, unless this page had nothing else
    before = rows.size > known ? last.last.at + 1 : last.last.at
  }
  return [...rows.values()]
}

import type { Note } from '../../../gateway/protocol/model.ts'
import type { MarkRow, Row } from '../../chat/timeline/rows.ts'

/** A row between the bubbles that carries a note. */
export interface NoteRow extends MarkRow {
  readonly note: Note
}

export const isNoteRow = (row: MarkRow): row is NoteRow => 'note' in row

/**
 * Notes by time among the messages on the page. Notes older than the first message held wait until
 * older messages have loaded; notes after the last appear only where the page shows the end.
 */
export function interleaveNotes(
  rows: readonly Row[],
  notes: readonly Note[],
  isWhole: { readonly start: boolean; readonly end: boolean },
): readonly Row[] {
  if (notes.length === 0) return rows
  const result: Row[] = []
  let next = 0
  const firstAt = rows.find((row) => row.type === 'bubble')?.at ?? -Infinity
  if (!isWhole.start) while (next < notes.length && notes[next]!.at < firstAt) next++
  const put = (note: Note): void => void result.push({ type: 'day', key: `note ${note.id}`, at: note.at, note } as NoteRow)
  for (const row of rows) {
    while (row.type === 'bubble' && next < notes.length && notes[next]!.at < row.at) put(notes[next++]!)
    result.push(row)
  }
  if (isWhole.end) while (next < notes.length) put(notes[next++]!)
  return result
}

import { html, nothing, type TemplateResult } from 'lit'
import type { Note } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'

export interface NoteViewOptions {
  readonly strings: DeskStrings
  readonly me: string | undefined
  readonly time: (at: number) => string
  readonly onEdit: (note: Note) => void
  readonly onDelete: (note: Note) => void
}

/** A note among the messages, clearly distinct from them: another colour, full width, and labelled as for colleagues. */
export function noteView(one: Note, { me, onDelete, onEdit, strings, time }: NoteViewOptions): TemplateResult {
  const name = one.by.name ?? one.by.id
  return html`<div class="note-card" part="note" data-test="note" data-id=${one.id} role="note" aria-label=${fill(strings.noteOf, { name })}>
    <div class="note-head"><b dir="auto">${name}</b><time datetime=${new Date(one.at).toISOString()}>${time(one.at)}</time>
      ${
        one.by.id === me
          ? html`<button type="button" data-test="edit-note" @click=${() => onEdit(one)}>${strings.edit}</button>
        <button type="button" data-test="delete-note" @click=${() => onDelete(one)}>${strings.remove}</button>`
          : nothing
      }</div>
    <div class="note-text" dir="auto">${one.text}</div>
  </div>`
}

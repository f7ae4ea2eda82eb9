import { html, type TemplateResult } from 'lit'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { isBlank } from '../../client/is-blank.ts'
import { submitting } from '../../ui/submitting.ts'

const NOTE_LENGTH = 2000

export interface NoteFormView {
  readonly strings: DeskStrings
  readonly isBusy: boolean
  readonly onInput: (text: string) => void
  readonly onSave: (text: string) => void
  readonly onCancel: () => void
}

/**
 * A field apart from the composer, so that a note can never be sent as a message. Enter saves, Shift+Enter breaks, Escape leaves. No render writes its
 * value.
 */
export function noteForm({ isBusy, onCancel, onInput, onSave, strings }: NoteFormView): TemplateResult {
  const save = (form: HTMLFormElement): void => {
    const said = form.querySelector('textarea')!.value.trim()
    if (!isBlank(said)) onSave(said)
  }
  const submit = submitting(save)
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey) save((event.currentTarget as HTMLTextAreaElement).form!)
    else if (event.key === 'Escape') onCancel()
    else return
    event.preventDefault()
  }
  return html`<form class="note-form" part="note-form" data-test="note-form" action="#" @click=${submit} @submit=${submit}>
    <label class="sr" for="note">${strings.noteAdd}</label>
    <textarea class="note-field" id="note" data-test="note-field" rows="2" maxlength=${NOTE_LENGTH} placeholder=${strings.noteAdd} dir="auto"
      aria-describedby="note-for" @keydown=${onKeydown}
      @input=${({ target }: Event) => onInput((target as HTMLTextAreaElement).value)}></textarea>
    <span class="hint" id="note-for">${strings.noteHint}</span>
    <span class="note-acts"><button type="button" class="act" data-test="cancel-note" @click=${onCancel}>${strings.cancel}</button>
      <button type="submit" class="act main" data-test="save-note" ?disabled=${isBusy}>${strings.save}</button></span>
  </form>`
}

import { html, type TemplateResult } from 'lit'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import { isBlank } from '../../client/is-blank.ts'
import { submitting } from '../../ui/submitting.ts'

export interface ReplyDraft {
  readonly title: string
  readonly text: string
  readonly folder: string
  readonly scope: QuickReply['scope']
}

export interface ReplyFormView {
  readonly strings: DeskStrings
  readonly folders: readonly string[]
  readonly isBusy: boolean
  /** What it is now; undefined: a new one. */
  readonly before: QuickReply | undefined
  readonly onSave: (draft: ReplyDraft) => void
  readonly onCancel: () => void
}

const SCOPES = ['shop', 'own'] as const

/** One quick reply open for writing. Another folder's name moves it there. */
export function replyForm({ before, folders, isBusy, onCancel, onSave, strings }: ReplyFormView): TemplateResult {
  const submit = submitting((form) => {
    const data = new FormData(form)
    const of = (name: string): string => String(data.get(name) ?? '').trim()
    if (!isBlank(of('title')) && !isBlank(of('text')))
      onSave({
        title: of('title'),
        text: of('text'),
        folder: of('folder'),
        scope: of('scope') === 'shop' ? 'shop' : 'own',
      })
  })
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return
    // The form ends, not the dialog.
    event.preventDefault()
    event.stopPropagation()
    onCancel()
  }
  return html`<form class="form reply-form" data-test="reply-form" action="#" @click=${submit} @submit=${submit} @keydown=${onKeydown}>
    <div class="two"><label class="labelled"><span>${strings.replyTitle}</span>
      <input name="title" data-test="reply-title" required maxlength="80" .defaultValue=${before?.title ?? ''} dir="auto" autofocus></label>
    <label class="labelled"><span>${strings.folder}</span>
      <input name="folder" data-test="reply-folder" maxlength="80" list="folders" .defaultValue=${before?.folder ?? ''} dir="auto" autocomplete="off">
      <datalist id="folders">${folders.map((folder) => html`<option value=${folder}></option>`)}</datalist></label></div>
    <label class="labelled"><span>${strings.replyText}</span>
      <textarea name="text" data-test="reply-text" rows="3" required maxlength="2000" .defaultValue=${before?.text ?? ''} dir="auto"
        aria-describedby="names"></textarea><span class="hint" id="names">${strings.replyNames}</span></label>
    <fieldset><legend>${strings.scope}</legend><div class="choices">${SCOPES.map(
      (scope) => html`<label
      ><input type="radio" name="scope" value=${scope} ?checked=${scope === (before?.scope ?? 'own')}
      ><span>${strings.scopes[scope]}</span></label>`,
    )}</div></fieldset>
    <div class="form-acts"><button type="submit" class="act main" data-test="save-reply" ?disabled=${isBusy}>${strings.save}</button>
      <button type="button" class="act" data-test="cancel-reply" @click=${onCancel}>${strings.cancel}</button></div>
  </form>`
}

import { html, nothing, type TemplateResult } from 'lit'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { FileFault, DeskStrings } from '../../locales/desk-strings.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import { replyForm, type ReplyDraft } from './reply-form.ts'
import { repeat } from '../../ui/keyed-list.ts'

export interface ReplyManagerView {
  readonly strings: DeskStrings
  readonly query: string
  /** The key of the reply that is open, '' a new one. */
  readonly editing: string | undefined
  readonly fault: { readonly fault: FileFault; readonly n?: number } | undefined
  readonly isBusy: boolean
  readonly leftCount: number
  readonly folders: readonly string[]
  readonly groups: readonly (readonly [folder: string, replies: readonly QuickReply[]])[]
  readonly search: (query: string) => void
  readonly edit: (key: string | undefined) => void
  readonly save: (draft: ReplyDraft, before: QuickReply | undefined) => void
  readonly remove: (reply: QuickReply) => void
  readonly import: (file: File) => void
  readonly export: () => void
}

const keyOf = ({ id, scope }: QuickReply): string => `${scope} ${id}`

/** All quick replies by folder; each is edited where it stands. */
export function replyManagerView(view: ReplyManagerView): TemplateResult {
  const { editing, fault, groups, leftCount, query, strings } = view
  return html`<div class="manager">
    <div class="manager-bar">
      <div class="search">${deskIcons.search}<input type="search" data-test="search-replies" .value=${query} aria-label=${strings.searchReplies}
        placeholder=${strings.searchReplies} autocomplete="off"
        @input=${(event: Event) => view.search((event.target as HTMLInputElement).value)}></div>
      <button type="button" class="act main" data-test="new-reply" @click=${() => view.edit('')}>${strings.newReply}</button>
      ${file(view)}
      <button type="button" class="act" data-test="export" @click=${view.export}>${strings.exportFile}</button>
    </div>
    ${fault ? html`<p class="trouble" role="alert" data-test="fault">${fill(strings.faults[fault.fault], { n: fault.n ?? 0 })}</p>` : nothing}
    ${leftCount > 0 ? html`<p class="hint" role="status">${fill(strings.importing, { n: leftCount })}</p>` : nothing}
    ${editing === '' ? form(view, undefined) : nothing}
    ${groups.length === 0 && editing !== '' ? html`<p class="hint">${strings.noReplies}</p>` : nothing}
    ${repeat(
      groups,
      ([folder]) => folder,
      ([folder, replies]) => html`<section data-test="folder" data-folder=${folder}>
      ${groups.length === 1 && folder === '' ? nothing : html`<h3 class="side-title" dir="auto">${folder === '' ? strings.noFolder : folder}</h3>`}
      <ul class="lines">${repeat(replies, keyOf, (reply) => replyRow(view, reply))}</ul></section>`,
    )}
  </div>`
}

function file({ import: take, isBusy, strings }: ReplyManagerView): TemplateResult {
  const onChange = ({ target }: Event): void => {
    const input = target as HTMLInputElement
    const [chosen] = input.files ?? []
    if (chosen) take(chosen)
    input.value = ''
  }
  return html`<label class="act file">${strings.importFile}<input type="file" class="sr" data-test="import" accept=".json,application/json"
    ?disabled=${isBusy} @change=${onChange}></label>`
}

const form = (view: ReplyManagerView, before: QuickReply | undefined): TemplateResult =>
  replyForm({
    strings: view.strings,
    folders: view.folders,
    isBusy: view.isBusy,
    before,
    onSave: (draft) => view.save(draft, before),
    onCancel: () => view.edit(undefined),
  })

function replyRow(view: ReplyManagerView, reply: QuickReply): TemplateResult {
  const { edit, editing, isBusy, remove, strings } = view
  const { scope, text, title } = reply
  if (editing === keyOf(reply)) return html`<li>${form(view, reply)}</li>`
  return html`<li data-test="managed-reply" data-id=${reply.id} data-scope=${scope}>
    <div class="line-words"><b dir="auto">${title}</b><span class="one-line" dir="auto">${text}</span>
      <span class="hint">${strings.scopes[scope]}</span></div>
    <button type="button" class="act" data-test="edit-reply" aria-label="${strings.edit}: ${title}"
      @click=${() => edit(keyOf(reply))}>${strings.edit}</button>
    <button type="button" class="act" data-test="delete-reply" aria-label="${strings.remove}: ${title}" ?disabled=${isBusy}
      @click=${() => remove(reply)}>${strings.remove}</button>
  </li>`
}

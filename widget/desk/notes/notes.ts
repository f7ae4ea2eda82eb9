import { nothing, type ReactiveController, type TemplateResult } from 'lit'
import type { Note } from '../../../gateway/protocol/model.ts'
import { messageTime } from '../../locales/message-time.ts'
import type { MailboxPaneView } from '../../mailbox/mailbox-view.ts'
import { newId } from '../../mailbox/new-id.ts'
import type { DeskContext } from '../desk-context.ts'
import { interleaveNotes, isNoteRow } from './interleave-notes.ts'
import { noteForm } from './note-form.ts'
import { NoteList } from './note-list.ts'
import { noteView } from './note-view.ts'

/**
 * What colleagues write to each other in a conversation; the customer never sees it.
 * reading → writing (a new note, or one's own that is changed) → saving → reading; another conversation or person ends it without saving.
 */
export class Notes implements ReactiveController {
  readonly #desk: DeskContext
  readonly #list: NoteList
  /** The note in the form: a new one, or the one being changed. */
  #draft: { readonly note: Note | undefined } | undefined
  #isSaving = false
  #to = ''

  constructor(desk: DeskContext) {
    this.#desk = desk
    this.#list = new NoteList(desk.element)
    desk.element.addController(this)
  }

  /** Opens the form for a new note; false where there is nothing yet to make a note on. */
  write(): boolean {
    const { row, view } = this.#desk
    if (!row && view.controller.messages.length === 0) return false
    this.#open(undefined)
    return true
  }

  /** The desk now belongs to another agent. */
  reset(): void {
    this.#draft = undefined
    this.#isSaving = false
  }

  hostUpdate(): void {
    const {
      element,
      view: { client, to },
    } = this.#desk
    if (!element.isConnected) return
    this.#list.use(client)
    this.#list.about(to)
    if (to !== this.#to) this.#draft = undefined
    this.#to = to
  }

  /** Over the composer, while a note is being written. */
  form(): TemplateResult | typeof nothing {
    const draft = this.#draft
    if (!draft) return nothing
    return noteForm({
      strings: this.#desk.words,
      text: draft.note?.text ?? '',
      isBusy: this.#isSaving,
      onSave: (text) =>
        void this.#save(draft.note?.id ?? newId(), text).then((isDone) => {
          if (isDone) this.#close()
        }),
      onCancel: () => this.#close(),
    })
  }

  /** The notes among the messages. */
  amongMessages(): Pick<MailboxPaneView, 'between' | 'extra'> {
    const { me, toast, view, words } = this.#desk
    const { time } = messageTime(view.language.lang)
    const options = {
      strings: words,
      me,
      time,
      onEdit: (note: Note) => this.#open(note),
      onDelete: (note: Note) =>
        void this.#save(note.id, '').then((isDone) => {
          const onUndo = (): void => void this.#save(newId(), note.text)
          if (isDone) toast.say({ text: words.noteDeleted, onUndo })
        }),
    }
    return {
      between: (rows, isWhole) => interleaveNotes(rows, this.#list.notes, isWhole),
      extra: (row) => (isNoteRow(row) ? noteView(row.note, options) : undefined),
    }
  }

  /** Resolves with whether the gateway saved it; shows a refusal, unless the desk has passed to another agent. */
  async #save(id: string, text: string): Promise<boolean> {
    const { element, refused, view } = this.#desk
    const { client } = view
    this.#isSaving = true
    try {
      await this.#list.save(id, text)
      return client === view.client
    } catch (error) {
      if (client === view.client) refused(error)
      return false
    } finally {
      if (client === view.client) this.#isSaving = false
      element.requestUpdate()
    }
  }

  #open(note: Note | undefined): void {
    const { element } = this.#desk
    this.#draft = { note }
    element.requestUpdate()
    void element.updateComplete.then(() => element.renderRoot.querySelector<HTMLElement>('.note-field')?.focus())
  }

  #close(): void {
    const { element } = this.#desk
    this.#draft = undefined
    element.requestUpdate()
    element.renderRoot.querySelector<HTMLElement>('form.composer textarea')?.focus()
  }
}

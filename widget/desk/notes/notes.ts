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

interface Draft {
  /** Undefined: a new one. */
  readonly note: Note | undefined
  /** One for all attempts to save it: an answer may be lost. */
  readonly id: string
  text: string
}

/**
 * What colleagues write to each other in a conversation; the customer never sees it.
 * reading → writing (a new note, or one's own that is changed) → saving → reading. What is being written waits with its conversation while another is
 * open; another person ends it.
 */
export class Notes implements ReactiveController {
  readonly #desk: DeskContext
  readonly #list: NoteList
  /** By whom the conversation is with. */
  readonly #drafts = new Map<string, Draft>()
  readonly #saving = new Set<string>()

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
    this.#drafts.clear()
    this.#saving.clear()
  }

  hostUpdate(): void {
    const {
      element,
      view: { client, to },
    } = this.#desk
    if (!element.isConnected) return
    this.#list.use(client)
    this.#list.about(to)
  }

  /** The form's nodes stay when another conversation opens that has a draft, too. */
  hostUpdated(): void {
    const field = this.#field
    const draft = this.#draft
    if (field && draft && field.value !== draft.text) field.value = draft.text
  }

  /** Over the composer, while a note is being written. */
  form(): TemplateResult | typeof nothing {
    const draft = this.#draft
    if (!draft) return nothing
    const { to } = this.#desk.view
    return noteForm({
      strings: this.#desk.words,
      isBusy: this.#saving.has(draft.id),
      onInput: (text) => void (draft.text = text),
      onSave: (text) =>
        void this.#save(to, draft.id, text).then((isDone) => {
          if (isDone && this.#drafts.get(to) === draft) this.#close(to)
        }),
      onCancel: () => this.#close(to),
    })
  }

  /** The notes among the messages. */
  amongMessages(): Pick<MailboxPaneView, 'between' | 'extra'> {
    const { me, toast, view, words } = this.#desk
    const { to } = view
    const { time } = messageTime(view.language.lang)
    const options = {
      strings: words,
      me,
      time,
      onEdit: (note: Note) => this.#open(note),
      onDelete: (note: Note) =>
        void this.#save(to, note.id, '').then((isDone) => {
          const id = newId()
          const onUndo = (): void => void this.#save(to, id, note.text)
          if (isDone) toast.say({ text: words.noteDeleted, onUndo })
        }),
    }
    return {
      between: (rows, isWhole) => interleaveNotes(rows, this.#list.notes, isWhole),
      extra: (row) => (isNoteRow(row) ? noteView(row.note, options) : undefined),
    }
  }

  /** Resolves with whether the gateway saved it; shows a refusal, unless the desk has passed to another agent. */
  async #save(to: string, id: string, text: string): Promise<boolean> {
    const { element, refused, view } = this.#desk
    const { client } = view
    if (this.#saving.has(id)) return false
    this.#saving.add(id)
    try {
      await this.#list.save(to, id, text)
      return client === view.client
    } catch (error) {
      if (client === view.client) refused(error)
      return false
    } finally {
      if (client === view.client) this.#saving.delete(id)
      element.requestUpdate()
    }
  }

  get #draft(): Draft | undefined {
    return this.#drafts.get(this.#desk.view.to)
  }

  get #field(): HTMLTextAreaElement | null {
    return this.#desk.element.renderRoot.querySelector('.note-field')
  }

  /** Another note that is being written here stays until it is saved or cancelled. */
  #open(note: Note | undefined): void {
    const {
      element,
      view: { to },
    } = this.#desk
    const held = this.#draft
    if (!held || held.text === (held.note?.text ?? '')) this.#drafts.set(to, { note, id: note?.id ?? newId(), text: note?.text ?? '' })
    element.requestUpdate()
    void element.updateComplete.then(() => this.#field?.focus())
  }

  #close(to: string): void {
    const { element, view } = this.#desk
    this.#drafts.delete(to)
    element.requestUpdate()
    if (to === view.to) element.renderRoot.querySelector<HTMLElement>('form.composer textarea')?.focus()
  }
}

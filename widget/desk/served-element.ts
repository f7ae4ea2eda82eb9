import { nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Body, ConversationRow, Note, Product } from '../../gateway/protocol/model.ts'
import type { Person } from '../client/types.ts'
import { Collision } from './assignment/collision.ts'
import { Customer } from './customer/customer.ts'
import { newId } from './new-id.ts'
import { Notes } from './notes/notes.ts'
import { EverySecond } from '../ui/every-second.ts'
import { AssignmentController } from './assignment/assignment.ts'
import { commandRefusal, type CommandRefusal } from '../mailbox/command-refusal.ts'
import { Toast } from '../ui/toast.ts'
import { messageTime } from '../locales/message-time.ts'
import { customerPanel, type Order } from './customer/customer-panel.ts'
import { interleaveNotes, isNoteRow } from './notes/interleave-notes.ts'
import { noteForm } from './notes/note-form.ts'
import { note } from './notes/note.ts'
import { offers } from './assignment/offers.ts'
import { assignmentBar } from './assignment/assignment-bar.ts'
import { toastView } from '../ui/toast-view.ts'
import { isolated } from '../ui/isolated.ts'
import type { MailboxPaneOptions } from '../mailbox/mailbox-pane.ts'
import { ShelvedElement } from './shelved-element.ts'

/** Conversations that agents of a shop take, hand on, close, block and make notes on: what `<im-desk>` does beyond `<im-inbox>`. */
export abstract class ServedElement extends ShelvedElement {
  protected readonly toast = new Toast(this)
  protected readonly service: AssignmentController = new AssignmentController({
    host: this,
    rows: () => this.mailbox.rows,
    onOutcome: ({ conversation, name, state, transfer }) => {
      if (state === 'offered') return
      const to = this.mailbox.rows.find((row) => row.conversation === conversation)?.to ?? conversation
      const isMissed = transfer.to.id === this.me
      const other = isMissed ? transfer.from : transfer.to
      const sentence = this.words.outcomes[isMissed ? 'missed' : state]
      this.toast.say({ text: isolated(sentence, { customer: this.called(to, name), name: other.name ?? other.id }) })
    },
    onRefused: (refusal) => this.#sayRefused(refusal),
  })
  protected readonly customer = new Customer(this)
  protected readonly notes = new Notes(this)
  readonly #collision = new Collision(this)
  /** The note that is being written: a new one, or the one that is changed. */
  #noteDraft: { readonly note: Note | undefined } | undefined
  #isNoteBusy = false

  constructor() {
    super()
    new EverySecond(this, () => this.mailbox.rows.some(({ service }) => service?.transfer !== undefined))
  }

  /** The row of the open conversation. */
  protected get row(): ConversationRow | undefined {
    return this.mailbox.rows.find(({ to }) => to === this.to)
  }

  /** Date and time of something that may be long ago or far ahead. */
  protected readonly moment = (at: number): string => {
    const { lang } = this.language
    try {
      return new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(at)
    } catch {
      return new Date(at).toLocaleString()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!this.isConnected) return
    const { client } = this.controller
    for (const each of [this.service, this.customer, this.notes, this.#collision]) each.use(client)
    this.customer.about(this.to)
    this.notes.about(this.to)
    if (changed.has('to')) this.#noteDraft = undefined
  }

  protected override onPerson(who: Person): void {
    this.toast.dismiss()
    this.#noteDraft = undefined
    this.#isNoteBusy = false
    super.onPerson(who)
  }

  /** What the agent did was refused, or nobody answered. */
  protected readonly refusedAct = (error: unknown): void => this.#sayRefused(commandRefusal(error))

  #sayRefused(refusal: CommandRefusal): void {
    this.toast.say({ text: this.words.refusals[refusal], isFailure: true })
  }

  /** A transfer that is offered is answered or taken back before anything else can be done with the conversation. */
  protected claim(): boolean {
    const { me, row } = this
    if (!row?.service || row.service.blocked || row.service.transfer || (row.service.phase === 'open' && row.service.agent?.id === me)) return false
    void this.service.change(row, 'claim', { conversation: row.conversation })
    return true
  }

  protected finish(): boolean {
    const { row } = this
    if (!row?.service || row.service.phase === 'closed' || row.service.transfer) return false
    const { conversation, to } = row
    const text = isolated(this.words.closedNow, { name: this.called(to, row.name) })
    void this.service.change(row, 'close', { conversation }).then((isDone) => {
      if (isDone) this.toast.say({ text, onUndo: () => void this.service.change(row, 'claim', { conversation }) })
    })
    return true
  }

  protected unblock(row: ConversationRow): void {
    const { conversation, service } = row
    const blocked = service?.blocked
    void this.service.change(row, 'unblock', { conversation }).then((isDone) => {
      if (!isDone || !blocked) return
      const { reason, until } = blocked
      const again = { conversation, reason, ...(until === undefined ? {} : { until }) }
      this.toast.say({
        text: isolated(this.words.unblockedNow, { name: this.called(row.to, row.name) }),
        onUndo: () => void this.service.change(row, 'block', again),
      })
    })
  }

  protected async block(row: ConversationRow, wish: { readonly reason: string; readonly forMs: number | undefined }): Promise<boolean> {
    const { conversation } = row
    const until = wish.forMs === undefined ? {} : { until: Date.now() + wish.forMs }
    if (!(await this.service.change(row, 'block', { conversation, reason: wish.reason, ...until }))) return false
    this.toast.say({
      text: isolated(this.words.blockedNow, { name: this.called(row.to, row.name) }),
      onUndo: () => void this.service.change(row, 'unblock', { conversation }),
    })
    return true
  }

  protected async handOn(row: ConversationRow, { note: said, to }: { readonly to: string; readonly note: string }): Promise<boolean> {
    const isDone = await this.service.change(row, 'transfer', { conversation: row.conversation, to, ...(said ? { note: said } : {}) })
    if (isDone && to === 'queue') this.toast.say({ text: isolated(this.words.queued, { name: this.called(row.to, row.name) }) })
    return isDone
  }

  protected writeNote(): boolean {
    if (!this.row && this.controller.messages.length === 0) return false
    this.#openNote(undefined)
    return true
  }

  protected served(): TemplateResult {
    const offered = this.service.offersTo(this.me).map(({ row, transfer }) => ({
      id: row.conversation, transfer,
      name: this.called(row.to, row.name),
      isBusy: this.service.isBusy(row.conversation),
      onAnswer: (accept: boolean) => void this.service
        .change(row, 'acceptTransfer', { conversation: row.conversation, transfer: transfer.id, accept })
        .then((isDone) => { if (isDone && accept) this.open(row.to) }),
      onLook: () => this.open(row.to),
    }))
    return offers(offered, this.words, Date.now())
  }

  /** Inside an open dialog, else over the page: what lies outside a dialog cannot be reached. */
  protected toastView(): TemplateResult {
    const { toast: { dismiss, word }, words } = this
    return toastView({ word, undoLabel: words.undo, dismissLabel: this.language.mailboxStrings.close, onDismiss: dismiss })
  }

  protected assignmentBar(onTransfer: () => void): TemplateResult | typeof nothing {
    const { row } = this
    if (!row?.service) return nothing
    const { conversation, service: { transfer } } = row
    return assignmentBar({
      strings: this.words, lang: this.language.lang, now: Date.now(), me: this.me, service: row.service,
      answering: this.#collision.in(conversation),
      isBusy: this.service.isBusy(conversation),
      time: this.moment,
      onClaim: () => this.claim(),
      onClose: () => this.finish(),
      onTransfer,
      onTakeBack: () => void this.service.change(row, 'acceptTransfer', { conversation, transfer: transfer?.id ?? '', accept: false }),
      onUnblock: () => this.unblock(row),
    })
  }

  protected noteForm(): TemplateResult | typeof nothing {
    const draft = this.#noteDraft
    if (!draft) return nothing
    return noteForm({
      strings: this.words, text: draft.note?.text ?? '', isBusy: this.#isNoteBusy,
      onSave: (text) => void this.#saveNote(draft.note?.id ?? newId(), text).then((isDone) => { if (isDone) this.#closeNote() }),
      onCancel: () => this.#closeNote(),
    })
  }

  /** Notes among the messages. */
  protected noted(): Pick<MailboxPaneOptions, 'between' | 'extra'> {
    const { time } = messageTime(this.language.lang)
    const view = {
      strings: this.words, me: this.me, time,
      onEdit: (one: Note) => this.#openNote(one),
      onDelete: (one: Note) => void this.#saveNote(one.id, '').then((isDone) => {
        const onUndo = (): void => void this.#saveNote(newId(), one.text)
        if (isDone) this.toast.say({ text: this.words.noteDeleted, onUndo })
      }),
    }
    return {
      between: (rows, isWhole) => interleaveNotes(rows, this.notes.list, isWhole),
      extra: (row) => (isNoteRow(row) ? note(row.note, view) : undefined),
    }
  }

  protected customerPanel(onCopy: (text: string) => void): TemplateResult {
    const { strings } = this.language
    return customerPanel({
      strings, deskStrings: this.words, tryAgain: strings.tryAgain,
      answer: this.customer.answer,
      isLoading: this.customer.isLoading,
      isTrusted: (address) => this.controller.isTrusted(address),
      time: this.moment,
      onRetry: this.customer.retry,
      onSendProduct: (product) => this.#sendProduct(product),
      onSendOrder: (order) => this.#sendOrder(order),
      onCopy,
    })
  }

  #sendProduct(product: Product): void {
    const text = [product.title, product.price, product.url].filter(Boolean).join(' · ')
    this.#sendCard('product', { ...product, text })
  }

  #sendOrder({ image, number, status, title, total, url }: Order): void {
    const text = [`${this.language.strings.order} ${number}`, title, status, total].filter(Boolean).join(' · ')
    const body = { number, title, status, total, image, url, text }
    this.#sendCard('order', body)
  }

  #sendCard(kind: string, body: Body): void {
    const { conversation } = this.controller
    if (!conversation) return
    if (this.thread.sendBody(kind, body) === undefined) this.#sayRefused('other')
    else this.toast.say({ text: this.words.cardSent })
  }

  async #saveNote(id: string, text: string): Promise<boolean> {
    const { client } = this.controller
    this.#isNoteBusy = true
    try {
      await this.notes.save(id, text)
      return client === this.controller.client
    } catch (error) {
      if (client !== this.controller.client) return false
      this.refusedAct(error)
      return false
    } finally {
      if (client === this.controller.client) this.#isNoteBusy = false
      this.requestUpdate()
    }
  }

  #openNote(one: Note | undefined): void {
    this.#noteDraft = { note: one }
    this.requestUpdate()
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.note-field')?.focus())
  }

  #closeNote(): void {
    this.#noteDraft = undefined
    this.requestUpdate()
    this.renderRoot.querySelector<HTMLElement>('form.composer textarea')?.focus()
  }
}

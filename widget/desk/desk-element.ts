import { html, type PropertyValues, type TemplateResult } from 'lit'
import type { ListingClient, Person } from '../client/types.ts'
import { ConnectedElement } from '../chat/connected-element.ts'
import type { DeskEvents } from '../chat/element-events.ts'
import type { DeskAction } from '../locales/mailbox-strings.ts'
import type { OwnTexts } from '../locales/texts.ts'
import { MailboxView } from '../mailbox/mailbox-view.ts'
import { languageReady } from '../ui/language-of.ts'
import { modal } from '../ui/modal.ts'
import { deskIcons } from '../ui/page-icons.ts'
import { toastView } from '../ui/toast-view.ts'
import { tool, type ToolOptions } from '../ui/tool.ts'
import { AssignmentController } from './assignment/assignment.ts'
import { composerTools } from './composer-tools.ts'
import { Customer } from './customer/customer.ts'
import { DeskContext } from './desk-context.ts'
import { DESK_DECLARATIONS, DESK_PROPERTIES } from './desk-properties.ts'
import { deskStyles } from './desk-styles.ts'
import { LostFocus } from './lost-focus.ts'
import { Notes } from './notes/notes.ts'
import type { QuickReply } from './replies/quick-reply-search.ts'
import { Replies } from './replies/replies.ts'
import { Report } from './report/report.ts'
import { Search } from './search/search.ts'
import { DeskShortcuts } from './shortcuts/desk-shortcuts.ts'
import type { Chord } from './shortcuts/shortcuts.ts'
import { AgentStatus } from './status/status.ts'
import { urgency } from './urgency.ts'

const TOOL_ICONS = { quickReplies: deskIcons.reply, note: deskIcons.note, picture: deskIcons.picture, order: deskIcons.order } as const

/**
 * `<im-desk gateway="https://…" token="…">`: a merchant's desk. The conversations of the agent's shop, one of them open, its
 * assignment, and the customer. Fills its parent; three columns from 1040 px of its own width, two from 680 px, below that one at a time.
 *
 * What a page may set, call, hear and style: reference/element-docs.ts, the table behind docs/elements.md. `shortcuts` of a page come over the table of
 * shortcuts/default-shortcuts.ts; the person's own choice, made in the sheet and stored by the browser, comes above both:
 *
 *   next Alt+↓ · previous Alt+↑ · nextUnread Alt+U · search / · composer Alt+M · send Mod+Enter · quickReplies Alt+Q · note Alt+N ·
 *   picture Alt+P · emoji Alt+E · order Alt+O · claim Alt+C · close Alt+W · transfer Alt+T · accept Alt+Y · decline Alt+X · block Alt+B ·
 *   status Alt+A · details Alt+I · mute Alt+S · sheet ?
 *   A chord is written "Ctrl+Shift+K", "Mod+J" (Cmd on a Mac), "/"; none works while an input method composes. On a Mac, Option
 *   and a letter type a character in a field: there it is Ctrl+Option and the letter.
 *
 * Hooks for testers: those of `<im-inbox>`, status shelf view mark search-foot · service claim close transfer take-back unblock answering ·
 * offered accept decline look countdown · tool-quickReplies tool-note tool-picture tool-order order-menu order-item · note note-form note-field save-note edit-note delete-note · details toggle-details copy-id customer
 * viewing send-viewing order copy-order send-order customer-down customer-retry earlier open-block · quick-replies quick-reply · told undo ·
 * show-several several-dialog several-entry several-all several-idle several-close several-take several-to several-transfer ·
 * report report-days report-csv report-retry close-report · show-replies show-blocked show-report show-shortcuts and the dialogs sheet block-dialog transfer-dialog blocked-dialog replies-dialog.
 */
export class DeskElement extends ConnectedElement<DeskEvents> {
  static override readonly properties = DESK_DECLARATIONS
  static override readonly accepts = DESK_PROPERTIES
  static override readonly styles = deskStyles

  declare gateway: string
  declare to: string
  declare theme: 'auto' | 'light' | 'dark'
  declare lang: string
  declare strings: OwnTexts | undefined
  declare muted: boolean
  declare guest: boolean
  declare client: ListingClient | undefined
  declare shortcuts: Readonly<Partial<Record<DeskAction, Chord>>>
  declare quickReplies: readonly QuickReply[]
  declare idleMinutes: number
  declare waitWarnMinutes: number
  declare waitAlarmMinutes: number
  declare view: '' | 'report'
  declare translates: boolean

  readonly #view: MailboxView = new MailboxView(this, {
    emit: (name, detail) => this.emit(name, detail),
    onConnection: (state) => this.showConnection(state),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
    onNoRecipient: () => this.missing('to', 'open a conversation first: set it, or call `open(to)`.'),
    addRows: (rows, all) => this.#search.addFound(rows, all),
    isSearchedByGateway: () => this.#search.isByGateway,
    trouble: () => this.#trouble,
    translation: () => (this.translates ? this.#customer.translation : undefined),
    showsPresence: true,
  })
  /** @internal */
  protected readonly controller = this.#view.controller
  readonly #desk = new DeskContext({
    element: this,
    view: this.#view,
    emit: (name, detail) => this.emit(name, detail),
    urgency: (waitMs) => urgency(waitMs, this),
  })
  readonly #search: Search = new Search(this.#desk)
  readonly #assignment = new AssignmentController(this.#desk)
  readonly #notes = new Notes(this.#desk)
  readonly #customer = new Customer(this.#desk)
  readonly #status = new AgentStatus(this.#desk, () => this.idleMinutes)
  readonly #replies = new Replies(this.#desk, { ofPage: () => this.quickReplies, order: () => this.#customer.order })
  readonly #shortcuts = new DeskShortcuts(this.#desk, {
    ofPage: () => this.shortcuts,
    actions: {
      quickReplies: this.#replies.pick,
      note: () => this.#notes.write(),
      order: this.#customer.menu.toggle,
      claim: this.#assignment.claim,
      close: this.#assignment.close,
      transfer: this.#assignment.openTransfer,
      accept: this.#assignment.accept,
      decline: this.#assignment.decline,
      block: () => this.#assignment.blocking.openForm(),
      details: () => this.#customer.toggle(),
      mute: () => this.#view.notifications.toggleSound(),
    },
  })

  readonly #report: Report = new Report(this.#desk, {
    isShown: () => this.view === 'report',
    show: (isShown) => (this.view = isShown ? 'report' : ''),
  })

  constructor() {
    super()
    this.gateway = this.token = this.to = this.lang = ''
    this.theme = 'auto'
    this.view = ''
    this.translates = false
    this.muted = this.guest = false
    this.shortcuts = {}
    this.quickReplies = []
    this.idleMinutes = this.waitAlarmMinutes = 10
    this.waitWarnMinutes = 3
    new LostFocus(this, () => this.#placeAfterAct())
  }

  /** Opens the conversation with `to`, in all windows of this person. */
  open(to: string): void {
    this.#view.open(to)
  }

  send(text: string): string | undefined {
    return this.#view.send(text)
  }

  protected override assigned(name: string): void {
    this.#view.assigned(name)
  }

  /** Each feature drops what belonged to the previous agent. */
  protected override onPerson(who: Person): void {
    this.#desk.dialogs.close()
    this.#replies.reset()
    this.#status.reset()
    this.#assignment.reset()
    this.#desk.toast.dismiss()
    this.#notes.reset()
    this.#report.reset()
    this.#view.reset()
    this.emit('im-person', who)
  }

  /** The first render waits for its language. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    const ready = this.hasUpdated ? undefined : languageReady(['chat', 'mailbox', 'desk'], this)
    return ready ? ready.then(() => super.scheduleUpdate()) : super.scheduleUpdate()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#view.willUpdate(changed)
    this.#report.prepare(this.#view.client)
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#view.update(() => super.update(changed))
  }

  protected override firstUpdated(): void {
    this.#replies.firstUpdated()
    this.#view.firstUpdated()
  }

  protected override updated(): void {
    this.#assignment.updated()
  }

  protected override render(): TemplateResult {
    const { mailboxStrings } = this.#view.language
    const list = this.#view.list({
      ...this.#search.view(),
      beside: this.#assignment.several.button(),
      title: mailboxStrings.conversations,
      tools: this.#tools(),
      mark: this.#assignment.mark,
    })
    const pane = this.#view.pane({
      ...this.#notes.amongMessages(),
      ...this.detail(),
      head: this.#assignment.bar(),
      tools: this.#detailsButton(),
      emojiHint: this.#shortcuts.withKeys(this.#view.language.strings.emoji, 'emoji'),
      above: html`${this.#notes.form()}${this.#replies.picker()}${this.#customer.menu.render()}${this.#composerTools()}`,
    })
    return this.#view.frame({
      columns: html`${list} ${pane} ${this.#customer.column(this.#assignment.blocking.button())}`,
      hasDetails: this.#customer.isShown,
      isCovered: this.#report.isShown,
      overlay: html`${this.#report.render()}${this.#overlay()}`,
    })
  }

  /** Under the name of the open conversation. @internal */
  protected detail(): ReturnType<Customer['summary']> {
    return this.#customer.summary()
  }

  /** Offers, and the toast: inside the open dialog, which makes everything outside it inert, else over the page. */
  #overlay(): TemplateResult {
    const {
      dialogs: { onClosed, open },
      toast: { dismiss, shown },
      words,
    } = this.#desk
    const closeLabel = this.#view.language.mailboxStrings.close
    const toast = toastView({ shown, undoLabel: words.undo, dismissLabel: closeLabel, onDismiss: dismiss })
    const content = open && [this.#assignment, this.#replies, this.#shortcuts].map((each) => each.dialog(open)).find(Boolean)
    return html`${this.#assignment.offers(this.#shortcuts.withKeys)}${content ? modal({ ...content, closeLabel, onClosed, toast }) : toast}`
  }

  #tools(): TemplateResult {
    const { dialogs, words } = this.#desk
    const { blocking } = this.#assignment
    const { shortcuts } = this.#view.language.mailboxStrings
    return html`${this.#status.switch()}<span class="tools">
      ${tool({ name: 'show-replies', label: words.manageReplies, icon: deskIcons.reply, onClick: () => dialogs.show('replies') })}
      ${tool({ name: 'show-blocked', label: words.blockedList, icon: deskIcons.block, onClick: () => blocking.openList() })}
      ${this.#report.button()}
      ${tool({ name: 'show-shortcuts', label: shortcuts, icon: deskIcons.keyboard, onClick: () => dialogs.show('sheet') })}
      ${this.#view.soundButton()}</span>`
  }

  #composerTools(): TemplateResult {
    const { words } = this.#desk
    const {
      controller: { conversation },
      language: {
        mailboxStrings: { actions, quickReplies },
      },
    } = this.#view
    const { picture, withKeys } = this.#shortcuts
    const { menu } = this.#customer
    const button = (action: 'quickReplies' | 'note' | 'picture' | 'order', label: string, onClick: () => unknown): ToolOptions => ({
      name: `tool-${action}`,
      label,
      hint: withKeys(label, action),
      icon: TOOL_ICONS[action],
      onClick: () => void onClick(),
    })
    // an order is the shop's: a colleague of another shop has none
    const order = conversation?.to.startsWith('shop:') ? [] : [{ ...button('order', actions.order, menu.toggle), isExpanded: menu.isOpen }]
    return composerTools(words.tools, [
      button('quickReplies', `${quickReplies} /`, this.#replies.pick),
      button('note', actions.note, () => this.#notes.write()),
      button('picture', actions.picture, picture),
      ...order,
    ])
  }

  #detailsButton(): TemplateResult {
    const {
      mailboxStrings: { hideDetails, showDetails },
    } = this.#view.language
    const { isShown } = this.#customer
    return tool({
      name: 'toggle-details',
      label: isShown ? hideDetails : showDetails,
      icon: deskIcons.details,
      isExpanded: isShown,
      onClick: () => this.#customer.toggle(),
    })
  }

  /** A customer's pass opens a customer's connection: there is nothing on it to answer. */
  get #trouble(): string | undefined {
    const {
      language: { mailboxStrings },
      mailbox: { identity },
    } = this.#view
    return identity && identity.role !== 'agent' ? mailboxStrings.notAgent : undefined
  }

  /** Where the focus goes for a keyboard user once the pressed button is gone. */
  #placeAfterAct(): HTMLElement | null {
    const root = this.renderRoot
    const dialog = root.querySelector('dialog')
    const offer = root.querySelector<HTMLElement>('.offered [data-test=accept]:not(:disabled)')
    if (!dialog) return offer ?? root.querySelector(this.to === '' ? '.rows' : '.composer textarea')
    return dialog.querySelector<HTMLElement>('.modal-body :is(button, input):not(:disabled)') ?? dialog.querySelector('button')
  }
}

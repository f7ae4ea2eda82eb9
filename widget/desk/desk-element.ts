import { html, nothing, type PropertyDeclaration, type PropertyValues, type TemplateResult } from 'lit'
import type { Status } from '../../gateway/protocol/model.ts'
import type { QuickReply } from './replies/quick-reply-search.ts'
import type { Person } from '../client/types.ts'
import { Chords } from './shortcuts/chords.ts'
import { Dialogs } from './dialogs.ts'
import { Idle } from './status/idle.ts'
import { LostFocus } from './lost-focus.ts'
import { newId } from './new-id.ts'
import { Remap } from './shortcuts/remap.ts'
import { ReplyManager } from './replies/reply-manager.ts'
import { SavedReplies } from './replies/saved-replies.ts'
import { QuickReplies } from './replies/picker.ts'
import { Shortcuts, type Chord } from './shortcuts/shortcuts.ts'
import type { DeskAction } from '../locales/mailbox-strings.ts'
import { fill } from '../locales/fill.ts'
import { deskIcons } from '../ui/page-icons.ts'
import type { BlockedEntry } from './assignment/blocked-list.ts'
import { isolated } from '../ui/isolated.ts'
import { pickerView } from './replies/picker-view.ts'
import { statusSwitch } from './status/status-switch.ts'
import { tool } from '../ui/tool.ts'
import { DESK_ACTIONS, type DeskActions } from './shortcuts/desk-actions.ts'
import { deskDialog, type DeskDialog } from './dialog-view.ts'
import { latestOrder } from './conversation-facts.ts'
import { DESK_SHORTCUTS } from './shortcuts/default-shortcuts.ts'
import { deskStyles } from './desk-styles.ts'
import { DetailedElement } from './detailed-element.ts'

/**
 * `<im-desk gateway="https://…" token="…">`: a merchant's desk. The conversations of the agent's shop, one of them open, whose turn it
 * is, and who the customer is. Fills its parent; three columns from 1040 px of its own width, two from 680 px, below that one at a time.
 *
 * Properties, methods and events: those of `<im-inbox>`, and
 *   idle-minutes minutes without input after which the agent is shown as away; 0: never; default 10
 *   shortcuts    (property only) {action: chord}, over the table of desk-shortcuts.ts; an empty chord turns one off. The person's own
 *                choice, made in the sheet and kept by the browser, comes above both
 *   quickReplies (property only) [{id, title, text, folder?}], offered beside those that the gateway keeps
 *   im-quick-reply {id}   (event) one was used
 *
 *   next Alt+↓ · previous Alt+↑ · nextUnread Alt+U · search / · composer Alt+M · send Mod+Enter · quickReplies Alt+Q · note Alt+N ·
 *   claim Alt+C · close Alt+W · transfer Alt+T · block Alt+B · status Alt+A · details Alt+I · mute Alt+S · sheet ?
 *   A chord is written "Ctrl+Shift+K", "Mod+J" (Cmd on a Mac), "/"; none works while an input method composes.
 *
 * Parts: those of `<im-inbox>`, service offers note note-form details dialog quick-replies. CSS variables: styles/tokens.ts.
 * Hooks for testers: those of `<im-inbox>`, status shelf view mark search-foot · service claim close transfer take-back unblock answering ·
 * offered accept decline look countdown · note note-form note-field save-note edit-note delete-note · details toggle-details copy-id customer
 * viewing send-viewing order copy-order send-order customer-down customer-retry earlier open-block · quick-replies quick-reply · told undo ·
 * show-replies show-blocked show-shortcuts and the dialogs sheet block-dialog transfer-dialog blocked-dialog replies-dialog.
 */
export class DeskElement extends DetailedElement {
  static override readonly properties: Record<string, PropertyDeclaration> = {
    shortcuts: { attribute: false }, quickReplies: { attribute: false }, idleMinutes: { attribute: 'idle-minutes' },
  }
  static override readonly styles = deskStyles

  declare shortcuts: Readonly<Partial<Record<DeskAction, Chord>>>
  declare quickReplies: readonly QuickReply[]
  declare idleMinutes: number

  readonly #shelf = new SavedReplies(this)
  readonly #replies = new QuickReplies(this, {
    replies: () => [...this.quickReplies, ...this.#shelf.replies],
    values: () => ({
      customer: this.name, agent: this.mailbox.identity?.name,
      order: latestOrder(this.controller.messages) ?? this.customer.answer?.info?.orders?.[0]?.number,
    }),
    onUse: (id) => this.tell('im-quick-reply', { id }),
  })
  readonly #manager: ReplyManager = new ReplyManager(this, {
    shelf: this.#shelf, newId,
    onRefused: (refusal) => this.toast.say({ text: this.words.refusals[refusal], isFailure: true }),
    onImported: (n) => this.toast.say({ text: fill(this.words.imported, { n }) }),
    onDeleted: (reply) => this.toast.say({
      text: isolated(this.words.replyDeleted, { title: reply.title }), onUndo: () => this.#manager.restore(reply),
    }),
  })
  readonly #idle: Idle = new Idle(this, {
    limitMs: () => this.idleMinutes * 60_000,
    status: () => this.presence.status,
    // by itself: nobody has asked for it
    change: (status) => this.presence.change(status, () => {}),
    onIdle: () => this.toast.say({ text: this.words.idleNow }),
  })
  readonly #dialogs = new Dialogs<DeskDialog>(this, () => this.toast.dismiss())
  readonly #chords = new Chords<DeskAction>(this, () => ({ ...DESK_SHORTCUTS, ...this.shortcuts }))
  readonly #remap = new Remap<DeskAction>(this, this.#chords)
  #blocked: readonly BlockedEntry[] | undefined

  constructor() {
    super()
    this.shortcuts = {}
    this.quickReplies = []
    this.idleMinutes = 10
    new LostFocus(this, () => this.#placeAfterAct())
    new Shortcuts<DeskAction>(this, { table: () => this.#chords.table, onAction: (action) => this.#act(action) })
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!this.isConnected) return
    if (changed.has('idleMinutes')) this.#idle.watch()
    this.#shelf.use(this.controller.client)
  }

  protected override onPerson(who: Person): void {
    this.#dialogs.close()
    this.#manager.reset()
    this.#replies.close()
    this.#idle.reset()
    this.#blocked = undefined
    super.onPerson(who)
  }

  protected override columns(): TemplateResult {
    const { mailboxStrings } = this.language
    const details = tool({
      name: 'toggle-details', label: this.hasDetails ? mailboxStrings.hideDetails : mailboxStrings.showDetails, icon: deskIcons.details,
      isExpanded: this.hasDetails, onClick: () => this.toggleDetails(),
    })
    return html`${this.shelves(this.#tools())}
      ${this.pane({
        ...this.noted(), detail: this.detail(), tools: details, above: html`${this.noteForm()}${this.#picker()}`,
        below: this.assignmentBar(() => this.#openTransfer()),
      })}
      ${this.hasDetails ? this.details(() => this.#openBlock()) : nothing}`
  }

  protected override overlay(): TemplateResult {
    const { language: { mailboxStrings }, me, row, words } = this
    const dialog = deskDialog({
      mailboxStrings, row, words,
      open: this.#dialogs.open,
      name: this.name,
      isBusy: row !== undefined && this.service.isBusy(row.conversation),
      colleagues: this.presence.agents.filter(({ id }) => id !== me),
      blocked: this.#blocked,
      manager: this.#manager, chords: this.#chords, remap: this.#remap,
      called: (to, name) => this.called(to, name),
      moment: this.moment,
      onBlock: (wish) => void this.block(row!, wish).then((isDone) => { if (isDone) this.#dialogs.close() }),
      onTransfer: (wish) => void this.handOn(row!, wish).then((isDone) => { if (isDone) this.#dialogs.close() }),
      onUnblock: (entry) => this.#unblock(entry),
      toast: this.toastView(),
      onClosed: this.#dialogs.onClosed,
    })
    return html`${this.served()}${dialog === nothing ? this.toastView() : dialog}`
  }

  protected override firstUpdated(): void {
    this.#replies.attach(this.renderRoot.querySelector('.composer textarea')!)
    super.firstUpdated()
  }

  protected override updated(): void {
    this.#closeSettled()
    const active = this.renderRoot.querySelector('.reply[aria-selected=true]')
    active?.scrollIntoView({ block: 'nearest' })
    const field = this.renderRoot.querySelector('.composer textarea')!
    if (active) field.setAttribute('aria-activedescendant', active.id)
    else field.removeAttribute('aria-activedescendant')
  }

  /** Where somebody who works by keys goes on once the button that was pressed is gone. */
  #placeAfterAct(): HTMLElement | null {
    const root = this.renderRoot
    const dialog = root.querySelector('dialog')
    if (!dialog) return root.querySelector(this.to === '' ? '.rows' : '.composer textarea')
    return dialog.querySelector<HTMLElement>('.modal-body :is(button, input):not(:disabled)') ?? dialog.querySelector('button')
  }

  /** What the dialog asks for has come to be, be it that the answer was lost with the line. */
  #closeSettled(): void {
    const { open } = this.#dialogs
    const { blocked, transfer } = this.row?.service ?? {}
    if (!(open === 'transfer' && transfer) && !(open === 'block' && blocked)) return
    this.toast.dismiss()
    this.#dialogs.close()
  }

  #tools(): TemplateResult {
    const { language: { mailboxStrings }, words } = this
    const onStatus = (status: Status): void => {
      this.#idle.byHand()
      this.presence.change(status, this.refusedAct)
    }
    return html`${statusSwitch({ status: this.presence.status, strings: mailboxStrings, onStatus })}<span class="tools">
      ${tool({ name: 'show-replies', label: words.manageReplies, icon: deskIcons.reply, onClick: () => this.#dialogs.show('replies') })}
      ${tool({ name: 'show-blocked', label: words.blockedList, icon: deskIcons.block, onClick: () => this.#openBlocked() })}
      ${tool({ name: 'show-shortcuts', label: mailboxStrings.shortcuts, icon: deskIcons.keyboard, onClick: () => this.#dialogs.show('sheet') })}
      ${this.soundButton()}</span>`
  }

  #picker(): TemplateResult | typeof nothing {
    const { active, found, use } = this.#replies
    return found ? pickerView({ active, found, strings: this.language.mailboxStrings, onUse: use }) : nothing
  }

  #openTransfer(): boolean {
    const { me, row } = this
    const { agent, phase, transfer } = row?.service ?? {}
    if (phase !== 'open' || agent?.id !== me || transfer) return false
    this.presence.ask()
    this.#dialogs.show('transfer')
    return true
  }

  #openBlock(): boolean {
    if (!this.row?.service || this.row.service.blocked) return false
    this.#dialogs.show('block')
    return true
  }

  #openBlocked(): void {
    this.#blocked = undefined
    this.#dialogs.show('blocked')
    const { client } = this.controller
    client?.request('blocked', {}).then(({ blocked }) => {
      if (client !== this.controller.client) return
      this.#blocked = blocked
      this.requestUpdate()
    }, (error: unknown) => {
      if (client !== this.controller.client) return
      this.#dialogs.close()
      this.refusedAct(error)
    })
  }

  #unblock({ at, by, conversation, reason, until }: BlockedEntry): void {
    const blocked = { at, by, reason, ...(until === undefined ? {} : { until }) }
    const row = this.mailbox.rows.find((each) => each.conversation === conversation)
    const { client } = this.controller
    if (row) this.unblock({ ...row, service: { phase: 'closed', since: 0, ...row.service, blocked } })
    else client?.request('unblock', { conversation }).catch((error: unknown) => { if (client === this.controller.client) this.refusedAct(error) })
    this.#blocked = this.#blocked?.filter((each) => each.conversation !== conversation)
    this.requestUpdate()
  }

  /** False where there is nothing to do, so that the key stays the page's. */
  #act(action: DeskAction): boolean {
    const isOpen = this.#dialogs.open !== undefined
    if (action === 'sheet') {
      if (this.#dialogs.open === 'sheet' && this.#remap.action === undefined) this.#dialogs.close()
      else if (!isOpen) this.#dialogs.show('sheet')
      return !isOpen || this.#remap.action === undefined
    }
    return !isOpen && DESK_ACTIONS[action](this.#acts)
  }

  readonly #acts: DeskActions = {
    step: (by) => this.#step(by),
    nextUnread: () => this.#openNextUnread(),
    focus: (selector) => this.#focus(selector),
    quickReplies: () => {
      if (this.controller.conversation) this.#replies.open()
      return this.controller.conversation !== undefined
    },
    send: () => this.#send(),
    note: () => this.writeNote(),
    claim: () => this.claim(),
    close: () => this.finish(),
    transfer: () => this.#openTransfer(),
    block: () => this.#openBlock(),
    details: () => this.toggleDetails(),
    mute: () => this.notifications.toggleSound(),
  }

  #send(): boolean {
    const { activeElement } = this.renderRoot as ShadowRoot
    const form = this.renderRoot.querySelector<HTMLFormElement>('form.composer')!
    const isElsewhere = activeElement !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(activeElement.tagName) && !form.contains(activeElement)
    if (!this.controller.conversation || isElsewhere) return false
    form.requestSubmit()
    return true
  }

  #step(by: number): boolean {
    const { rows } = this
    const at = rows.findIndex(({ to }) => to === this.to)
    const row = rows[at < 0 ? 0 : at + by]
    if (row) this.#goTo(row.to, rows.indexOf(row))
    return true
  }

  #openNextUnread(): boolean {
    const at = this.rows.findIndex(({ to, unread }) => unread > 0 && to !== this.to)
    if (at >= 0) this.#goTo(this.rows[at]!.to, at)
    return true
  }

  #goTo(to: string, index: number): void {
    this.open(to)
    this.virtual.reveal(index)
    void this.updateComplete.then(() => this.#focus('.composer textarea'))
  }

  #focus(selector: string): boolean {
    const target = this.renderRoot.querySelector<HTMLElement>(selector)
    if (!target || target.getClientRects().length === 0) return false
    target.focus()
    return true
  }
}

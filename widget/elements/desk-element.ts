import { html, nothing, type PropertyDeclaration, type PropertyValues, type TemplateResult } from 'lit'
import type { Message } from '../../gateway/protocol/model.ts'
import type { QuickReply } from '../client/quick-reply-search.ts'
import { Presence } from '../controllers/presence.ts'
import { QuickReplies } from '../controllers/quick-replies.ts'
import { Remembered } from '../controllers/remembered.ts'
import { Shortcuts, type Chord } from '../controllers/shortcuts.ts'
import type { DeskAction } from '../locales/desk-strings.ts'
import { fill } from '../locales/fill.ts'
import { listTime } from '../locales/list-time.ts'
import { timeSpan } from '../locales/time-span.ts'
import { deskIcons } from '../parts/desk-icons.ts'
import { quickReplyPicker } from '../parts/quick-reply-picker.ts'
import { shortcutSheet } from '../parts/shortcut-sheet.ts'
import { sidePanel } from '../parts/side-panel.ts'
import { statusSwitch } from '../parts/status-switch.ts'
import { tool } from '../parts/tool.ts'
import { MailboxElement } from './mailbox-element.ts'
import { pageStyles } from './page-styles.ts'

const SHORTCUTS: Readonly<Record<DeskAction, Chord>> = {
  next: 'Alt+ArrowDown',
  previous: 'Alt+ArrowUp',
  nextUnread: 'Alt+U',
  search: '/',
  composer: 'Alt+M',
  quickReplies: 'Alt+Q',
  details: 'Alt+I',
  mute: 'Alt+S',
  sheet: '?',
}

const COPIED_MS = 2000

/**
 * `<im-desk gateway="https://…" token="…">`: a merchant's desk. All conversations of the agent's shop, one of them open, and who
 * the customer is. Fills its parent; three columns from 1040 px of its own width, two from 680 px, below that one at a time.
 *
 * Properties, methods and events: those of `<im-inbox>`, and
 *   shortcuts    (property only) {action: chord}, over the table below; an empty chord turns one off
 *   quickReplies (property only) [{id, title, text, folder?}], offered when "/" is typed; {customer} {order} {agent} are filled in
 *   im-quick-reply {id}   (event) one was used
 *
 *   next Alt+↓ · previous Alt+↑ · nextUnread Alt+U · search / · composer Alt+M · quickReplies Alt+Q · details Alt+I · mute Alt+S · sheet ?
 *   A chord is written "Ctrl+Shift+K", "Mod+J" (Cmd on a Mac), "/"; none works while an input method composes.
 *
 * Parts: those of `<im-inbox>`, details sheet quick-replies. CSS variables: styles/tokens.ts.
 * Hooks for testers: those of `<im-inbox>`, details toggle-details copy-id sheet show-shortcuts quick-replies quick-reply status.
 */
export class DeskElement extends MailboxElement {
  static override readonly properties: Record<string, PropertyDeclaration> = { shortcuts: { attribute: false }, quickReplies: { attribute: false } }
  static override readonly styles = pageStyles

  declare shortcuts: Readonly<Partial<Record<DeskAction, Chord>>>

  declare quickReplies: readonly QuickReply[]

  readonly #replies = new QuickReplies(this, {
    replies: () => this.quickReplies,
    values: () => ({ customer: this.name, agent: this.mailbox.identity?.name, order: latestOrder(this.line.messages) }),
    onUse: (id) => this.tell('im-quick-reply', { id }),
  })
  readonly #presence = new Presence(this)
  readonly #folded = new Remembered(this, 'details-folded')
  #isSheetOpen = false
  #isCopied = false

  constructor() {
    super()
    this.shortcuts = {}
    this.quickReplies = []
    new Shortcuts<DeskAction>(this, { table: () => this.#chords, onAction: (action) => this.#act(action) })
  }

  protected get hasDetails(): boolean {
    if (!this.line.conversation) return false
    return this.columnsFit.count === 3 ? this.#folded.value === undefined : this.shown === 'details'
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (this.isConnected) this.#presence.use(this.line.client, this.to)
  }

  protected override columns(): TemplateResult {
    const { deskStrings } = this.language
    const status = statusSwitch({
      status: this.#presence.status, strings: deskStrings, onStatus: (one) => this.#presence.change(one),
    })
    const sheet = tool({
      name: 'show-shortcuts', label: deskStrings.shortcuts, icon: deskIcons.keyboard, onClick: () => this.#toggleSheet(true),
    })
    const details = tool({
      name: 'toggle-details', label: this.hasDetails ? deskStrings.hideDetails : deskStrings.showDetails, icon: deskIcons.details,
      isExpanded: this.hasDetails, onClick: () => this.#toggleDetails(),
    })
    return html`${this.list({
        title: deskStrings.conversations, filters: ['all', 'unread', 'unanswered'], tools: html`${status}${sheet}${this.soundButton()}`,
      })}
      ${this.pane({ detail: this.#detail(), tools: details, above: this.#picker() })}
      ${this.hasDetails ? this.#details() : nothing}`
  }

  protected override overlay(): TemplateResult | typeof nothing {
    if (!this.#isSheetOpen) return nothing
    return shortcutSheet({
      table: this.#chords, strings: this.language.deskStrings,
      onClose: () => this.#toggleSheet(false),
    })
  }

  protected override firstUpdated(): void {
    this.#replies.attach(this.renderRoot.querySelector('textarea')!)
    super.firstUpdated()
  }

  /** A dialog can be shown only once it is in the page. */
  protected override updated(): void {
    const sheet = this.renderRoot.querySelector('dialog')
    if (sheet && !sheet.open) sheet.showModal()
    const active = this.renderRoot.querySelector('.reply[aria-selected=true]')
    active?.scrollIntoView({ block: 'nearest' })
    const field = this.renderRoot.querySelector('textarea')!
    if (active) field.setAttribute('aria-activedescendant', active.id)
    else field.removeAttribute('aria-activedescendant')
  }

  get #chords(): Readonly<Record<DeskAction, Chord>> {
    return { ...SHORTCUTS, ...this.shortcuts }
  }

  /** The customer's id, whether he is there, and how long he has been waiting for an answer. */
  #detail(): string {
    const { deskStrings, lang } = this.language
    const { conversation, messages } = this.line
    if (!conversation) return ''
    const answered = messages.findLastIndex(({ side }) => side !== conversation.to)
    const first = messages[answered + 1]
    const span = first && timeSpan(Date.now() - first.at, lang)
    const there = this.#presence.isThere === undefined ? undefined : deskStrings.statuses[this.#presence.isThere ? 'online' : 'offline']
    const waiting = span && fill(deskStrings.waitingFor, { duration: span })
    return [conversation.to, there, waiting].filter(Boolean).join(' · ')
  }

  #picker(): TemplateResult | typeof nothing {
    const { active, found, use } = this.#replies
    return found ? quickReplyPicker({ active, found, strings: this.language.deskStrings, onUse: use }) : nothing
  }

  #details(): TemplateResult {
    const { deskStrings, strings } = this.language
    const to = this.line.conversation!.to
    return sidePanel({
      strings, deskStrings, to,
      name: this.name,
      facts: this.#facts(),
      shared: sharedThings(this.line.messages),
      isCopied: this.#isCopied,
      onCopy: () => void this.#copy(to),
      onClose: () => this.show('conversation'),
    })
  }

  #facts(): (readonly [string, string])[] {
    const { deskStrings, lang } = this.language
    const { conversation, messages, theirs } = this.line
    const last = messages[messages.length - 1]
    const own = messages.filter(({ side }) => side !== conversation?.to)
    const read = own.findLast(({ seq }) => seq <= theirs.read)
    const isAllRead = read !== undefined && read === own[own.length - 1]
    const at = (time: number): string => listTime(time, Date.now(), { lang, yesterday: deskStrings.yesterday })
    const readSome = read ? fill(deskStrings.readUpTo, { at: at(read.at) }) : deskStrings.notReadYet
    const readState = isAllRead ? deskStrings.readAll : readSome
    return [
      [deskStrings.messages, String(last?.seq ?? 0)],
      ...(last ? [[deskStrings.lastActivity, at(last.at)] as const] : []),
      ...(own.length > 0 ? [[deskStrings.readState, readState] as const] : []),
    ]
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Without permission the id can still be selected and copied by hand.
      return
    }
    this.#isCopied = true
    this.requestUpdate()
    setTimeout(() => {
      this.#isCopied = false
      this.requestUpdate()
    }, COPIED_MS)
  }

  #toggleDetails(): void {
    if (this.columnsFit.count === 3) this.#folded.value = this.hasDetails ? 'yes' : undefined
    else this.show(this.hasDetails ? 'conversation' : 'details')
  }

  #toggleSheet(isOpen: boolean): void {
    this.#isSheetOpen = isOpen
    this.requestUpdate()
  }

  /** False where there is nothing to do, so that the key stays the page's. */
  #act(action: DeskAction): boolean {
    if (this.#isSheetOpen && action !== 'sheet') return false
    switch (action) {
      case 'next':
        return this.#step(1)
      case 'previous':
        return this.#step(-1)
      case 'nextUnread':
        return this.#openNextUnread()
      case 'search':
        return this.#focus('input[type=search]')
      case 'composer':
        return this.#focus('textarea')
      case 'quickReplies':
        if (!this.line.conversation) return false
        this.#replies.open()
        return true
      case 'details':
        this.#toggleDetails()
        return true
      case 'mute':
        this.news.toggleSound()
        return true
      case 'sheet':
        this.#toggleSheet(!this.#isSheetOpen)
        return true
    }
  }

  #step(by: number): boolean {
    const rows = this.listing.rows(this.mailbox.rows)
    const at = rows.findIndex(({ to }) => to === this.to)
    const row = rows[at < 0 ? 0 : at + by]
    if (row) this.#goTo(row.to, rows.indexOf(row))
    return true
  }

  #openNextUnread(): boolean {
    const rows = this.listing.rows(this.mailbox.rows)
    const at = rows.findIndex(({ to, unread }) => unread > 0 && to !== this.to)
    if (at >= 0) this.#goTo(rows[at]!.to, at)
    return true
  }

  #goTo(to: string, index: number): void {
    this.open(to)
    this.virtual.reveal(index)
    void this.updateComplete.then(() => this.#focus('textarea'))
  }

  #focus(selector: string): boolean {
    const target = this.renderRoot.querySelector<HTMLElement>(selector)
    if (!target || target.getClientRects().length === 0) return false
    target.focus()
    return true
  }
}

/** What `{order}` stands for. */
function latestOrder(messages: readonly Message[]): string | undefined {
  const { number } = (messages.findLast(({ kind }) => kind === 'order')?.body ?? {}) as Readonly<Record<string, unknown>>
  return typeof number === 'string' ? number : undefined
}

/** Products and orders, the newest first, each once. */
function sharedThings(messages: readonly Message[]): readonly Message[] {
  const things = new Map<string, Message>()
  for (const message of messages.toReversed()) {
    if (message.kind !== 'product' && message.kind !== 'order') continue
    const { number, title, url } = message.body as Readonly<Record<string, unknown>>
    const key = `${message.kind} ${number ?? url ?? title}`
    if (!things.has(key)) things.set(key, message)
  }
  return [...things.values()].slice(0, 20)
}

import { html, nothing, type PropertyDeclaration, type PropertyValues, type TemplateResult } from 'lit'
import type { ConversationRow, Message } from '../../gateway/protocol/model.ts'
import type { ListingClient, Person } from '../client/types.ts'
import { Attention } from './notifications/attention.ts'
import { everyMinute } from '../ui/every-minute.ts'
import { Columns } from './columns.ts'
import { EnterChoice } from '../chat/composer/enter-choice.ts'
import { ListKeys } from './list-keys.ts'
import { listen } from '../ui/listen.ts'
import { Listing } from './listing.ts'
import { Mailbox } from './mailbox.ts'
import { MailboxClient } from './mailbox-client.ts'
import { Notifications } from './notifications/notifications.ts'
import { quietKeys } from '../chat/quiet-keys.ts'
import { tap } from '../chat/composer/tap.ts'
import { Thread } from '../chat/thread.ts'
import { TitleBadge } from './notifications/title-badge.ts'
import { VirtualRows } from './virtual-rows.ts'
import { fill } from '../locales/fill.ts'
import { question } from '../ui/question.ts'
import { refusalSentence } from '../ui/refusal-sentence.ts'
import { shownName } from '../ui/shown-name.ts'
import { ConnectedElement } from '../chat/connected-element.ts'
import { mailboxLanguage, type MailboxLanguage } from './mailbox-language.ts'
import { mailboxList, type MailboxListOptions } from './mailbox-list.ts'
import { mailboxPane, type MailboxPaneOptions } from './mailbox-pane.ts'
import { MAILBOX_PROPERTIES } from './mailbox-properties.ts'
import { soundButton } from './notifications/sound-button.ts'

type ListDefaults = 'mailbox' | 'listing' | 'virtual' | 'keys' | 'rows' | 'mailboxStrings' | 'lang' | 'selected' | 'question' | 'onOpen'
  | 'trouble'

/**
 * What `<im-inbox>` and `<im-desk>` share: a list of conversations, one of them open, and everything that tells of news.
 *
 * Which conversation is open is the client's focus, not the element's: opening one here says `changeUser`, and all windows of
 * the same person follow, this one included. A window in which an input method is at work follows when the word is finished.
 */
export abstract class MailboxElement extends ConnectedElement {
  static override readonly properties: Record<string, PropertyDeclaration> = {
    gateway: {}, token: {}, to: {}, theme: {}, lang: {},
    muted: { type: Boolean }, guest: { type: Boolean },
    client: { attribute: false },
  }

  static override readonly accepts = MAILBOX_PROPERTIES

  declare gateway: string
  declare to: string
  declare theme: 'auto' | 'light' | 'dark'
  declare lang: string
  declare muted: boolean
  declare guest: boolean
  declare client: ListingClient | undefined

  protected readonly columnsFit = new Columns(this)
  protected readonly attention = new Attention(this)
  protected readonly listing = new Listing(this)
  protected readonly virtual = new VirtualRows(this)
  protected readonly notifications = new Notifications(this, () => this.muted)
  protected readonly enter = new EnterChoice(this, () => 'send')
  protected readonly keys = new ListKeys(this, {
    ids: () => this.rows.map(({ to }) => to),
    pageCount: () => this.virtual.pageCount,
    onMove: (index) => this.virtual.reveal(index),
    onOpen: (to) => this.open(to),
  })
  protected readonly mailbox: Mailbox = new Mailbox(this, {
    onFocus: (to) => this.#follow(to),
    onMessage: (message) => this.#onMessage(message),
    onUnread: (count) => this.tell('im-unread', { count }),
  })
  protected readonly controller: MailboxClient = new MailboxClient(this, {
    onConnection: (state) => this.showConnection(state),
    onUnread: () => this.requestUpdate(),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onDraft: (text) => this.thread.draft(text),
    onNotice: (notice) => this.tell('im-notice', notice),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
  })
  protected readonly thread: Thread = new Thread(this, {
    conversation: () => this.controller.conversation,
    isShown: () => this.controller.conversation !== undefined,
    isHere: () => this.attention.isHere,
    enterSends: () => this.enter.value === 'send',
    isSoftKeyboard: () => false,
    pictureLabel: () => this.language.strings.image,
    onNobody: () => this.missing('to', 'open a conversation first: set it, or call `open(to)`.'),
    onSend: (id, text) => {
      this.controller.wake()
      this.tell('im-send', { id, text })
    },
    onMessage: ({ id, seq, from, kind, body, at }, isOwn) =>
      this.tell('im-message', { id, seq, from, kind, text: body.text, at, isOwn }),
  })
  /** Below two columns one is shown at a time. */
  protected shown: 'list' | 'conversation' | 'details' = 'list'
  #stops: (() => void)[] = []
  #isMounted = false
  #isComposing = false
  /** Somebody to talk to was named since the last update, be it the one of before: with another person's pass it is whom that one talks to. */
  #isToNamed = false
  /** What the other windows know of `to`. */
  #told = ''
  #dir = 'ltr'

  constructor() {
    super()
    this.gateway = this.token = this.to = this.lang = ''
    this.theme = 'auto'
    this.muted = this.guest = false
    new TitleBadge(this, () => this.mailbox.unreadCount)
  }

  /** How the other side of the open conversation is called: by the newest thing that says it. */
  protected get name(): string {
    const { conversation, messages } = this.controller
    if (!conversation) return ''
    const { name, to } = conversation
    const said = (): string | undefined => messages.findLast(({ side }) => side === to)?.name
    return this.called(to, name.value ?? this.mailbox.rows.find((row) => row.to === to)?.name ?? said())
  }

  protected called(to: string, name: string | undefined): string {
    return shownName(name, to, this.language.mailboxStrings.guest)
  }

  /** Opens the conversation with `to`, in all windows of this person. */
  open(to: string): void {
    this.to = to
    this.shown = 'conversation'
    this.notifications.notices.withdraw(to)
    this.requestUpdate()
  }

  send(text: string): string | undefined {
    return this.thread.send(text, 'submit')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#isMounted) return
    this.#isMounted = true
    this.#stops = [
      everyMinute(() => this.requestUpdate()),
      listen(this.renderRoot, 'compositionstart', () => (this.#isComposing = true)),
      listen(this.renderRoot, 'compositionend', () => this.#onComposed()),
    ]
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    void Promise.resolve().then(() => {
      if (this.isConnected || !this.#isMounted) return
      this.#isMounted = false
      for (const stop of this.#stops) stop()
      this.mailbox.use(undefined)
      this.controller.stop()
      this.#told = ''
    })
  }

  protected override onPerson(who: Person): void {
    if (!this.#isToNamed) this.to = this.getAttribute('to') ?? ''
    this.#told = ''
    this.shown = 'list'
    this.thread.reset()
    this.listing.reset()
    this.keys.active = undefined
    this.notifications.notices.withdrawAll()
    this.mailbox.use(this.controller.client)
    this.tell('im-person', who)
  }

  protected override assigned(name: string): void {
    if (name !== 'to') return
    this.#isToNamed = true
    this.requestUpdate()
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot()
    if (root instanceof ShadowRoot) quietKeys(root)
    return root
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#isMounted) return
    this.#useLine()
    this.#isToNamed = false
    const { client } = this.controller
    this.mailbox.use(client)
    if (changed.has('to') && this.to !== '') this.#hold()
    if (client && this.to !== this.#told) client.changeUser((this.#told = this.to))
    if (this.isNarrow) this.mailbox.needMore()
    this.#dir = getComputedStyle(this).direction
  }

  /**
   * A render that throws half way would leave the head of one person above the messages of another, and the agent would answer the
   * wrong one. The conversation is closed then, what is left is drawn anew, and the error goes on to the page's console.
   */
  protected override update(changed: PropertyValues<this>): void {
    try {
      super.update(changed)
    } catch (error) {
      console.warn('im-chat: the conversation could not be drawn', error)
      this.to = ''
      this.shown = 'list'
      this.#useLine()
      super.update(changed)
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="root" dir=${this.#dir} lang=${this.language.lang || nothing} data-theme=${this.theme}>
      <div class="columns" data-columns=${this.columnsFit.count} data-show=${this.to === '' ? 'list' : this.shown}
        ?data-details=${this.hasDetails}>${this.columns()}</div>
      ${this.overlay()}
    </div>`
  }

  protected override firstUpdated(): void {
    this.thread.attach(this.renderRoot)
    const onEnter = (): void => this.enter.toggle()
    tap(this.renderRoot.querySelector<HTMLElement>('.enter')!, onEnter, onEnter)
  }

  /** The conversations listed, in order. */
  protected get rows(): readonly ConversationRow[] {
    return this.listing.rows(this.mailbox.rows)
  }

  /** More than the newest page is needed to answer. */
  protected get isNarrow(): boolean {
    return this.listing.isSearching
  }

  /** Why there can be no list, in the person's words; undefined: there is one, or it may still come. */
  protected get trouble(): string | undefined {
    const { strings } = this.language
    const { client, connection } = this.controller
    if (connection.name === 'refused') return refusalSentence(connection.refusal, strings)
    if (this.mailbox.refusal) return refusalSentence(this.mailbox.refusal, strings)
    return client || !this.hasUpdated ? undefined : strings.refusals.signIn
  }

  protected list(options: Omit<MailboxListOptions, ListDefaults>): TemplateResult {
    const { mailboxStrings, lang } = this.language
    const { keys, listing, mailbox, virtual } = this
    const { notices } = this.notifications
    return mailboxList({
      ...options, mailboxStrings, keys, lang, listing, mailbox, virtual,
      rows: this.rows,
      trouble: this.trouble,
      selected: this.to,
      question: notices.isAsking
        ? question(mailboxStrings.notifyAsk, [
            { text: mailboxStrings.notifyYes, onClick: () => void notices.turnOn() },
            { text: mailboxStrings.notifyNo, onClick: () => notices.decline() },
          ])
        : nothing,
      onOpen: (to) => this.open(to),
    })
  }

  protected pane(options: Pick<MailboxPaneOptions, 'detail' | 'tools' | 'above'> & Partial<MailboxPaneOptions>): TemplateResult {
    const { enter, language, controller, thread } = this
    return mailboxPane({ ...options, ...language, enter, controller, name: this.name, thread, onBack: () => this.show('list') })
  }

  protected soundButton(): TemplateResult {
    return soundButton(this.notifications, this.language.mailboxStrings)
  }

  protected show(shown: 'list' | 'conversation' | 'details'): void {
    this.shown = shown
    this.requestUpdate()
  }

  protected abstract columns(): TemplateResult
  protected abstract readonly hasDetails: boolean

  protected overlay(): TemplateResult | typeof nothing {
    return nothing
  }

  protected get language(): MailboxLanguage {
    return mailboxLanguage(this.lang)
  }

  #useLine(): void {
    const gateway = this.token || this.guest ? this.gateway || location.origin : ''
    this.controller.use(this.client, { gateway, token: this.token }, () => this.to)
  }

  /** The row that is opened keeps its place in the list until another is. */
  #hold(): void {
    const row = this.mailbox.rows.find(({ to }) => to === this.to)
    this.listing.hold(this.to, row !== undefined && row.unread > 0)
    this.keys.active = this.to
    this.tell('im-select', { to: this.to })
  }

  #follow(to: string | undefined): void {
    if (to === undefined || to === this.to || this.#isComposing) return
    this.to = this.#told = to
  }

  #onComposed(): void {
    this.#isComposing = false
    // After the composer's own listeners: the word belongs to the conversation that it was written in.
    queueMicrotask(() => this.#follow(this.mailbox.focus))
  }

  #onMessage(message: Message): void {
    if (this.attention.isHere && message.conversation === this.controller.conversation?.id) return
    const to = message.side
    const name = this.called(to, message.name ?? this.mailbox.rows.find((row) => row.to === to)?.name)
    this.notifications.tell(message.id, {
      tag: to, title: fill(this.language.mailboxStrings.newMessageFrom, { name }), text: message.body.text, onOpen: () => this.open(to),
    })
  }
}

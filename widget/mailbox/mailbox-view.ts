import { html, nothing, type PropertyValues, type ReactiveController, type TemplateResult } from 'lit'
import type { ConversationRow, Message, Shop } from '../../gateway/protocol/model.ts'
import type { ListingPerson } from '../client/types.ts'
import { Attention } from '../ui/notifications/attention.ts'
import { shopFace, type ShopFace } from '../chat/shop-face.ts'
import { Presence } from '../chat/presence.ts'
import { everyMinute } from '../ui/every-minute.ts'
import { Columns } from './columns.ts'
import type { BubbleOptions } from '../chat/timeline/bubble.ts'
import { mailboxCards } from './mailbox-cards.ts'
import { EnterChoice } from '../chat/composer/enter-choice.ts'
import { FocusSync } from './focus-sync.ts'
import { ListKeys } from './list-keys.ts'
import { Listing } from './listing.ts'
import { Mailbox } from './mailbox.ts'
import { MailboxClient } from './mailbox-client.ts'
import { Notifications } from '../ui/notifications/notifications.ts'
import { quietKeys } from '../chat/quiet-keys.ts'
import { Thread } from '../chat/thread.ts'
import { TitleBadge } from '../ui/notifications/title-badge.ts'
import { VirtualRows } from './virtual-rows.ts'
import { fill } from '../locales/fill.ts'
import { directionOf } from '../ui/direction-of.ts'
import { listen } from '../ui/listen.ts'
import { noticesQuestion } from '../ui/notifications/notices-question.ts'
import { closePicture } from '../ui/open-picture.ts'
import { refusalSentence } from '../ui/refusal-sentence.ts'
import { shownName } from '../ui/shown-name.ts'
import type { MailboxHost } from './mailbox-host.ts'
import { mailboxLanguage, type MailboxLanguage } from './mailbox-language.ts'
import { mailboxList, type MailboxListOptions } from './mailbox-list.ts'
import { mailboxPane, type MailboxPaneOptions } from './mailbox-pane.ts'
import type { MailboxViewOptions } from './mailbox-view-options.ts'
import { soundButton } from '../ui/notifications/sound-button.ts'

export type MailboxListView = Pick<MailboxListOptions, 'title' | 'tools' | 'beside' | 'tabs' | 'foot' | 'emptySentence' | 'mark' | 'found' | 'text'>

export type MailboxPaneView = Pick<
  MailboxPaneOptions,
  'detail' | 'emojiHint' | 'urgency' | 'head' | 'logo' | 'first' | 'note' | 'tools' | 'above' | 'below' | 'between' | 'extra' | 'sentence'
>

export interface MailboxFrame {
  readonly columns: TemplateResult
  /** The third column is open. */
  readonly hasDetails: boolean
  /** Nothing of the columns is to be seen; their nodes stay. */
  readonly isCovered?: boolean
  /** What lies over the columns. */
  readonly overlay: TemplateResult | typeof nothing
}

/** Which column is shown where only one fits. */
type Shown = 'list' | 'conversation' | 'details'

/**
 * What `<im-inbox>` and `<im-desk>` have in common: a list of conversations, one of them open, and everything that announces a new
 * message. The element holds one view, forwards its lifecycle to it (`willUpdate`, `update`, `firstUpdated`), and puts `list()` and
 * `pane()` into `frame()`.
 *
 * Which conversation is open is the client's focus, not the element's: see FocusSync.
 */
export class MailboxView implements ReactiveController {
  readonly columns: Columns
  readonly listing: Listing
  readonly notifications: Notifications
  readonly mailbox: Mailbox
  readonly controller: MailboxClient
  readonly presence: Presence
  readonly thread: Thread
  readonly #host: MailboxHost
  readonly #options: MailboxViewOptions
  readonly #attention: Attention
  readonly #card: () => BubbleOptions['card']
  readonly #virtual: VirtualRows
  readonly #enter: EnterChoice
  readonly #keys: ListKeys
  readonly #focus: FocusSync
  #shown: Shown = 'list'
  #stops: (() => void)[] = []
  #isMounted = false
  #direction = 'ltr'

  constructor(host: MailboxHost, options: MailboxViewOptions) {
    this.#host = host
    this.#options = options
    this.columns = new Columns(host)
    this.#attention = new Attention(host)
    this.listing = new Listing(host)
    this.#virtual = new VirtualRows(host)
    this.notifications = new Notifications(host, () => host.muted)
    this.#enter = new EnterChoice(host, () => 'send')
    this.#keys = new ListKeys(host, {
      ids: () => this.rows.map(({ to }) => to),
      pageCount: () => this.#virtual.pageCount,
      onMove: (index) => this.#virtual.reveal(index),
      onOpen: (to, isToWrite) => (isToWrite ? this.goTo(to) : this.open(to)),
      onEnter: () => void this.focus('.rows'),
    })
    this.#focus = new FocusSync(host, () => this.mailbox.focus)
    this.mailbox = new Mailbox(host, {
      onFocus: this.#focus.follow,
      onMessage: (message) => this.#onMessage(message),
      onWithdrawn: ({ side }) => this.notifications.notices.withdraw(side),
      onUnread: (count) => options.emit('im-unread', { count }),
    })
    const { onConnection, onLogout, onPerson, onRefused } = options
    this.controller = new MailboxClient(host, {
      onConnection,
      onLogout,
      onPerson,
      onRefused,
      onUnread: () => host.requestUpdate(),
      onDraft: (text) => this.thread.draft(text),
      onNotice: (notice) => options.emit('im-notice', notice),
    })
    this.thread = this.#createThread()
    this.#card = mailboxCards(host, { controller: this.controller, language: () => this.language, emit: options.emit })
    this.presence = new Presence(host)
    new TitleBadge(host, () => this.mailbox.unreadCount)
    host.addController(this)
  }

  get client(): ListingPerson | undefined {
    return this.controller.client
  }

  /** Whose conversation is open; '' where none is. */
  get to(): string {
    return this.#host.to
  }

  get shown(): Shown {
    return this.#shown
  }

  /** The conversations listed, in order. */
  get rows(): readonly ConversationRow[] {
    const { rows } = this.mailbox
    const listed = this.listing.rows(rows, this.to)
    return this.#options.addRows?.(listed, rows) ?? listed
  }

  /** The row of the open conversation. */
  get row(): ConversationRow | undefined {
    return this.mailbox.rows.find(({ to }) => to === this.to)
  }

  get language(): MailboxLanguage {
    return mailboxLanguage(this.#host)
  }

  /** The name of the other side of the open conversation, from the newest source that has one. */
  get name(): string {
    const { conversation, messages } = this.controller
    if (!conversation) return ''
    const { name, to } = conversation
    // a shop is not called as its agents are
    const said = (): string | undefined => (to.startsWith('shop:') ? undefined : messages.findLast(({ side }) => side === to)?.name)
    return this.nameOf(to, name.value ?? this.mailbox.rows.find((row) => row.to === to)?.name ?? said())
  }

  /** The name that is shown for `to`: `name`, or one that stands for a guest without any. */
  nameOf(to: string, name: string | undefined): string {
    return shownName(name, to, this.language.mailboxStrings)
  }

  /** Opens the conversation with `to`, in all windows of this person. */
  open(to: string): void {
    this.#host.to = to
    this.show('conversation')
    this.notifications.notices.withdraw(to)
  }

  /** Opens it, brings its row on screen and puts the caret into the composer; used by the shortcuts. */
  goTo(to: string): void {
    const at = this.rows.findIndex((row) => row.to === to)
    this.open(to)
    this.#virtual.reveal(at)
    void this.#host.updateComplete.then(() => this.focus('.composer textarea'))
  }

  /** A row was pressed. With a mouse, writing is what comes next; on a touch screen the keyboard would cover what is to be read. */
  readonly #press = (to: string): void => (matchMedia('(pointer: fine)').matches ? this.goTo(to) : this.open(to))

  /** To whom the page has named last, although nothing is rendered yet. */
  send(text: string): string | undefined {
    if (this.#isMounted) this.#useClient()
    return this.thread.send(text, 'submit')
  }

  /** False where there is no such element on screen. */
  focus(selector: string): boolean {
    const target = this.#host.renderRoot.querySelector<HTMLElement>(selector)
    if (!target || target.getClientRects().length === 0) return false
    target.focus()
    return true
  }

  show(shown: Shown): void {
    this.#shown = shown
    this.#host.requestUpdate()
  }

  hostConnected(): void {
    if (this.#isMounted) return
    this.#isMounted = true
    const { renderRoot } = this.#host
    const update = (): void => this.#host.requestUpdate()
    const onStorage = ({ key }: StorageEvent): void => (key?.includes('~draft~') ? update() : undefined)
    const quiet = renderRoot instanceof ShadowRoot ? [quietKeys(renderRoot)] : []
    this.#stops = [everyMinute(update), listen<StorageEvent>(window, 'storage', onStorage), ...quiet]
    this.#host.requestUpdate()
  }

  /** An element that is only moved in the page is back before the microtask, and keeps its connection. */
  hostDisconnected(): void {
    void Promise.resolve().then(() => {
      if (this.#host.isConnected || !this.#isMounted) return
      this.#isMounted = false
      for (const stop of this.#stops) stop()
      this.mailbox.use(undefined)
      this.controller.stop()
      this.#focus.forget()
    })
  }

  /** Called by the element when the page set a property. */
  assigned(name: string): void {
    if (name === 'to') this.#focus.named()
  }

  /** Called by the element. */
  willUpdate(changed: PropertyValues<MailboxHost>): void {
    if (!this.#isMounted) return
    this.#useClient()
    this.#focus.settle()
    const { client, to } = this
    this.mailbox.use(client)
    if (changed.has('to') && to !== '') this.#select(to)
    this.#focus.announce(client)
    if (this.#needsWholeList) this.mailbox.needMore()
    this.#direction = directionOf(this.#host, this.language.lang)
    if (this.#host.isConnected) this.presence.use(client, this.to, this.#options.showsPresence ? this.#onScreen : [])
  }

  /**
   * The element's own update runs in here. A render that throws half way would leave the head of one person above the messages of
   * another, and the agent would answer the wrong one. The conversation is closed then, what is left is drawn anew, and the error goes
   * on to the page's console.
   */
  update(draw: () => void): void {
    try {
      draw()
    } catch (error) {
      console.warn('im-chat: the conversation could not be drawn', error)
      this.#host.to = ''
      this.#shown = 'list'
      this.#useClient()
      draw()
    }
  }

  /** Called by the element after its first render: the composer and the timeline are in the page. */
  firstUpdated(): void {
    const { renderRoot } = this.#host
    this.thread.attach(renderRoot)
  }

  /** The page now belongs to another person: drop everything of the previous one. */
  reset(): void {
    this.#focus.nextPerson()
    this.#shown = 'list'
    this.thread.reset()
    this.listing.reset()
    this.#keys.active = undefined
    this.notifications.notices.withdrawAll()
    closePicture(this.#host.renderRoot)
    this.mailbox.use(this.client)
  }

  /** Everything the element renders. */
  frame({ columns, hasDetails, isCovered = false, overlay }: MailboxFrame): TemplateResult {
    return html`<div class="root" dir=${this.#direction} lang=${this.language.lang || nothing} data-theme=${this.#host.theme} translate="no">
      <div class="columns" data-columns=${this.columns.count} data-show=${this.to === '' ? 'list' : this.shown}
        ?data-details=${hasDetails} ?hidden=${isCovered}>${columns}</div>
      ${overlay}
    </div>`
  }

  /** What is shown of a shop. */
  readonly face = (shop: Shop | undefined): ShopFace => shopFace({ ...this.language, shop, asker: this.#host, gateway: this.controller.gateway })

  /** The left column. */
  list(view: MailboxListView): TemplateResult {
    const { mailboxStrings, lang, strings: entryStrings } = this.language
    return mailboxList({
      ...view,
      ...{ mailboxStrings, lang, entryStrings },
      keys: this.#keys,
      listing: this.listing,
      gateway: this.controller.gateway,
      ...(this.#options.showsPresence ? { isThere: (to: string) => this.presence.has(to) } : {}),
      mailbox: this.mailbox,
      virtual: this.#virtual,
      rows: this.rows,
      trouble: this.#trouble,
      selected: this.to,
      question: noticesQuestion(this.notifications.notices, this.language.strings),
      draft: (to) => this.client?.draftOf(to) ?? '',
      onOpen: this.#press,
    })
  }

  /** The middle column. */
  pane(view: MailboxPaneView): TemplateResult {
    const { controller, language, name, thread } = this
    const card = this.#card()
    const onBack = (): void => this.show('list')
    return mailboxPane({ ...view, ...language, asker: this.#host, card, enter: this.#enter, controller, name, thread, onBack })
  }

  soundButton(): TemplateResult {
    return soundButton(this.notifications, this.language.strings)
  }

  get #onScreen(): readonly string[] {
    const { first, end } = this.#virtual.window
    return this.rows.slice(first, end).map(({ to }) => to)
  }

  /** Why there can be no list, as a sentence for the person; undefined: there is one, or it may still come. */
  get #trouble(): string | undefined {
    const { strings } = this.language
    const { client, connection } = this.controller
    if (connection.name === 'refused') return refusalSentence(connection.refusal, strings)
    if (this.mailbox.refusal) return refusalSentence(this.mailbox.refusal, strings)
    if (!client && this.#host.hasUpdated) return strings.refusals.signIn
    return this.#options.trouble?.()
  }

  /** The answer to a search or a filter may lie beyond the pages of the list that are loaded. */
  get #needsWholeList(): boolean {
    return this.listing.isSearching && !this.#options.isSearchedByGateway?.()
  }

  #createThread(): Thread {
    const { onNoRecipient, emit, translation } = this.#options
    return new Thread(this.#host, {
      ...(translation ? { translation } : {}),
      conversation: () => this.controller.conversation,
      isShown: () => this.controller.conversation !== undefined,
      isHere: () => this.#attention.isHere,
      enter: this.#enter,
      isSoftKeyboard: () => false,
      strings: () => this.language.strings,
      onNoRecipient,
      onSend: (id, text) => {
        this.controller.wake()
        emit('im-send', { id, text })
      },
      onMessage: ({ id, seq, from, kind, body, at }, isOwn) => emit('im-message', { id, seq, from, kind, text: body.text, at, isOwn }),
    })
  }

  #useClient(): void {
    const { client, gateway, guest, token } = this.#host
    const address = token || guest ? gateway || location.origin : ''
    this.controller.use(client, { gateway: address, token }, () => this.to)
  }

  /** The opened row keeps its place in the list until another is opened. */
  #select(to: string): void {
    this.listing.hold(to, (this.row?.unread ?? 0) > 0)
    this.#keys.active = to
    this.#virtual.reveal(this.rows.findIndex((row) => row.to === to))
    this.#options.emit('im-select', { to })
  }

  #onMessage(message: Message): void {
    if (this.#attention.isHere && message.conversation === this.controller.conversation?.id) return
    const to = message.side
    const listed = this.mailbox.rows.find((row) => row.to === to)?.name
    const name = this.nameOf(to, to.startsWith('shop:') ? listed : (message.name ?? listed))
    this.notifications.notify(message.id, {
      tag: to,
      title: fill(this.language.mailboxStrings.newMessageFrom, { name }),
      text: message.body.text,
      onOpen: () => this.open(to),
    })
  }
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { ListingClient, Person } from '../client/types.ts'
import { OpenRequests } from '../mailbox/open-requests.ts'
import { PersonBlocks } from '../chat/person-blocks.ts'
import { fill } from '../locales/fill.ts'
import type { OwnTexts } from '../locales/texts.ts'
import { PinnedProduct } from '../chat/pinned-product.ts'
import type { Offer } from '../ui/cards.ts'
import { languageReady } from '../ui/language-of.ts'
import { personBar, personTool, type PersonBarView } from '../chat/person-bar.ts'
import { BAD, offerFrom } from '../chat/chat-properties.ts'
import { shopNote, shopStatus, type ShopFace } from '../chat/shop-face.ts'
import { RatingQuestion } from '../chat/rating-question.ts'
import { QueueNote } from '../chat/queue-note.ts'
import { ConnectedElement } from '../chat/connected-element.ts'
import type { MailboxEvents } from '../chat/element-events.ts'
import { MAILBOX_DECLARATIONS, MAILBOX_PROPERTIES } from '../mailbox/mailbox-properties.ts'
import { MailboxView } from '../mailbox/mailbox-view.ts'
import { pageStyles } from '../mailbox/page-styles.ts'

/**
 * `<im-inbox gateway="https://…" token="…">`: a buyer's conversations with shops and people, on a page of its own.
 * Fills its parent; two columns from 680 px of its own width, below that one at a time.
 *
 * Which conversation is open is in step in all windows of the same person: `changeUser` goes up, `syncChangeUserPush` comes
 * down, and a backend can say it too. A window in which an input method is composing follows when the composition ends.
 *
 * A page of the shop asks for a conversation by the loader's `imChat.open({to, product})`: an inbox that is open takes it.
 *
 * What a page may set, call, hear and style: reference/element-docs.ts, the table behind docs/elements.md. No event bubbles but im-sound.
 *
 * Hooks for testers: `data-test` in the open shadow root = conversations conversation unread search filter sound question panel
 * vacant back blocked, and inside the panel those of `<im-chat>`; a conversation has `data-conversation data-to data-unread`.
 */
export class InboxElement extends ConnectedElement<MailboxEvents> {
  static override readonly properties = MAILBOX_DECLARATIONS
  static override readonly accepts = MAILBOX_PROPERTIES
  static override readonly styles = pageStyles

  declare gateway: string
  declare to: string
  declare theme: 'auto' | 'light' | 'dark'
  declare lang: string
  declare strings: OwnTexts | undefined
  declare muted: boolean
  declare guest: boolean
  declare client: ListingClient | undefined

  readonly #view = new MailboxView(this, {
    emit: (name, detail) => {
      if (name === 'im-send') this.#pinned.fold(this.#offer?.offer)
      return this.emit(name, detail)
    },
    onConnection: (state) => this.showConnection(state),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
    onNoRecipient: () => this.missing('to', 'open a conversation first: set it, or call `open(to)`.'),
  })
  /** @internal */
  protected readonly controller = this.#view.controller
  readonly #blocks = new PersonBlocks(this)
  readonly #queue = new QueueNote(this)
  readonly #rating = new RatingQuestion(this)
  readonly #pinned = new PinnedProduct(this)
  #offer: { readonly to: string; readonly offer: Offer } | undefined

  constructor() {
    super()
    this.gateway = this.token = this.to = this.lang = ''
    this.theme = 'auto'
    this.muted = this.guest = false
    new OpenRequests(this, ({ base, product, to }) => {
      if (typeof to !== 'string' || to === '') return
      this.open(to)
      const accepted = offerFrom(product, typeof base === 'string' ? base : document.baseURI)
      this.#offer = accepted === BAD || accepted === undefined ? undefined : { to, offer: accepted }
    })
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

  protected override onPerson(who: Person): void {
    this.#offer = undefined
    this.#rating.reset()
    this.#pinned.reset()
    this.#view.reset()
    this.emit('im-person', who)
  }

  /** The first render waits for its language. */
  protected override scheduleUpdate(): void | Promise<unknown> {
    const ready = this.hasUpdated ? undefined : languageReady(['chat', 'mailbox'], this)
    return ready ? ready.then(() => super.scheduleUpdate()) : super.scheduleUpdate()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#view.willUpdate(changed)
    if (!this.isConnected) return
    this.#blocks.use(this.#view.client)
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#view.update(() => super.update(changed))
  }

  protected override firstUpdated(): void {
    this.#view.firstUpdated()
  }

  protected override render(): TemplateResult {
    const { conversations } = this.#view.language.mailboxStrings
    const list = this.#view.list({
      title: conversations,
      tools: this.#view.soundButton(),
      tabs: nothing,
      foot: nothing,
      emptySentence: undefined,
    })
    const { conversation } = this.#view.controller
    const face = conversation?.to.startsWith('shop:') ? this.#view.face(conversation.shop.value) : undefined
    const pane = this.#view.pane({
      detail: this.#there(face),
      logo: face?.logo,
      note: face && this.#note(face),
      first: face?.greeting
        ? {
            greeting: face.greeting,
            questions: face.questions,
            label: this.#view.language.strings.questions,
            onAsk: (question) => void this.send(question),
          }
        : undefined,
      tools: personTool(this.#person),
      above: nothing,
      below: html`${personBar(this.#person)}${this.#rated()}${this.#offered()}`,
      sentence: ({ code }) => (code === 'blocked' ? this.#blockedSentence() : undefined),
    })
    return this.#view.frame({ columns: html`${list} ${pane}`, hasDetails: false, overlay: nothing })
  }

  get #person(): PersonBarView {
    return { to: this.#view.controller.conversation?.to ?? '', name: this.#view.name, strings: this.#view.language.strings, blocks: this.#blocks }
  }

  /** Whether the other side is there; of a shop how available it is, and when. */
  #there(face: ShopFace | undefined): string {
    const { language, presence } = this.#view
    const { isThere, theirAgent: agent, theirStatus: status } = presence
    if (face) return shopStatus(face, { isThere, status, agent }, language.strings)?.word ?? ''
    return isThere === undefined ? '' : language.mailboxStrings.statuses[isThere ? 'online' : 'offline']
  }

  #note(face: ShopFace): string | undefined {
    const { controller, language, presence, thread } = this.#view
    const { client, conversation, shown, timeline } = controller
    const isOwnTurn = timeline.isLoaded && thread.isOwnTurn
    const note = shopNote(face, { isOwnTurn, isGone: shown.name === 'live' && presence.isThere === false, strings: language.strings })
    if (note !== undefined || !conversation) return note
    return this.#queue.sentence({ client, conversation, isOwnTurn: isOwnTurn && thread.messages.length > 0, isShown: true }, language)
  }

  #blockedSentence(): string {
    const {
      mailboxStrings: { blockedHere },
      lang,
      strings,
    } = this.#view.language
    const { conversation } = this.#view.controller
    if (!conversation?.to.startsWith('shop:')) return strings.refusals.blockedByPerson
    const block = conversation.blocked.value
    if (!block) return blockedHere.plain
    if (block.until === undefined) return fill(blockedHere.forEver, { reason: block.reason })
    const at = new Intl.DateTimeFormat(lang || undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(block.until)
    return fill(blockedHere.until, { at, reason: block.reason })
  }

  #rated(): TemplateResult | typeof nothing {
    const { controller, language, thread } = this.#view
    return this.#rating.view({ client: controller.client, conversation: controller.conversation, messages: thread.messages }, language.strings)
  }

  #offered(): TemplateResult | undefined {
    const { conversation } = this.#view.controller
    const { offer, to } = this.#offer ?? {}
    if (!conversation || conversation.to !== to) return undefined
    const { language, thread } = this.#view
    return this.#pinned.view(offer, { strings: language.strings, messages: thread.messages, send: (body) => thread.sendBody('product', body) })
  }
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Person } from '../client/types.ts'
import { BlockedHere } from './blocked-here.ts'
import { OpenRequests } from '../mailbox/open-requests.ts'
import { PersonBlocks } from '../chat/person-blocks.ts'
import { Presence } from '../chat/presence.ts'
import { fill } from '../locales/fill.ts'
import { offerBar, type Offer } from '../ui/cards.ts'
import { personBar, personTool, type PersonBarView } from '../chat/person-bar.ts'
import { BAD, CHAT_PROPERTIES } from '../chat/chat-properties.ts'
import { MailboxElement } from '../mailbox/mailbox-element.ts'
import { pageStyles } from '../mailbox/page-styles.ts'

/**
 * `<im-inbox gateway="https://…" token="…">`: a buyer's conversations with shops and people, on a page of its own.
 * Fills its parent; two columns from 680 px of its own width, below that one at a time.
 *
 * Which conversation is open is in step in all windows of the same person: `changeUser` goes up, `syncChangeUserPush` comes
 * down, and a backend can say it too. A window in which an input method is composing follows when the word is finished.
 *
 * A page of the shop asks for a conversation by the loader's `imChat.open({to, product})`: an inbox that is open takes it.
 *
 * Properties (attributes of the same name; a value that cannot be is warned about once and the old one stays)
 *   gateway      address of the gateway, else the page's own         token   the pass; '': nobody, and no line. A fresh one of the same
 *                person (src, sub, role, shop) changes nothing else; another person's makes the page that person's, as if made anew
 *   to           the conversation that is open: `shop:<id>` or a participant id; setting it opens
 *   lang         language of the texts, else the page's              theme   auto | light | dark
 *   guest        without a pass this device's guest is here, the same as in `<im-chat>`, instead of nobody
 *   muted        no sound, whatever the person chose
 *   client       (property only) a Client that the page made; gateway and token are then not used
 *   connection   (read only, reflected) idle connecting catching-up live waiting refused closed
 *   transport    (read only, reflected) websocket | polling, absent while there is no line
 * Methods: `open(to)`, `send(text)` → client id or undefined, `logout()` ends the line and takes all that is this person's off the device, in
 *   all windows
 *
 * Events (none bubbles but im-sound)
 *   im-select {to}                           another conversation is open
 *   im-send {id, text}                       once per send
 *   im-message {id, seq, from, kind, text, at, isOwn}   once per message that came onto the screen
 *   im-unread {count}                        the number of conversations with something unread changed
 *   im-sound                                 this window sounded
 *   im-connection {state, transport}         the line changed
 *   im-refused {code, message, retry, id?}   a final no, of the line or (with `id`) of one message
 *   im-person {id?, role, shop?}             the page is another person's; role: guest | customer | agent
 *   im-notice {type, text?, …}               what a backend published into this person's channel, as it is
 *
 * Parts: blocked list conversations conversation avatar unread question panel header timeline bubble bubble-own bubble-other card
 * banner latest composer enter field input send retry discard. CSS variables: styles/tokens.ts.
 * Hooks for testers: `data-test` in the open shadow root = conversations conversation unread search filter sound question panel
 * vacant back blocked, and inside the panel those of `<im-chat>`; a conversation has `data-conversation data-to data-unread`.
 */
export class InboxElement extends MailboxElement {
  static override readonly styles = pageStyles

  protected readonly hasDetails = false
  readonly #presence = new Presence(this)
  readonly #blocked = new BlockedHere(this)
  readonly #blocks = new PersonBlocks(this)
  #offer: { readonly to: string; readonly offer: Offer } | undefined

  constructor() {
    super()
    new OpenRequests(this, ({ product, to }) => {
      if (typeof to !== 'string' || to === '') return
      this.open(to)
      const accepted = CHAT_PROPERTIES.product!(product)
      this.#offer = accepted === BAD || accepted === undefined ? undefined : { to, offer: accepted as Offer }
    })
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!this.isConnected) return
    this.#presence.use(this.controller.client, this.to)
    this.#blocked.use(this.controller.client)
    this.#blocks.use(this.controller.client)
  }

  protected override onPerson(who: Person): void {
    this.#offer = undefined
    super.onPerson(who)
  }

  protected override columns(): TemplateResult {
    const { conversations } = this.language.mailboxStrings
    return html`${this.list({ title: conversations, tools: this.soundButton(), tabs: nothing, foot: nothing, emptySentence: undefined })}
      ${this.pane({
        detail: this.#there(), tools: personTool(this.#person), above: this.#offered(), below: html`${personBar(this.#person)}${this.#banner()}`,
        sentence: ({ code }) => (code === 'blocked' ? this.#blockedSentence() : undefined),
      })}`
  }

  get #person(): PersonBarView {
    return { to: this.controller.conversation?.to ?? '', name: this.name, strings: this.language.strings, blocks: this.#blocks }
  }

  /** Whether the other side is there; of a shop how available it is. */
  #there(): string {
    const { isThere, theirStatus } = this.#presence
    if (isThere === undefined) return ''
    return this.language.mailboxStrings.statuses[isThere ? (theirStatus ?? 'online') : 'offline']
  }

  #blockedSentence(): string {
    const { mailboxStrings: { blockedHere }, lang, strings } = this.language
    if (!this.controller.conversation?.to.startsWith('shop:')) return strings.refusals.blockedByPerson
    const word = this.#blocked.in(this.controller.conversation?.id, Date.now())
    if (!word) return blockedHere.plain
    if (word.until === undefined) return fill(blockedHere.forEver, { reason: word.reason })
    const at = new Intl.DateTimeFormat(lang || undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(word.until)
    return fill(blockedHere.until, { at, reason: word.reason })
  }

  #banner(): TemplateResult | typeof nothing {
    if (!this.#blocked.in(this.controller.conversation?.id, Date.now())) return nothing
    return html`<p class="blocked-here" part="blocked" data-test="blocked" role="status" dir="auto">${this.#blockedSentence()}</p>`
  }

  #offered(): TemplateResult | typeof nothing {
    const { conversation } = this.controller
    const { offer: thing, to } = this.#offer ?? {}
    if (!thing || !conversation || conversation.to !== to) return nothing
    const dismiss = (): void => {
      this.#offer = undefined
      this.requestUpdate()
    }
    return offerBar({
      strings: this.language.strings, offer: thing, onDismiss: dismiss,
      onSend: () => {
        const text = [thing.title, thing.price, thing.url].filter(Boolean).join(' · ')
        // refused at once it stays where it is, and the page has been told why
        if (this.thread.sendBody('product', { ...thing, text }) !== undefined) dismiss()
      },
    })
  }
}

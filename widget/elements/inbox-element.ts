import { html, nothing, type TemplateResult } from 'lit'
import { PageWishes } from '../controllers/page-wishes.ts'
import type { Offer } from '../parts/cards.ts'
import { pageCards } from '../parts/page-cards.ts'
import { BAD, CHAT_PROPERTIES } from './chat-properties.ts'
import { MailboxElement } from './mailbox-element.ts'
import { pageStyles } from './page-styles.ts'

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
 *   gateway      address of the gateway, else the page's own         token   the pass; may be renewed at any time
 *   to           the conversation that is open: `shop:<id>` or a participant id; setting it opens
 *   lang         language of the texts, else the page's              theme   auto | light | dark
 *   muted        no sound, whatever the person chose
 *   client       (property only) a Client that the page made; gateway and token are then not used
 *   connection   (read only, reflected) idle connecting catching-up live waiting refused closed
 *   transport    (read only, reflected) websocket | polling, absent while there is no line
 * Methods: `open(to)`, `send(text)` → client id or undefined
 *
 * Events (none bubbles but im-sound)
 *   im-select {to}                           another conversation is open
 *   im-send {id, text}                       once per send
 *   im-message {id, seq, from, kind, text, at, isOwn}   once per message that came onto the screen
 *   im-unread {count}                        the number of conversations with something unread changed
 *   im-sound                                 this window sounded
 *   im-connection {state, transport}         the line changed
 *   im-refused {code, message, retry, id?}   a final no, of the line or (with `id`) of one message
 *   im-notice {type, text?, …}               what a backend published into this person's channel, as it is
 *
 * Parts: list conversations conversation avatar unread question panel header timeline bubble bubble-own bubble-other card
 * banner latest composer enter field input send retry discard. CSS variables: styles/tokens.ts.
 * Hooks for testers: `data-test` in the open shadow root = conversations conversation unread search filter sound question panel
 * vacant back, and inside the panel those of `<im-chat>`; a conversation has `data-conversation data-to data-unread`.
 */
export class InboxElement extends MailboxElement {
  static override readonly styles = pageStyles

  protected readonly hasDetails = false
  #offer: { readonly to: string; readonly offer: Offer } | undefined

  constructor() {
    super()
    new PageWishes(this, ({ product, to }) => {
      if (typeof to !== 'string' || to === '') return
      this.open(to)
      const accepted = CHAT_PROPERTIES.product!(product)
      this.#offer = accepted === BAD || accepted === undefined ? undefined : { to, offer: accepted as Offer }
    })
  }

  protected override columns(): TemplateResult {
    const { conversations } = this.language.deskStrings
    return html`${this.list({ title: conversations, tools: this.soundButton(), tabs: nothing, foot: nothing, emptySentence: undefined })}
      ${this.pane({ detail: '', tools: nothing, above: this.#offered() })}`
  }

  #offered(): TemplateResult | typeof nothing {
    const { conversation } = this.line
    const { offer: thing, to } = this.#offer ?? {}
    if (!thing || !conversation || conversation.to !== to) return nothing
    const dismiss = (): void => {
      this.#offer = undefined
      this.requestUpdate()
    }
    return pageCards.offer({
      strings: this.language.strings, offer: thing, onDismiss: dismiss,
      onSend: () => {
        const text = [thing.title, thing.price, thing.url].filter(Boolean).join(' · ')
        this.tell('im-send', { id: conversation.sendBody('product', { ...thing, text }), text })
        this.thread.toEnd()
        dismiss()
      },
    })
  }
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Client, Person } from '../client/types.ts'
import { ClientController } from './client-controller.ts'
import { everyMinute } from '../ui/every-minute.ts'
import { EnterChoice } from './composer/enter-choice.ts'
import type { Inset } from './viewport/geometry.ts'
import { hasHost, hostBridge } from './host-bridge.ts'
import { MediaQuery } from '../ui/media-query.ts'
import { lockPage } from './viewport/page-lock.ts'
import { PanelFocus } from './panel-focus.ts'
import { quietKeys } from './quiet-keys.ts'
import { linkBlockedStyles } from './style-link.ts'
import { tap } from './composer/tap.ts'
import { PersonBlocks } from './person-blocks.ts'
import { Thread } from './thread.ts'
import { Unset } from './unset.ts'
import { Viewing } from './viewing.ts'
import { Viewport } from './viewport/viewport.ts'
import { launcher } from './launcher.ts'
import type { Offer } from './timeline/cards.ts'
import { chatLanguage, type Language } from './chat-language.ts'
import { CHAT_PROPERTIES } from './chat-properties.ts'
import { chatStyles } from './chat-styles.ts'
import { chatPanel } from './panel.ts'
import { ConnectedElement } from './connected-element.ts'
import { doubtfulTo, warnAuthor } from './author-warnings.ts'

/** A screen too small for a panel beside the page. By the device's size, which no keyboard changes. */
const SMALL = '(max-width: 599px), (max-device-height: 499px)'

/**
 * `<im-chat gateway="https://…" token="…" to="shop:42">`: a launcher in the corner and a chat panel, or the panel alone.
 *
 * State: closed (launcher) ⇄ open (panel; covers a phone, floats on a desktop). `mode="inline"` is always open and fills the
 * element. A mounted life lasts from connection to removal; a move within the page is no removal, and after a removal the
 * next life goes on with the same draft, history and outbox.
 *
 * Properties (attributes of the same name; a value that cannot be is warned about once and the old one stays)
 *   gateway      address of the gateway                              token   the pass; '': the guest. A fresh one of the same person
 *                (src, sub, role, shop) changes nothing else; another person's makes the chat that person's, as if made anew
 *   to           `shop:<id>` or a participant id                     open    the panel is open (reflected)
 *   mode         launcher | inline                                   enter   send | newline: what Enter does until the person chooses
 *   lang         language of the texts, else the page's              theme   auto | light | dark
 *   product      {title, price?, image?, url?} or its JSON: offered above the composer
 *   client       (property only) a Client that the page made; gateway and token are then not used
 *   connection   (read only, reflected) idle connecting catching-up live waiting refused closed
 *   transport    (read only, reflected) websocket | polling, absent while there is no line
 * Methods: `show()`, `hide()`, `send(text)` → client id or undefined, `setViewportInset({bottom?, top?})`, `logout()` ends the line and takes
 *   all that is this person's off the device, in all windows
 *
 * Events (none bubbles)
 *   im-send {id, text}                       once per send
 *   im-message {id, seq, from, kind, text, at, isOwn}   once per message that came onto the screen
 *   im-open · im-close                       the panel opened or closed
 *   im-unread {count}                        the count of unread messages changed
 *   im-connection {state, transport}         the line changed
 *   im-refused {code, message, retry, id?}   a final no, of the line or (with `id`) of one message
 *   im-person {id?, role, shop?}             the chat is another person's; role: guest | customer | agent
 *   im-notice {type, text?, …}               what a backend published into this person's channel, as it is
 *
 * Parts: launcher unread panel header close timeline bubble bubble-own bubble-other card banner latest empty offer composer
 * enter field input send retry discard. CSS variables: styles/tokens.ts.
 * Hooks for testers: `data-test` in the open shadow root = launcher unread panel close banner timeline message typing older
 * empty latest new retry discard offer composer enter input send limit; a message has `data-id data-seq data-state`.
 */
export class ChatElement extends ConnectedElement {
  static override readonly properties = {
    gateway: {}, token: {}, to: {}, mode: {}, enter: {}, theme: {}, lang: {}, product: {},
    open: { type: Boolean, reflect: true },
    client: { attribute: false },
  }
  static override readonly styles = chatStyles
  static override readonly accepts = CHAT_PROPERTIES

  declare gateway: string
  declare to: string
  declare mode: 'launcher' | 'inline'
  declare enter: 'send' | 'newline'
  declare theme: 'auto' | 'light' | 'dark'
  declare lang: string
  declare product: Offer | undefined
  declare open: boolean
  declare client: Client | undefined

  readonly #media = new MediaQuery(this, SMALL)
  readonly #enter = new EnterChoice(this, () => this.enter)
  readonly #focus = new PanelFocus()
  protected readonly controller: ClientController = new ClientController(this, {
    onConnection: (state) => this.showConnection(state),
    onUnread: (count) => this.tell('im-unread', { count }),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onDraft: (text) => this.#thread.draft(text),
    onNotice: (notice) => this.tell('im-notice', notice),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
  })
  readonly #blocks = new PersonBlocks(this)
  readonly #thread: Thread = new Thread(this, {
    conversation: () => this.controller.conversation,
    isShown: () => this.#isShown,
    // the app around the page knows that nobody sees it
    isHere: () => !this.hasAttribute('unseen'),
    enterSends: () => this.#enter.value === 'send',
    isSoftKeyboard: () => this.#viewport?.band.isOpen === true,
    pictureLabel: () => chatLanguage(this.lang, this).strings.image,
    onNobody: () => this.#nobody(),
    onSend: (id, text) => {
      this.controller.wake()
      this.tell('im-send', { id, text })
    },
    onMessage: ({ id, seq, from, kind, body, at }, isOwn) =>
      this.tell('im-message', { id, seq, from, kind, text: body.text, at, isOwn }),
  })
  readonly #viewing = new Viewing()
  #viewport: Viewport | undefined
  #inset: Partial<Inset> = {}
  #stops: (() => void)[] = []
  #unlock: (() => void) | undefined
  #partFromHost: (() => void) | undefined
  #isMounted = false
  /** Given to `send` before there was a conversation. */
  readonly #unsaid: string[] = []
  #hasPanel = false
  #dismissed: Offer | undefined
  #dir = 'ltr'

  constructor() {
    super()
    this.gateway = this.token = this.to = this.lang = ''
    this.mode = 'launcher'
    this.enter = 'send'
    this.theme = 'auto'
    this.open = false
    new Unset(this, {
      isMissing: () => this.#isMounted && (!this.to || (!this.gateway && !this.client)),
      onUnset: (isUnset) => {
        this.controller.isUnset = isUnset
        if (isUnset) this.#nobody()
      },
    })
  }

  show(): void {
    this.open = true
    // In the gesture's own turn: iOS raises no keyboard for a focus that comes later.
    if (this.isConnected && this.isUpdatePending && this.hasUpdated) this.performUpdate()
  }

  hide(): void {
    this.open = false
  }

  /** Before the element is on a page, or before it knows `to`, the text waits for both; the id is not known then. */
  send(text: string): string | undefined {
    if (this.#isMounted) this.#join()
    if (this.controller.conversation) return this.#thread.send(text, 'submit')
    if (this.#isMounted && this.hasUpdated) this.#nobody()
    if (text.trim()) this.#unsaid.push(text)
    return undefined
  }

  setViewportInset(inset: Partial<Inset>): void {
    this.#inset = { ...this.#inset, ...inset }
    this.#viewport?.cover(inset)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#isMounted) return
    this.#isMounted = true
    this.#stops = [everyMinute(() => this.requestUpdate())]
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    void Promise.resolve().then(() => {
      if (!this.isConnected) this.#unmount()
    })
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot()
    if (!(root instanceof ShadowRoot)) return root
    quietKeys(root)
    linkBlockedStyles(root, this.gateway + (this.gateway.endsWith('/') ? 'im-chat.css' : '/im-chat.css'))
    return root
  }

  protected override willUpdate(): void {
    if (!this.#isMounted) return
    this.#join()
    this.#dir = getComputedStyle(this).direction
    if (this.#isShown) this.#hasPanel = true
    if (hasHost()) this.#partFromHost ??= hostBridge(this)?.connectBridge(this)
  }

  protected override render(): TemplateResult {
    const isInline = this.mode === 'inline'
    const language = chatLanguage(this.lang, this)
    const { strings, lang } = language
    return html`<div class="root ${isInline ? 'inline' : ''}" dir=${this.#dir} lang=${lang || nothing} data-theme=${this.theme}
      @keydown=${this.#onKeydown}>
      ${isInline ? nothing : launcher({ strings, unread: this.controller.unread, isHidden: this.open, onOpen: () => this.show() })}
      <div class="frame probe" aria-hidden="true"></div>
      ${this.#hasPanel ? html`<div class="frame ${this.#isModal ? 'modal' : ''}" data-frame ?hidden=${!this.#isShown}
        >${this.#panel(language)}</div>` : nothing}
    </div>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#attach()
    if (this.controller.conversation) for (const text of this.#unsaid.splice(0)) this.#thread.send(text, 'submit')
    this.#doubt()
    this.#viewing.tell(this.controller.client, this.to, this.product)
    const wasOpen = changed.get('open')
    if (changed.has('open') && this.open) this.controller.wake()
    if (this.#isShown) this.#viewport?.start()
    else this.#viewport?.stop()
    this.#lock(this.#isShown && this.#isModal)
    if (changed.has('open') && wasOpen !== undefined && this.mode === 'launcher') this.#onToggled()
  }

  #join(): void {
    this.controller.use(this.client, { gateway: this.gateway, token: this.token }, () => this.to)
  }

  #nobody(): void {
    if (!this.gateway && !this.client) this.missing('gateway', 'set it to the address of the gateway, like gateway="https://chat.example.com".')
    if (!this.to) this.missing('to', 'set it to whom people write to, like to="shop:42".')
  }

  /** A number is a person's id, and whoever answers nobody's messages is hard to tell from a shop whose name was written wrongly. */
  #doubt(): void {
    const { client, timeline } = this.controller
    const isNew = timeline.isLoaded && timeline.messages.length === 0
    if (isNew && client?.who.role !== 'agent' && doubtfulTo(this.to)) warnAuthor(this.localName, 'doubtful to', doubtfulTo(this.to)!)
  }

  protected override onPerson(who: Person): void {
    this.#dismissed = undefined
    this.#unsaid.length = 0
    this.#thread.reset()
    this.tell('im-person', who)
  }

  get #isShown(): boolean {
    return this.open || this.mode === 'inline'
  }

  get #isModal(): boolean {
    return this.mode === 'launcher' && this.#media.matches
  }

  #panel(language: Language): TemplateResult {
    const controller = this.controller
    if (this.to && !this.to.startsWith('shop:')) this.#blocks.use(controller.client)
    const offered = this.product && this.product !== this.#dismissed ? this.product : undefined
    return chatPanel({
      ...language, asker: this, controller, thread: this.#thread, blocks: this.#blocks, enter: this.#enter.value, isEnterTold: this.#enter.isTold,
      isModal: this.#isModal, isInline: this.mode === 'inline', offered,
      onClose: () => this.hide(),
      onOffer: (isSent) => this.#onOffer(offered, isSent),
    })
  }

  /** Once, when the panel's nodes are there; they stay for the element's life. */
  #attach(): void {
    const frame = this.renderRoot.querySelector<HTMLElement>('[data-frame]')
    if (!frame || this.#viewport) return
    const probe = this.renderRoot.querySelector<HTMLElement>('.probe')!
    const field = frame.querySelector('textarea')!
    this.#viewport = new Viewport({ frame, probe, box: () => (this.mode === 'inline' ? this : probe) }, {
      isFocused: () => this.shadowRoot?.activeElement === field,
      hold: (change) => this.#thread.scroll.hold(change),
    })
    this.#viewport.cover(this.#inset)
    this.#thread.attach(frame)
    const onEnter = (): void => this.#enter.toggle()
    tap(frame.querySelector<HTMLElement>('.enter')!, onEnter, onEnter)
  }

  #lock(isLocked: boolean): void {
    if (isLocked) this.#unlock ??= lockPage(this.renderRoot.querySelector<HTMLElement>('.panel')!)
    else {
      this.#unlock?.()
      this.#unlock = undefined
    }
  }

  #unmount(): void {
    if (!this.#isMounted) return
    this.#isMounted = false
    for (const stop of this.#stops) stop()
    this.#viewport?.stop()
    this.#partFromHost?.()
    this.#partFromHost = undefined
    this.#lock(false)
    this.controller.stop()
  }

  #onToggled(): void {
    const find = (selector: string): HTMLElement | null => this.renderRoot.querySelector<HTMLElement>(selector)
    if (this.open) this.#focus.enter(find('.panel')!, find('textarea')!)
    else this.#focus.leave(this, find('.launcher'))
    this.tell(this.open ? 'im-open' : 'im-close', undefined)
  }

  #onKeydown(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || !this.#isShown || this.mode === 'inline') return
    if (event.key === 'Escape') this.hide()
    else if (event.key === 'Tab' && this.#isModal) this.#focus.trap(event, this.renderRoot.querySelector<HTMLElement>('.panel')!)
  }

  #onOffer(offer: Offer | undefined, isSent: boolean): void {
    this.#dismissed = offer
    this.requestUpdate()
    if (!offer || !isSent) return
    const text = [offer.title, offer.price, offer.url].filter((each) => each).join(' · ')
    this.#thread.sendBody('product', { ...offer, text })
  }
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { idOrRefused } from '../client/refusal-error.ts'
import type { Client, Person } from '../client/types.ts'
import { firstLocale } from '../locales/first-locale.ts'
import { LAUNCHER_STRINGS, type LauncherStrings } from '../locales/launcher-strings.ts'
import { everyMinute } from '../ui/every-minute.ts'
import { CHAT_PROPERTIES } from './chat-properties.ts'
import { chatStyles } from './chat-styles.ts'
import { ClientController } from './client-controller.ts'
import { ConnectedElement } from './connected-element.ts'
import { hasHost, hostBridge } from './host-bridge.ts'
import { launcher } from './launcher.ts'
import { isPanelMissing, panelScript, whenIdle } from './panel-script.ts'
import type { ChatEvents } from './element-events.ts'
import type { Panel } from './panel-contract.ts'
import { quietKeys } from './quiet-keys.ts'
import { linkBlockedStyles } from './style-link.ts'
import type { Offer } from '../ui/cards.ts'
import { Unset } from './unset.ts'
import { Viewing } from './viewing.ts'
import { doubtfulTo, warnAuthor } from './warn-author.ts'
import type { Inset } from './viewport/geometry.ts'

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
 * The panel is a script of its own (panel.ts), fetched when the line stands and the page is idle, when a finger comes down on the launcher,
 * and at once for a chat that begins open. Until it is there the launcher says that it is coming; nothing that was sent or typed depends on it.
 *
 * Parts: launcher launcher-note unread panel header close timeline bubble bubble-own bubble-other card banner latest empty offer composer
 * enter field input send retry discard. CSS variables: ui/tokens.ts.
 * Hooks for testers: `data-test` in the open shadow root = launcher launcher-note unread panel close banner timeline message typing older
 * empty latest new retry discard offer composer enter input send limit; a message has `data-id data-seq data-state`.
 */
export class ChatElement extends ConnectedElement<ChatEvents> {
  static override readonly properties = {
    gateway: {},
    token: {},
    to: {},
    mode: {},
    enter: {},
    theme: {},
    lang: {},
    product: {},
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

  protected readonly controller: ClientController = new ClientController(this, {
    onConnection: (state) => this.showConnection(state),
    onUnread: (count) => this.tell('im-unread', { count }),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onDraft: (text) => this.#panel?.draft(text),
    onNotice: (notice) => this.tell('im-notice', notice),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
  })
  readonly #viewing = new Viewing()
  #panel: Panel | undefined
  /** It was opened by the person before there was a panel to go into. */
  #isFocusOwed = false
  #isPanelWanted = false
  #stopIdle: (() => void) | undefined
  #inset: Partial<Inset> = {}
  #stops: (() => void)[] = []
  #partFromHost: (() => void) | undefined
  #isMounted = false
  /** Given to `send` before there was a conversation. */
  readonly #unsaid: string[] = []
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
    if (this.controller.conversation) return this.#send(text)
    if (this.#isMounted && this.hasUpdated) this.#nobody()
    if (text.trim()) this.#unsaid.push(text)
    return undefined
  }

  setViewportInset(inset: Partial<Inset>): void {
    this.#inset = { ...this.#inset, ...inset }
    this.#panel?.cover(inset)
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
    if (this.#isShown) this.#isPanelWanted = true
    else if (this.controller.connection.name === 'live') this.#stopIdle ??= whenIdle(() => this.#wantPanel())
    if (this.#isPanelWanted && this.hasUpdated) this.#openPanel()
    if (hasHost()) this.#partFromHost ??= hostBridge(this)?.connectBridge(this)
  }

  protected override render(): TemplateResult {
    const isInline = this.mode === 'inline'
    const waiting = this.#isShown && !this.#panel ? (isPanelMissing() ? 'failed' : 'loading') : undefined
    return html`<div class="root ${isInline ? 'inline' : ''}" dir=${this.#dir} lang=${this.lang || nothing} data-theme=${this.theme}>
      ${
        isInline && waiting !== 'failed'
          ? nothing
          : launcher({
              strings: this.#strings,
              waiting,
              unread: this.controller.unread,
              isHidden: isInline || (this.open && waiting === undefined),
              onOpen: () => this.show(),
              onPress: () => this.#wantPanel(),
            })
      }
      <div class="place"></div>
    </div>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    // A panel can be made only where its place is.
    if (this.#isPanelWanted && !this.#panel) this.#openPanel()
    if (this.controller.conversation) for (const text of this.#unsaid.splice(0)) this.#send(text)
    this.#doubt()
    this.#viewing.tell(this.controller.client, this.to, this.product)
    if (changed.has('open') && this.open) this.controller.wake()
    if (changed.has('open') && changed.get('open') !== undefined && this.mode === 'launcher') this.#onToggled()
  }

  protected override onPerson(who: Person): void {
    this.#unsaid.length = 0
    this.#panel?.reset()
    this.tell('im-person', who)
  }

  get #isShown(): boolean {
    return this.open || this.mode === 'inline'
  }

  get #strings(): LauncherStrings {
    return firstLocale(LAUNCHER_STRINGS, [this.lang, document.documentElement.lang, navigator.language]) ?? LAUNCHER_STRINGS.en!
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

  #send(text: string): string | undefined {
    const id = idOrRefused(() => this.controller.conversation?.send(text))
    if (id === undefined) return undefined
    this.#panel?.toEnd()
    this.#onSend(id, text)
    return id
  }

  #onSend(id: string, text: string): void {
    this.controller.wake()
    this.tell('im-send', { id, text })
  }

  #wantPanel(): void {
    this.#isPanelWanted = true
    this.requestUpdate()
  }

  /** Once for the element's life, at the first opening; until then, and until it has come, the script is only asked for. */
  #openPanel(): void {
    const script = this.#panel ? undefined : panelScript(this)
    if (!script || !this.#isShown) return
    this.#panel = script.openPanel({
      element: this,
      root: this.shadowRoot!,
      place: this.renderRoot.querySelector<HTMLElement>('.place')!,
      chat: this.controller,
      wishes: () => ({ isOpen: this.open, mode: this.mode, enter: this.enter, lang: this.lang, product: this.product }),
      onClose: () => this.hide(),
      onSend: (id, text) => this.#onSend(id, text),
      onMessage: ({ id, seq, from, kind, body, at }, isOwn) => this.tell('im-message', { id, seq, from, kind, text: body.text, at, isOwn }),
      onNobody: () => this.#nobody(),
    })
    this.#panel.cover(this.#inset)
    this.requestUpdate()
    if (this.#isFocusOwed) void this.updateComplete.then(() => this.#focusOwed())
  }

  #focusOwed(): void {
    if (this.#isFocusOwed && this.open) this.#panel?.toggled(true, null)
    this.#isFocusOwed = false
  }

  #unmount(): void {
    if (!this.#isMounted) return
    this.#isMounted = false
    for (const stop of this.#stops) stop()
    this.#stopIdle?.()
    this.#stopIdle = undefined
    this.#panel?.stop()
    this.#partFromHost?.()
    this.#partFromHost = undefined
    this.controller.stop()
  }

  #onToggled(): void {
    if (this.#panel) this.#panel.toggled(this.open, this.renderRoot.querySelector<HTMLElement>('.launcher'))
    else this.#isFocusOwed = this.open
    this.tell(this.open ? 'im-open' : 'im-close', null)
  }
}

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import { isBlank } from '../client/is-blank.ts'
import { idOrRefused } from '../client/refusal-error.ts'
import { outsideZone } from '../client/outside-zone.ts'
import type { Client, Person } from '../client/types.ts'
import { launcher as launcherEn } from '../locales/en/launcher.ts'
import type { OwnTexts } from '../locales/texts.ts'
import { directionOf } from '../ui/direction-of.ts'
import { everyMinute } from '../ui/every-minute.ts'
import { nextTask } from './next-task.ts'
import { languageOf } from '../ui/language-of.ts'
import { Availability } from './availability.ts'
import { CHAT_PROPERTIES, FLAG_ATTRIBUTE, insetFrom, warnOnce } from './chat-properties.ts'
import { chatStyles } from './chat-styles.ts'
import { ClientController } from './client-controller.ts'
import { ConnectedElement } from './connected-element.ts'
import { hasHost, hostBridge } from './host-bridge.ts'
import { launcher } from './launcher.ts'
import { placeLaunchers, stackLauncher } from './launcher-stack.ts'
import { isPanelMissing, panelScript, whenIdle } from './panel-script.ts'
import type { ChatEvents } from './element-events.ts'
import type { Panel } from './panel-contract.ts'
import { quietKeys } from './quiet-keys.ts'
import { linkBlockedStyles } from './style-link.ts'
import type { OwnOrder } from './own-order.ts'
import type { Offer } from '../ui/cards.ts'
import type { Hours } from './shop-face.ts'
import { RequiredProperty } from './required-property.ts'
import { Viewing } from './viewing.ts'
import { warnDoubtfulTo } from './warn-doubtful-to.ts'
import type { Inset } from './viewport/geometry.ts'

const ENGLISH = { launcher: launcherEn }

/**
 * `<im-chat gateway="https://…" token="…" to="shop:42">`: a launcher in the corner and a chat panel, or the panel alone.
 *
 * State: closed (launcher) ⇄ open (the panel covers a phone's screen and floats on a desktop). `mode="inline"` is always open and fills the element.
 * The element is mounted from insertion to removal. A move within the page is not a removal; after a removal and a new insertion the draft, history
 * and outbox are still there.
 *
 * What a page may set, call, hear and style: reference/element-docs.ts, the table behind docs/elements.md. No event bubbles. `im-card` can be cancelled.
 *
 * The panel is a separate script (panel.ts). The element fetches it when the connection is live and the page is idle, when the launcher is pressed,
 * and at once if the chat starts open. Until it is ready the launcher shows that it is loading; sending does not depend on it.
 * A slow phone needs a tenth of a second for each of these, so each has a task of its own: the script, the launcher, the client, the panel while it
 * is hidden, its showing, and the messages (panel.ts). A tap shows a panel that is ready at once, within the gesture.
 *
 * Hooks for testers: `data-test` in the open shadow root = launcher launcher-note unread panel close banner timeline message typing older empty
 * latest new retry discard offer offer-send offer-away offer-chip card card-state card-cost card-now composer more emoji input send limit tray; a message has `data-id data-seq data-state`.
 */
export class ChatElement extends ConnectedElement<ChatEvents> {
  static override readonly properties = {
    gateway: {},
    token: {},
    to: {},
    mode: {},
    enter: {},
    history: {},
    theme: {},
    lang: {},
    strings: { attribute: false },
    product: {},
    orders: {},
    name: {},
    logo: {},
    greeting: {},
    hours: {},
    side: {},
    muted: { type: Boolean, converter: FLAG_ATTRIBUTE },
    open: { type: Boolean, reflect: true, converter: FLAG_ATTRIBUTE },
    client: { attribute: false },
  }
  static override readonly styles = chatStyles
  static override readonly accepts = CHAT_PROPERTIES

  declare gateway: string
  declare to: string
  declare mode: 'launcher' | 'inline'
  declare enter: 'send' | 'newline'
  declare history: 'auto' | 'off'
  declare theme: 'auto' | 'light' | 'dark'
  declare lang: string
  declare strings: OwnTexts | undefined
  declare product: Offer | undefined
  declare orders: readonly OwnOrder[] | undefined
  declare name: string
  declare logo: string
  declare greeting: string
  declare hours: Hours | undefined
  declare side: 'end' | 'start' | 'left' | 'right'
  declare muted: boolean
  declare open: boolean
  declare client: Client | undefined

  /** @internal */
  protected readonly controller: ClientController = new ClientController(this, {
    onConnection: (state) => this.showConnection(state),
    onUnread: (count) => this.emit('im-unread', { count }),
    onRefused: (refusal, id) => this.refused(refusal, id),
    onDraft: (text) => this.#panel?.draft(text),
    onNotice: (notice) => this.emit('im-notice', notice),
    onPerson: (who) => this.onPerson(who),
    onLogout: () => this.forgetToken(),
  })
  readonly #viewing = new Viewing()
  readonly #availability = new Availability((isAvailable) => this.emit('im-available', { isAvailable }))
  #panel: Panel | undefined
  /** The panel was built in an earlier task and may be shown. */
  #isPanelReady = false
  /** The person opened the chat before the panel was ready: focus moves into it once it is. */
  #isFocusPending = false
  #isPanelWanted = false
  #stopIdle: (() => void) | undefined
  #inset: Partial<Inset> = {}
  #stops: (() => void)[] = []
  #disconnectBridge: (() => void) | undefined
  #isMounted = false
  /** Texts passed to `send` before there was a conversation. */
  readonly #unsent: string[] = []
  #dir = 'ltr'

  constructor() {
    super()
    this.gateway = this.token = this.to = this.lang = this.name = this.logo = this.greeting = ''
    this.mode = 'launcher'
    this.enter = 'send'
    this.history = 'auto'
    this.theme = 'auto'
    this.side = 'end'
    this.open = this.muted = false
    new RequiredProperty(this, {
      isMissing: () => this.#isMounted && (!this.to || (!this.gateway && !this.client)),
      onUnset: (isUnset) => {
        this.controller.isUnset = isUnset
        if (isUnset) this.#warnUnset()
      },
    })
  }

  show(): void {
    this.open = true
    // Render within the gesture: iOS shows no keyboard for a focus that comes later.
    if (this.isConnected && this.isUpdatePending && this.hasUpdated) this.performUpdate()
  }

  hide(): void {
    this.open = false
  }

  /** Before the element is in a page or has a `to`, the text waits for both and the client id is not known yet: undefined. */
  send(text: string): string | undefined {
    if (this.#isMounted) this.#useClient()
    this.#sendWaiting()
    if (this.controller.conversation) return this.#send(text)
    if (this.#isMounted && this.hasUpdated) this.#warnUnset()
    if (!isBlank(text)) this.#unsent.push(text)
    return undefined
  }

  /** What the host covers of the window, in CSS px; an absent or bad length leaves that side as it was. */
  setViewportInset(inset: Partial<Inset>): void {
    const sides = insetFrom(inset)
    if (sides === undefined) return warnOnce('setViewportInset', inset)
    this.#inset = { ...this.#inset, ...sides }
    this.#panel?.cover(sides)
  }

  /** For an app that knows the network before its WebView does; `true` tries a doubtful connection at once. */
  setOnline(isOnline: boolean): void {
    this.controller.client?.notice(isOnline ? 'online' : 'offline')
  }

  /** For an app that knows whether a person can see its WebView: while nobody can, nothing counts as read. */
  setVisible(isVisible: boolean): void {
    this.toggleAttribute('unseen', !isVisible)
    this.requestUpdate()
    if (isVisible) this.controller.client?.notice('wake')
  }

  /** Also in the tasks before the first client was made: what the person left on this device is deleted all the same. */
  override logout(): void {
    if (this.#isMounted) this.#useClient()
    super.logout()
  }

  /** Messages of the other side that were not seen yet. */
  get unread(): number {
    return this.controller.unread
  }

  /** The gateway's final no, while the connection rests on it. */
  get refusal(): WireRefusal | undefined {
    const { connection } = this.controller
    return connection.name === 'refused' ? connection.refusal : undefined
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#isMounted) return
    this.#isMounted = true
    this.#stops = [outsideZone(() => everyMinute(() => this.requestUpdate())), stackLauncher(this)]
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
    this.#dir = directionOf(this, languageOf('chat', ENGLISH, this).lang)
    if (this.#isShown) this.#isPanelWanted = true
    if (!this.hasUpdated) return
    this.#useClient()
    if (this.controller.connection.name === 'live') this.#stopIdle ??= whenIdle(() => this.#wantPanel())
    if (this.#isPanelWanted) this.#buildPanel()
    if (hasHost()) this.#disconnectBridge ??= hostBridge(this)?.connectBridge(this)
  }

  protected override render(): TemplateResult {
    const isInline = this.mode === 'inline'
    const waiting = this.#isShown && !this.#isPanelReady ? (isPanelMissing() ? 'failed' : 'loading') : undefined
    return html`<div class="root ${isInline ? 'inline' : ''}" dir=${this.#dir} lang=${this.lang || nothing} data-theme=${this.theme}
      data-side=${this.#side} translate="no">
      ${
        isInline && waiting !== 'failed'
          ? nothing
          : launcher({
              strings: languageOf('chat', ENGLISH, this).texts.launcher,
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

  protected override firstUpdated(): void {
    this.toggleAttribute('open', this.open)
    nextTask(() => this.requestUpdate())
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The panel needs its place, which exists after the first render.
    if (this.#isPanelWanted) this.#buildPanel()
    this.#sendWaiting()
    warnDoubtfulTo(this, this.controller)
    this.#viewing.report(this.controller.client, this.to, this.product)
    this.#availability.report(!this.#isPanelWanted || this.#panel !== undefined || !isPanelMissing())
    if (changed.has('mode')) placeLaunchers()
    if (changed.has('open') && this.open) this.controller.wake()
    if (changed.has('open') && changed.get('open') !== undefined && this.mode === 'launcher') this.#onToggled()
  }

  protected override onPerson(who: Person): void {
    this.#unsent.length = 0
    this.#panel?.reset()
    this.emit('im-person', who)
  }

  get #isShown(): boolean {
    return this.open || this.mode === 'inline'
  }

  /** The side of the window at which the launcher and the panel stand. */
  get #side(): string {
    const { side } = this
    return side === 'left' || side === 'right' ? side : (side === 'end') === (this.#dir === 'ltr') ? 'right' : 'left'
  }

  #useClient(): void {
    this.controller.use(this.client, { gateway: this.gateway, token: this.token }, () => this.to)
  }

  #warnUnset(): void {
    if (!this.gateway && !this.client) this.missing('gateway', 'set it to the address of the gateway, like gateway="https://chat.example.com".')
    if (!this.to) this.missing('to', 'set it to whom people write to, like to="shop:42".')
  }

  #sendWaiting(): void {
    if (this.controller.conversation) for (const text of this.#unsent.splice(0)) this.#send(text)
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
    this.emit('im-send', { id, text })
  }

  #wantPanel(): void {
    this.#isPanelWanted = true
    this.requestUpdate()
  }

  /** Builds the panel once, hidden, and shows it in a later task. Without its script it only starts to fetch that. */
  #buildPanel(): void {
    const script = this.#panel ? undefined : panelScript(this)
    if (!script) return
    this.#panel = script.openPanel({
      element: this,
      root: this.shadowRoot!,
      place: this.renderRoot.querySelector<HTMLElement>('.place')!,
      chat: this.controller,
      settings: () => {
        const { mode, enter, history, product, orders, name, logo, greeting, hours, muted: isMuted } = this
        return { isOpen: this.#isPanelReady && this.#isShown, mode, enter, history, product, orders, shop: { name, logo, greeting, hours }, isMuted }
      },
      onClose: () => this.hide(),
      onOpen: () => this.show(),
      onSend: (id, text) => this.#onSend(id, text),
      onMessage: ({ id, seq, from, kind, body, at }, isOwn) => this.emit('im-message', { id, seq, from, kind, text: body.text, at, isOwn }),
      onCard: (card) => !this.emit('im-card', card),
      onNoRecipient: () => this.#warnUnset(),
    })
    this.#panel.cover(this.#inset)
    this.requestUpdate()
    nextTask(() => this.#showPanel())
  }

  #showPanel(): void {
    this.#isPanelReady = true
    this.requestUpdate()
    if (this.#isFocusPending) void this.updateComplete.then(() => this.#focusPanel())
  }

  #focusPanel(): void {
    if (this.#isFocusPending && this.open) this.#panel?.toggled(true, null)
    this.#isFocusPending = false
  }

  #unmount(): void {
    if (!this.#isMounted) return
    this.#isMounted = false
    for (const stop of this.#stops) stop()
    this.#stopIdle = void this.#stopIdle?.()
    this.#panel?.stop()
    this.#disconnectBridge = void this.#disconnectBridge?.()
    this.controller.stop()
  }

  #onToggled(): void {
    if (this.#isPanelReady) this.#panel!.toggled(this.open, this.renderRoot.querySelector<HTMLElement>('.launcher'))
    else this.#isFocusPending = this.open
    this.emit(this.open ? 'im-open' : 'im-close', null)
  }
}

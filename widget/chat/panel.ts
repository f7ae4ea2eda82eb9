import { html, nothing, render, type ReactiveController, type TemplateResult } from 'lit'
import { chat } from '../locales/en/chat.ts'
import { messageTime } from '../locales/message-time.ts'
import { addStyles } from './add-styles.ts'
import { afterPaint } from './after-paint.ts'
import type { Strings } from '../locales/strings.ts'
import { delayOf } from '../ui/delay-of.ts'
import { languageOf, languageReady } from '../ui/language-of.ts'
import { MediaQuery } from '../ui/media-query.ts'
import { nextTask } from './next-task.ts'
import { blockRefusal, refusalSentence } from '../ui/refusal-sentence.ts'
import { shownName } from '../ui/shown-name.ts'
import { EnterChoice } from './composer/enter-choice.ts'
import type { Panel, PanelHost, PanelScript } from './panel-contract.ts'
import { PanelFocus } from './panel-focus.ts'
import { closePicture } from '../ui/open-picture.ts'
import { PanelHistory } from '../ui/panel-history.ts'
import { panelStyles } from './panel-styles.ts'
import { panelView, type PanelView } from './panel-view.ts'
import { PanelExtras } from './panel-extras.ts'
import { Presence } from './presence.ts'
import { Thread } from './thread.ts'
import { QueueNote } from './queue-note.ts'
import { CardsNow } from './cards-now.ts'
import { PinnedProduct } from './pinned-product.ts'
import { sendables } from './sendables.ts'
import { shopFace, shopNote, shopStatus, type ShopFace } from './shop-face.ts'
import type { FirstScreen } from './timeline/first-screen.ts'
import { messageCard } from './timeline/message-card.ts'
import { rows } from './timeline/rows.ts'
import type { Inset } from './viewport/geometry.ts'
import { lockPage } from './viewport/page-lock.ts'
import { TopLayer } from './viewport/top-layer.ts'
import { Viewport } from './viewport/viewport.ts'

/** Screens on which the panel covers the page. The device's sizes: no keyboard changes its height, and no lack of a viewport meta its width. */
const SMALL = '(max-width: 599px), (max-device-width: 599px), (max-device-height: 499px)'

/** Messages that a first opening renders in one task: about a screen of them. */
const STEP_COUNT = 16

/**
 * Everything of `<im-chat>` but the launcher: header, messages, composer, and their place on the screen. It renders after each render of the element;
 * its nodes stay the same for the element's life.
 *
 * The first opening takes several tasks, so that a slow phone goes on answering:
 *
 *   built, hidden ──▶ shown: header and composer, in their place ──painted──▶ the newest messages ──▶ … ──▶ all of them
 *
 * Nothing moves meanwhile: the composer has its place when it is first seen, and older messages come above what is visible.
 */
class ChatPanel implements Panel, ReactiveController {
  readonly #host: PanelHost
  readonly #media: MediaQuery
  readonly #enter: EnterChoice
  readonly #presence: Presence
  readonly #thread: Thread
  readonly #queue: QueueNote
  readonly #focus = new PanelFocus()
  readonly #history = new PanelHistory(() => this.#host.onClose())
  readonly #layer: TopLayer
  #isPlaced = false
  /** How many rows may be rendered. */
  #rowCount = 0
  #isStepping = false
  readonly #extras: PanelExtras
  #viewport: Viewport | undefined
  #inset: Partial<Inset> = {}
  #unlock: (() => void) | undefined
  readonly #pinned: PinnedProduct
  readonly #cards: CardsNow

  constructor(host: PanelHost) {
    const { element, chat } = host
    this.#host = host
    this.#layer = new TopLayer(element, host.place)
    addStyles(element, host.root, panelStyles)
    // First, because the other controllers measure and move what this one renders.
    element.addController(this)
    this.#extras = new PanelExtras({ element, addStyle: (style) => addStyles(element, host.root, [style]), onOpen: () => host.onOpen?.() })
    this.#media = new MediaQuery(element, SMALL)
    this.#enter = new EnterChoice(element, () => host.settings().enter)
    this.#presence = new Presence(element)
    this.#queue = new QueueNote(element)
    this.#pinned = new PinnedProduct(element)
    this.#cards = new CardsNow(element, { chat, root: () => host.place, language: () => this.#language })
    this.#thread = new Thread(element, {
      conversation: () => chat.conversation,
      isShown: () => this.#isShown && this.#rowCount > 0,
      // Set by the surrounding app while nobody can see the page.
      isHere: () => !element.hasAttribute('unseen'),
      enter: this.#enter,
      offers: () => sendables(host.settings(), this.#language.strings, (kind, body) => void this.#thread.sendBody(kind, body)),
      isSoftKeyboard: () => this.#viewport?.band.isOpen === true,
      strings: () => this.#language.strings,
      onNoRecipient: host.onNoRecipient,
      onSend: (id, text) => {
        this.#pinned.fold(host.settings().product)
        host.onSend(id, text)
      },
      onMessage: host.onMessage,
    })
  }

  draft(text: string): void {
    this.#thread.draft(text)
  }

  reset(): void {
    this.#pinned.reset()
    this.#thread.reset()
    this.#extras.reset()
    closePicture(this.#host.root)
  }

  toEnd(): void {
    this.#pinned.fold(this.#host.settings().product)
    this.#thread.toEnd()
  }

  cover(inset: Partial<Inset>): void {
    this.#inset = { ...this.#inset, ...inset }
    this.#viewport?.cover(inset)
  }

  toggled(isOpen: boolean, launcher: HTMLElement | null): void {
    if (isOpen) this.#focus.enter(this.#find('.panel'), this.#find('textarea'))
    else this.#focus.leave(this.#host.element, launcher)
    if (!isOpen) this.#history.close()
    else if (this.#isModal && this.#host.settings().history === 'auto') this.#history.open()
  }

  stop(): void {
    this.#isPlaced = false
    this.#viewport?.stop()
    this.#lock(false)
    this.#history.stop()
  }

  hostUpdate(): void {
    this.#useExtras()
    if (!this.#isShown && this.#rowCount === 0) return
    const { client, conversation } = this.#host.chat
    const to = conversation?.to ?? ''
    this.#presence.use(client, to)
  }

  hostUpdated(): void {
    if (!this.#viewport) {
      this.#render()
      this.#attach()
    }
    const isShown = this.#isShown
    // What measures or changes the page comes before the frame is shown, or the engine would lay it out several times.
    this.#placeItself()
    this.#lock(isShown && this.#isModal)
    if (isShown) this.#viewport!.start()
    else this.#viewport!.stop()
    this.#render()
    if (isShown && this.#rowCount === 0) this.#step((showRows) => afterPaint(() => this.#prepareTimes(showRows)))
  }

  /** The first formatter of a page is as dear as a whole task. */
  #prepareTimes(next: () => void): void {
    messageTime(this.#language.lang).time(0)
    nextTask(next)
  }

  #render(): void {
    const { element, place } = this.#host
    render(this.#template(), place, { ...element.renderOptions, renderBefore: null })
  }

  /** Renders more rows in a later task. */
  #step(later: (callback: () => void) => void = nextTask): void {
    if (this.#isStepping) return
    this.#isStepping = true
    later(() => {
      this.#isStepping = false
      this.#rowCount += STEP_COUNT
      this.#host.element.requestUpdate()
    })
  }

  /** While the chat is being opened the newest rows, more with each task; then all. */
  #stepped<R>(all: readonly R[]): readonly R[] {
    if (this.#rowCount === 0) return []
    if (all.length > this.#rowCount) this.#step()
    else if (this.#host.chat.timeline.isLoaded) this.#rowCount = Infinity
    return all.slice(-this.#rowCount)
  }

  /** A move in the page ends a popover. */
  hostConnected(): void {
    this.#isPlaced = false
    this.#host.element.requestUpdate()
  }

  /** Once an opening; what the panel stands in may be another each time. */
  #placeItself(): void {
    const isFloating = this.#isShown && this.#host.settings().mode === 'launcher'
    if (isFloating === this.#isPlaced) return
    this.#isPlaced = isFloating
    if (isFloating) this.#layer.enter()
    else this.#layer.leave()
  }

  get #isShown(): boolean {
    return this.#host.settings().isOpen
  }

  get #isModal(): boolean {
    return this.#host.settings().mode === 'launcher' && this.#media.matches
  }

  get #language(): { readonly strings: Strings; readonly lang: string } {
    const { texts: strings, lang } = languageOf('chat', chat, this.#host.element)
    return { strings, lang }
  }

  #useExtras(): void {
    const { chat, settings } = this.#host
    const to = chat.conversation?.to ?? ''
    const { isMuted = false } = settings()
    this.#extras.use(chat, { to, isPerson: this.#isShown && isPerson(to), title: this.#other(to).title, isShown: this.#isShown, isMuted })
  }

  #find<E extends HTMLElement = HTMLElement>(selector: string): E {
    return this.#host.place.querySelector<E>(selector)!
  }

  #template(): TemplateResult {
    return html`<div class="frame probe" aria-hidden="true"></div>
      <div class="frame ${this.#isModal ? 'modal' : ''}" data-frame lang=${this.#language.lang || nothing}
        ?hidden=${!this.#isShown || !this.#viewport} @keydown=${this.#onKeydown}>${this.#view()}</div>`
  }

  /** Maps the controllers' state to the view. Timeline and outbox meet only here. */
  #view(): TemplateResult {
    const thread = this.#thread
    const { conversation, outbox, theirs, timeline, shown: connection } = this.#host.chat
    const { onClose } = this.#host
    const { mode } = this.#host.settings()
    const { strings, lang } = this.#language
    const { time, day } = messageTime(lang)
    const to = conversation?.to ?? ''
    const { isAtEnd, newFrom, newAbove, newCount, announcement, hasText, left, isCut } = thread
    const other = this.#other(to)
    return panelView({
      strings,
      asker: this.#host.element,
      connection,
      newCount,
      newAbove: this.#rowCount === Infinity ? newAbove : undefined,
      announcement,
      hasText,
      left,
      isCut,
      time,
      ...other,
      onClose,
      enter: this.#enter.value,
      blocked: this.#blocked,
      isModal: this.#isModal,
      isInline: mode === 'inline',
      extras: this.#extras.view(this.#host.chat, { to, name: other.title, strings }),
      delay: delayOf(outbox),
      rows: this.#stepped(rows({ guest: strings.guest, messages: thread.messages, outbox: isAtEnd ? outbox : [], to, theirs, newFrom })),
      isLoaded: timeline.isLoaded && this.#rowCount > 0,
      isLoadingOlder: timeline.isLoadingOlder,
      typing: isAtEnd ? conversation?.typing.value : undefined,
      isOnlyHere: outbox.some((item) => item.isOnlyHere),
      queuedCount: outbox.filter(({ state }) => state !== 'failed').length,
      card: messageCard({ strings, chat: this.#host.chat, now: this.#cards.of, onCard: this.#host.onCard }),
      offer: this.#blocked === undefined ? this.#offer() : undefined,
      day: ({ at }) => day(at, Date.now(), strings),
      refusal: ({ refusal }) => (refusal ? refusalSentence(refusal, strings, lang) : strings.states.failed),
      ...this.#acts,
    })
  }

  /** What the view's buttons do. */
  get #acts(): Pick<PanelView, 'onQuoted' | 'onRetry' | 'onDiscard' | 'onLatest' | 'onNew' | 'onTryAgain'> {
    return {
      onQuoted: (seq) => void this.#thread.goTo(seq),
      onRetry: (id) => this.#host.chat.conversation?.retry(id),
      onDiscard: (id) => this.#host.chat.conversation?.discard(id),
      onLatest: () => this.#thread.toEnd(),
      onNew: () => this.#thread.toNew(),
      onTryAgain: () => this.#host.chat.client?.connect(),
    }
  }

  /** Why nothing can be sent. */
  get #blocked(): string | undefined {
    const block = this.#host.chat.conversation?.blocked.value
    const { strings, lang } = this.#language
    return block && refusalSentence(blockRefusal(block), strings, lang)
  }

  get #face(): ShopFace {
    const { element, chat, settings } = this.#host
    return shopFace({ ...this.#language, shop: chat.conversation?.shop.value, page: settings().shop, asker: element, gateway: chat.gateway })
  }

  /** Who the other side is, and what it says before the first message. */
  #other(to: string): Pick<PanelView, 'title' | 'logo' | 'presence' | 'first' | 'note'> {
    const { strings } = this.#language
    const face = isPerson(to) ? undefined : this.#face
    return {
      title: face ? (face.name ?? strings.chat) : shownName(this.#host.chat.conversation?.name.value, to, strings),
      logo: face?.logo,
      presence: this.#status(face),
      first: face?.greeting ? this.#firstScreen(face.greeting, face.questions) : undefined,
      note: face && this.#rowCount > 0 ? this.#note(face) : undefined,
    }
  }

  /** Of a person whether it is there, of a shop also when. Undefined until it is final. */
  #status(face: ShopFace | undefined): { readonly state: string; readonly word: string } | undefined {
    const { isThere, theirStatus: status, theirAgent: agent } = this.#presence
    const isLive = this.#host.chat.shown.name === 'live'
    return shopStatus(face ?? NO_FACE, { isThere: isLive ? isThere : undefined, status, agent }, this.#language.strings)
  }

  #firstScreen(greeting: string, questions: readonly string[]): FirstScreen {
    return { greeting, questions, label: this.#language.strings.questions, onAsk: (question) => void this.#thread.send(question, 'submit') }
  }

  #note(face: ShopFace): string | undefined {
    const { client, conversation, shown, timeline } = this.#host.chat
    const isOwnTurn = timeline.isLoaded && this.#thread.isOwnTurn
    const isGone = shown.name === 'live' && this.#presence.isThere === false
    if (!conversation) return undefined
    const note = shopNote(face, { isOwnTurn, isGone, strings: this.#language.strings })
    const hasWritten = isOwnTurn && this.#thread.messages.length > 0
    return note ?? this.#queue.sentence({ client, conversation, isOwnTurn: hasWritten, isShown: this.#isShown }, this.#language)
  }

  #offer(): TemplateResult | undefined {
    return this.#pinned.view(this.#host.settings().product, {
      strings: this.#language.strings,
      messages: this.#thread.messages,
      send: (body) => this.#thread.sendBody('product', body),
    })
  }

  /** Runs once, after the first render; the nodes stay for the element's life. */
  #attach(): void {
    const { element, root } = this.#host
    const [frame, probe] = [this.#find('[data-frame]'), this.#find('.probe')]
    this.#viewport = new Viewport(
      { frame, probe, box: () => (this.#host.settings().mode === 'inline' ? element : probe) },
      {
        // the field, or that of a rating
        isFocused: () => root.activeElement?.matches('textarea, [type=text]') === true,
        hold: (change) => this.#thread.scroll.hold(change),
      },
    )
    this.#viewport.cover(this.#inset)
    this.#thread.attach(frame)
  }

  #lock(isLocked: boolean): void {
    if (isLocked) this.#unlock ??= lockPage(this.#find('.panel'))
    else {
      this.#unlock?.()
      this.#unlock = undefined
    }
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229 || !this.#isShown || this.#host.settings().mode === 'inline') return
    if (event.key === 'Escape') this.#host.onClose()
    else if (event.key === 'Tab' && this.#isModal) this.#focus.trap(event, this.#find('.panel'))
  }
}

const NO_FACE: ShopFace = { name: undefined, logo: undefined, greeting: undefined, questions: [], closed: undefined, answersIn: undefined }

const isPerson = (to: string): boolean => to !== '' && !to.startsWith('shop:')

export const prepare: PanelScript['prepare'] = (speaker) => languageReady(['chat'], speaker)
export const openPanel: PanelScript['openPanel'] = (host) => new ChatPanel(host)

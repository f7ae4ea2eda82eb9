import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'
import { isBlank } from '../client/is-blank.ts'
import { mayWrite } from '../client/may-write.ts'
import { MESSAGE_LIMITS, type MessageLimits } from '../client/limits.ts'
import type { Conversation } from '../client/types.ts'
import { idOrRefused } from '../client/refusal-error.ts'
import { Composer, type SendSource } from './composer/composer.ts'
import { composerExtras } from './composer/composer-extras.ts'
import type { MessageActions, Press, Translation } from './actions/message-actions.ts'
import { HistoryWindow } from './timeline/history-window.ts'
import { listen } from '../ui/listen.ts'
import { onDemand } from '../ui/on-demand.ts'
import { OnScreen } from '../ui/on-screen.ts'
import { shownName } from '../ui/shown-name.ts'
import type { EnterChoice } from './composer/enter-choice.ts'
import type { PictureOptions } from './composer/picture-composer.ts'
import { tap } from './composer/tap.ts'
import type { Sendable, TrayKind } from './composer/tray.ts'
import { Scroll } from './timeline/scroll.ts'

/** Pages of history that are loaded to get to one message. */
const PAGES_MAX = 40
const FOUND_MS = 1600
/** The character count is shown when fewer than this are left. */
const WARN_COUNT = 200

/** What is done with messages: asked for by the first finger, pointer or focus in the timeline. */
const actionsScript = onDemand(() => import('./actions/message-actions.ts').then(({ messageActions }) => messageActions))

export interface ThreadOptions {
  readonly conversation: () => Conversation | undefined
  /** The panel is open; with a visible page it means that messages are being seen. */
  readonly isShown: () => boolean
  /** Whether the person is looking. Default: whenever the page is visible. */
  readonly isHere?: () => boolean
  readonly enter: EnterChoice
  readonly isSoftKeyboard: () => boolean
  readonly strings: () => Strings
  readonly offers?: () => readonly Sendable[]
  readonly translation?: () => Translation | undefined
  /** The person tried to send and there is no conversation. */
  readonly onNoRecipient: () => void
  readonly onSend: (id: string, text: string, source: SendSource) => void
  /** Called once for each confirmed message that appeared on the screen. */
  readonly onMessage: (message: Message, isOwn: boolean) => void
}

/**
 * One conversation being read and written: which messages are rendered, where the reader is, what is new, and the draft. It reads the conversation's
 * signals at render time and stores none of their values. A change of conversation resets it.
 */
export class Thread implements ReactiveController {
  readonly scroll: Scroll
  readonly #host: ReactiveControllerHost
  readonly #options: ThreadOptions
  readonly #window = new HistoryWindow()
  readonly #onScreen: OnScreen
  #timeline: HTMLElement | undefined
  #conversation: Conversation | undefined
  #composer: Composer | undefined
  #form: HTMLFormElement | undefined
  #stop: (() => void) | undefined
  #shown = new Set<string>()
  /** The newest seq when the reader scrolled away from the end. */
  #leftAt = 0
  #newFrom: number | undefined
  /** Unread when the panel opened, and while the first of them lies above what is visible. */
  #newAbove: number | undefined
  #isNewAbove = false
  #wasShown = false
  #announced = 0
  #announcement = ''
  #text = ''
  #isCut = false
  #actions: MessageActions | undefined
  #touched: Press | undefined

  constructor(host: ReactiveControllerHost, options: ThreadOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
    this.#onScreen = new OnScreen(host)
    this.scroll = new Scroll(host, {
      onEdge: (edge) => this.#onEdge(edge),
      onPinned: (isPinned) => this.#onPinned(isPinned),
      onScrolled: () => this.#lookForNew(),
    })
  }

  /** `root` holds the rendered timeline and composer, whose nodes never change after this. */
  attach(root: ParentNode): void {
    const find = <E extends HTMLElement>(selector: string): E => root.querySelector<E>(selector)!
    this.#timeline = find('.timeline')
    this.scroll.attach(this.#timeline)
    listen(this.#timeline, 'pointerdown pointermove focusin keydown', (event) => this.#onTouched(event), { passive: true })
    this.#onScreen.observe(this.#timeline)
    const form = (this.#form = find<HTMLFormElement>('form'))
    const parts = { form, field: find<HTMLTextAreaElement>('textarea'), button: find('.send'), mirror: find('.mirror') }
    this.#composer = new Composer(parts, {
      enterSends: () => this.#options.enter.value === 'send',
      textLength: () => this.#limits.textLength,
      isSoftKeyboard: this.#options.isSoftKeyboard,
      canSend: () => {
        if (!this.#options.conversation()) this.#options.onNoRecipient()
        return mayWrite(this.#options.conversation())
      },
      onSend: (text, source) => this.send(text, source) !== undefined,
      onChange: (text, isCut) => this.#onChange(text, isCut),
      onHold: () => this.#toggleTray('enter'),
    })
    for (const kind of ['more', 'emoji'] as const) {
      const onPress = (): void => this.#toggleTray(kind)
      tap(find(`.${kind}`), onPress, onPress)
    }
    this.draft(this.#options.conversation()?.draft.value ?? '')
  }

  hostConnected(): void {
    this.#stop = listen(document, 'visibilitychange', () => this.#host.requestUpdate())
    if (this.#timeline) this.#onScreen.observe(this.#timeline)
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#onScreen.stop()
  }

  get messages(): readonly Message[] {
    return this.#window.visible(this.#held)
  }

  /** Whether the newest message is rendered. Outbox items follow it, so they are rendered only then. */
  get isAtEnd(): boolean {
    return this.#window.isAtEnd
  }

  /** The newest message is not the other side's, or there is none. */
  get isOwnTurn(): boolean {
    return this.messages.slice(-1).every((last) => this.#isOwn(last))
  }

  get newFrom(): number | undefined {
    return this.#newFrom
  }

  /** Unread messages whose first one lies above what is visible; undefined: it is visible, or was. */
  get newAbove(): number | undefined {
    return this.#isNewAbove ? this.#newAbove : undefined
  }

  /** Messages that arrived while the reader was not at the end; undefined at the end. */
  get newCount(): number | undefined {
    if (this.scroll.isPinned && this.isAtEnd) return undefined
    const held = this.#held
    let count = 0
    for (let at = held.length - 1; at >= 0 && held[at]!.seq > this.#leftAt; at--) if (!this.#isOwn(held[at]!)) count++
    return count
  }

  get announcement(): string {
    return this.#announcement
  }

  get hasText(): boolean {
    return !isBlank(this.#text)
  }

  /** Characters left before the limit; undefined while there are more than WARN_COUNT. */
  get left(): number | undefined {
    const left = this.#limits.textLength - this.#text.trim().length
    return left <= WARN_COUNT ? left : undefined
  }

  /** The last change of the text was too long, and only its beginning was taken. */
  get isCut(): boolean {
    return this.#isCut
  }

  get #limits(): MessageLimits {
    return this.#options.conversation()?.limits ?? MESSAGE_LIMITS
  }

  /** The client id; undefined: the text was refused, and the caller keeps it. */
  send(text: string, source: SendSource): string | undefined {
    const conversation = this.#options.conversation()
    const quote = isBlank(text) ? undefined : this.#actions?.quote
    const id = idOrRefused(() => (quote ? conversation?.sendBody('text', Object.assign({ text }, { quote })) : conversation?.send(text)))
    if (id === undefined) return undefined
    this.#actions?.clear()
    this.toEnd()
    this.#options.onSend(id, text, source)
    return id
  }

  /** Sends a message that is not plain text; returns as `send` does. */
  sendBody(kind: string, body: Body, conversation = this.#options.conversation()): string | undefined {
    const id = idOrRefused(() => (mayWrite(conversation) ? conversation.sendBody(kind, body) : undefined))
    if (id === undefined) return undefined
    if (conversation === this.#conversation) this.toEnd()
    this.#options.onSend(id, body.text, 'submit')
    return id
  }

  /** Shows a draft from another window or an earlier visit. */
  draft(text: string): void {
    // Text typed before there was a conversation stays until `#begin` moves it into one.
    if (text === '' && !this.#conversation && this.#text.trim()) return
    this.#write(text)
  }

  /** The chat now belongs to another person. */
  reset(): void {
    this.#begin(undefined)
  }

  toEnd(): void {
    this.#window.toEnd(this.#held)
    this.scroll.toEnd()
    this.#host.requestUpdate()
  }

  /** Goes to the first unread message. */
  toNew(): void {
    void this.goTo(this.#newFrom!)
  }

  /** Goes to a message, however far up it is; what the log no longer has is where the log begins. */
  async goTo(seq: number): Promise<void> {
    const conversation = this.#conversation
    for (let pages = 0; pages < PAGES_MAX && conversation?.timeline.value.hasOlder && this.#held[0]!.seq > seq; pages++)
      await conversation.loadOlder()
    if (!conversation || conversation !== this.#conversation || this.#held.length === 0) return
    const target = Math.max(seq, this.#held[0]!.seq)
    this.#window.around(this.#held, target)
    this.scroll.leave()
    this.#host.requestUpdate()
    await this.#host.updateComplete
    const row = this.#timeline?.querySelector(`[data-seq="${target}"]`)
    if (!row) return
    this.scroll.reveal(row)
    row.classList.add('found')
    setTimeout(() => row.classList.remove('found'), FOUND_MS)
  }

  hostUpdate(): void {
    const conversation = this.#options.conversation()
    if (conversation !== this.#conversation) this.#begin(conversation)
    const isShown = this.#options.isShown()
    if (isShown && !this.#wasShown) this.toEnd()
    if (!isShown) this.#newFrom = this.#newAbove = undefined
    const held = this.#held
    if (isShown && !this.#wasShown && conversation?.timeline.value.isLoaded && held.length > 0) {
      const unread = conversation.unread.value
      if (unread > 0) {
        this.#newFrom = conversation.mine.read + 1
        this.#newAbove = unread
      }
    }
    this.#wasShown = isShown && conversation?.timeline.value.isLoaded === true
    if (this.scroll.isPinned) this.#window.trim(held)
    this.#announce(held)
  }

  hostUpdated(): void {
    // when the list is where it will be
    if (this.#newAbove !== undefined) requestAnimationFrame(() => this.#lookForNew())
    if (!this.#options.isShown() || document.visibilityState === 'hidden') return
    if (this.#form) {
      composerExtras(this.#host)?.takePictures(this.#form, this.#pictureOptions)
      this.#form.toggleAttribute('data-plain', composerExtras.hasFailed)
      this.#makeActions()
    }
    const isHere = this.#options.isHere?.() ?? true
    for (const message of this.messages) {
      const key = `${message.from} ${message.id}`
      if (this.#shown.has(key)) continue
      this.#shown.add(key)
      this.#options.onMessage(message, this.#isOwn(message))
    }
    const conversation = this.#conversation
    if (!isHere || !conversation || !this.scroll.isPinned || !this.isAtEnd || conversation.unread.value === 0) return
    if (this.#onScreen.isSeen) conversation.markRead()
    else this.#onScreen.awaitSeen()
  }

  #onTouched(event: Event): void {
    if (this.#actions) return
    if (!this.#touched || event.type.endsWith('down')) this.#touched = { event, target: event.composedPath()[0] as Element }
    this.#host.requestUpdate()
  }

  #makeActions(): void {
    const make = this.#touched && !this.#actions && this.#form ? actionsScript(this.#host) : undefined
    if (!make) return
    const { conversation, strings, translation } = this.#options
    const place = { element: this.#host, timeline: this.#timeline!, form: this.#form! }
    this.#actions = make({ ...place, conversation, strings, translation, mayWrite: () => mayWrite(conversation()), first: this.#touched })
  }

  #write(text: string): void {
    if (this.#composer && text !== this.#composer.text) this.#composer.text = text
  }

  /** A press before the script has come is answered when it has. */
  #toggleTray(kind: TrayKind): void {
    const form = this.#form!
    const { enter, offers, strings } = this.#options
    const insert = (text: string): void => this.#composer!.insert(text)
    void composerExtras
      .settled()
      .then(() => composerExtras(this.#host)?.toggleTray(form, kind, { enter, insert, offers: offers?.() ?? [], strings: strings() }))
  }

  get #pictureOptions(): PictureOptions {
    return {
      label: this.#options.strings().image,
      mostBytes: () => this.#limits.imageBytes,
      begin: () => {
        const conversation = this.#options.conversation()
        return (body) => this.sendBody('image', body, conversation)
      },
      discard: (id) => this.#conversation?.discard(id),
    }
  }

  get #held(): readonly Message[] {
    return this.#options.conversation()?.timeline.value.messages ?? []
  }

  #isOwn = (message: Message): boolean => message.side !== this.#conversation?.to && message.kind !== 'system'

  #begin(conversation: Conversation | undefined): void {
    const wasNobody = !this.#conversation
    this.#actions?.clear()
    this.#conversation = conversation
    this.#shown.clear()
    this.#announced = this.#leftAt = 0
    this.#announcement = ''
    this.#newFrom = undefined
    this.#wasShown = false
    this.toEnd()
    if (!this.#composer) return
    // Text typed before there was a conversation becomes its draft.
    if (conversation && wasNobody && this.#text.trim() && !conversation.draft.value) conversation.setDraft(this.#text)
    else this.#composer.replace(conversation?.draft.value ?? '')
  }

  /** Announces messages above the newest one of the first render; older pages are not announced. */
  #announce(held: readonly Message[]): void {
    const last = held[held.length - 1]
    // a live region reads what is in it again when somebody goes there
    if (last?.kind === 'withdrawn') this.#announcement = ''
    if (!last || last.seq <= this.#announced) return
    const isNews = this.#announced > 0
    this.#announced = last.seq
    if (isNews && !this.#isOwn(last))
      this.#announcement = `${last.name ? shownName(last.name, last.from, this.#options.strings()) : ''} ${last.body.text}`.trim()
  }

  #onChange(text: string, isCut = false): void {
    const conversation = this.#options.conversation()
    const isNews = text !== this.#text || isCut !== this.#isCut
    this.#text = text
    this.#isCut = isCut
    if (conversation && conversation.draft.value !== text) {
      conversation.setDraft(text)
      conversation.setTyping(!isBlank(text))
    }
    if (isNews) this.#host.requestUpdate()
  }

  #onEdge(edge: 'top' | 'bottom'): void {
    const held = this.#held
    if (edge === 'bottom') {
      if (this.#window.newer(held)) this.#host.requestUpdate()
      return
    } else if (this.scroll.isPinned) return
    if (this.#window.older(held)) return this.#host.requestUpdate()
    const view = this.#conversation?.timeline.value
    if (view?.hasOlder && !view.isLoadingOlder) void this.#conversation?.loadOlder()
  }

  /** Rendered and not above what is visible: it has been found. */
  #lookForNew(): void {
    if (this.#newAbove === undefined || !this.#options.isShown()) return
    const mark = this.#timeline?.querySelector('.new')
    const isAbove = !mark || this.scroll.isAbove(mark)
    if (!isAbove) this.#newAbove = undefined
    if (isAbove !== this.#isNewAbove) this.#host.requestUpdate()
    this.#isNewAbove = isAbove
  }

  #onPinned(isPinned: boolean): void {
    const held = this.#held
    if (!isPinned) this.#leftAt = held[held.length - 1]?.seq ?? 0
    this.#host.requestUpdate()
  }
}

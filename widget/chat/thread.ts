import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import { isBlank } from '../client/is-blank.ts'
import { MESSAGE_LIMITS, type MessageLimits } from '../client/limits.ts'
import type { Conversation } from '../client/types.ts'
import { idOrRefused } from '../client/refusal-error.ts'
import { Composer, type SendSource } from './composer/composer.ts'
import { HistoryWindow } from './timeline/history-window.ts'
import type { Strings } from '../locales/strings.ts'
import { listen } from '../ui/listen.ts'
import { onDemand } from '../ui/on-demand.ts'
import { OnScreen } from '../ui/on-screen.ts'
import type { EnterChoice } from './composer/enter-choice.ts'
import type { PictureOptions } from './composer/picture-composer.ts'
import { tap } from './composer/tap.ts'
import type { Sendable, TrayKind } from './composer/tray.ts'
import { Scroll } from './timeline/scroll.ts'

/** The character count is shown when fewer than this are left. */
const WARN_COUNT = 200

/**
/**
 * Input of pictures, their upload, the store in which they wait, and what the composer's buttons open. The scripts load with the first composer that is
 * shown, while there is still a connection to load them over.
 */
const extras = onDemand(() =>
  Promise.all([
    import('./composer/picture-composer.ts'),
    import('./composer/tray.ts'),
    import('../client/upload.ts'),
    import('../client/indexed-pictures.ts').catch(() => {}), // without it a person is told to keep the page open
  ]).then(([{ takePictures }, { toggleTray }]) => ({ takePictures, toggleTray })),
)

export interface ThreadOptions {
  readonly conversation: () => Conversation | undefined
  /** The panel is open; with a visible page it means that messages are being seen. */
  readonly isShown: () => boolean
  /** Whether the person is looking. Default: whenever the page is visible. */
  readonly isHere?: () => boolean
  readonly enter: EnterChoice
  readonly isSoftKeyboard: () => boolean
  readonly strings: () => Strings
  /** What the page offers to send. */
  readonly offers?: () => readonly Sendable[]
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
  #wasShown = false
  #announced = 0
  #announcement = ''
  #text = ''
  #isCut = false

  constructor(host: ReactiveControllerHost, options: ThreadOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
    this.#onScreen = new OnScreen(host)
    this.scroll = new Scroll(host, {
      onEdge: (edge) => this.#onEdge(edge),
      onPinned: (isPinned) => this.#onPinned(isPinned),
    })
  }

  /** `root` holds the rendered timeline and composer, whose nodes never change after this. */
  attach(root: ParentNode): void {
    const find = <E extends HTMLElement>(selector: string): E => root.querySelector<E>(selector)!
    this.#timeline = find('.timeline')
    this.scroll.attach(this.#timeline)
    this.#onScreen.observe(this.#timeline)
    const form = (this.#form = find<HTMLFormElement>('form'))
    const parts = { form, field: find<HTMLTextAreaElement>('textarea'), button: find('.send'), mirror: find('.mirror') }
    this.#composer = new Composer(parts, {
      enterSends: () => this.#options.enter.value === 'send',
      textLength: () => this.#limits.textLength,
      isSoftKeyboard: this.#options.isSoftKeyboard,
      canSend: () => {
        const isSomebody = this.#options.conversation() !== undefined
        if (!isSomebody) this.#options.onNoRecipient()
        return isSomebody
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
    const { messages } = this
    return messages.length === 0 || this.#isOwn(messages[messages.length - 1]!)
  }

  get newFrom(): number | undefined {
    return this.#newFrom
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
    const id = idOrRefused(() => this.#options.conversation()?.send(text))
    if (id === undefined) return undefined
    this.toEnd()
    this.#options.onSend(id, text, source)
    return id
  }

  /** Sends a message that is not plain text; returns as `send` does. */
  sendBody(kind: string, body: Body, conversation = this.#options.conversation()): string | undefined {
    const id = idOrRefused(() => conversation?.sendBody(kind, body))
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

  hostUpdate(): void {
    const conversation = this.#options.conversation()
    if (conversation !== this.#conversation) this.#begin(conversation)
    const isShown = this.#options.isShown()
    if (isShown && !this.#wasShown) this.toEnd()
    if (!isShown) this.#newFrom = undefined
    const held = this.#held
    if (isShown && !this.#wasShown && conversation?.timeline.value.isLoaded && held.length > 0) {
      const unread = conversation.unread.value
      if (unread > 0) this.#newFrom = held[held.length - 1]!.seq - unread + 1
    }
    this.#wasShown = isShown && conversation?.timeline.value.isLoaded === true
    if (this.scroll.isPinned) this.#window.trim(held)
    this.#announce(held)
  }

  hostUpdated(): void {
    if (!this.#options.isShown() || document.visibilityState === 'hidden') return
    if (this.#form) {
      extras(this.#host)?.takePictures(this.#form, this.#pictureOptions)
      this.#form.toggleAttribute('data-plain', extras.hasFailed)
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

  #write(text: string): void {
    if (this.#composer && text !== this.#composer.text) this.#composer.text = text
  }

  /** A press before the script has come is answered when it has. */
  #toggleTray(kind: TrayKind): void {
    const form = this.#form!
    const { enter, offers, strings } = this.#options
    const insert = (text: string): void => this.#composer!.insert(text)
    void extras.settled().then(() => extras(this.#host)?.toggleTray(form, kind, { enter, insert, offers: offers?.() ?? [], strings: strings() }))
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
    this.#conversation = conversation
    this.#shown.clear()
    this.#announced = 0
    this.#announcement = ''
    this.#newFrom = undefined
    this.#wasShown = false
    this.#leftAt = 0
    this.toEnd()
    if (!this.#composer) return
    // Text typed before there was a conversation becomes its draft.
    if (conversation && wasNobody && this.#text.trim() && !conversation.draft.value) conversation.setDraft(this.#text)
    else this.#composer.replace(conversation?.draft.value ?? '')
  }

  /** Announces messages above the newest one of the first render; older pages are not announced. */
  #announce(held: readonly Message[]): void {
    const last = held[held.length - 1]
    if (!last || last.seq <= this.#announced) return
    const isNews = this.#announced > 0
    this.#announced = last.seq
    if (isNews && !this.#isOwn(last)) this.#announcement = `${last.name ?? ''} ${last.body.text}`.trim()
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
    } else if (this.scroll.isPinned) {
      return
    } else if (this.#window.older(held)) {
      this.#host.requestUpdate()
    } else {
      const view = this.#conversation?.timeline.value
      if (view?.hasOlder && !view.isLoadingOlder) void this.#conversation?.loadOlder()
    }
  }

  #onPinned(isPinned: boolean): void {
    const held = this.#held
    if (!isPinned) this.#leftAt = held[held.length - 1]?.seq ?? 0
    this.#host.requestUpdate()
  }
}

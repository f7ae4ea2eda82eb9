import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import { TEXT_LENGTH } from '../client/limits.ts'
import type { Conversation } from '../client/types.ts'
import { idOrRefused } from '../client/refusal-error.ts'
import { Composer, type SendSource } from './composer/composer.ts'
import { HistoryWindow } from './timeline/history-window.ts'
import { listen } from '../ui/listen.ts'
import { onDemand } from '../ui/on-demand.ts'
import type { PictureOptions } from './composer/picture-composer.ts'
import { Scroll } from './timeline/scroll.ts'

/** Left over before the limit when the count is shown. */
const WARN_COUNT = 200

/** Pasting, dropping and picking of pictures, and what brings them up: come with the first composer that is shown, before the line may go. */
const pictures = onDemand(() =>
  Promise.all([import('./composer/picture-composer.ts'), import('../client/upload.ts')]).then(([{ takePictures }]) => takePictures),
)

export interface ThreadOptions {
  readonly conversation: () => Conversation | undefined
  /** The panel is open; together with a visible page it means that messages are being seen. */
  readonly isShown: () => boolean
  /** Whether the person looks; the page being visible where nothing better is known. */
  readonly isHere?: () => boolean
  readonly enterSends: () => boolean
  readonly isSoftKeyboard: () => boolean
  /** What a picture is called. */
  readonly pictureLabel: () => string
  /** Somebody wants to send and there is nobody to send to. */
  readonly onNobody: () => void
  readonly onSend: (id: string, text: string, source: SendSource) => void
  /** Once for each confirmed message that came onto the screen. */
  readonly onMessage: (message: Message, isOwn: boolean) => void
}

/**
 * One conversation being read and written: which messages are nodes, where the reader is, what is new to him, the draft.
 * Reads the conversation's signals at render time and keeps nothing of theirs; a change of conversation starts it afresh.
 */
export class Thread implements ReactiveController {
  readonly scroll: Scroll
  readonly #host: ReactiveControllerHost
  readonly #options: ThreadOptions
  readonly #window = new HistoryWindow()
  #conversation: Conversation | undefined
  #composer: Composer | undefined
  #form: HTMLFormElement | undefined
  #stop: (() => void) | undefined
  #shown = new Set<string>()
  /** The last seq the reader had before him when he left the end. */
  #leftAt = 0
  #newFrom: number | undefined
  #wasShown = false
  #announced = 0
  #announcement = ''
  #text = ''

  constructor(host: ReactiveControllerHost, options: ThreadOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
    this.scroll = new Scroll(host, {
      onEdge: (edge) => this.#onEdge(edge),
      onPinned: (isPinned) => this.#onPinned(isPinned),
    })
  }

  /** `root` holds the rendered timeline and composer; their nodes stay the same from then on. */
  attach(root: ParentNode): void {
    const find = <E extends HTMLElement>(selector: string): E => root.querySelector<E>(selector)!
    this.scroll.attach(find('.timeline'))
    const form = (this.#form = find<HTMLFormElement>('form'))
    const parts = { form, field: find<HTMLTextAreaElement>('textarea'), button: find('.send'), mirror: find('.mirror') }
    this.#composer = new Composer(parts, {
      enterSends: this.#options.enterSends,
      isSoftKeyboard: this.#options.isSoftKeyboard,
      canSend: () => {
        const isSomebody = this.#options.conversation() !== undefined
        if (!isSomebody) this.#options.onNobody()
        return isSomebody
      },
      onSend: (text, source) => this.send(text, source) !== undefined,
      onChange: (text) => this.#onChange(text),
    })
    this.draft(this.#options.conversation()?.draft.value ?? '')
  }

  hostConnected(): void {
    this.#stop = listen(document, 'visibilitychange', () => this.#host.requestUpdate())
  }

  hostDisconnected(): void {
    this.#stop?.()
  }

  get messages(): readonly Message[] {
    return this.#window.visible(this.#held)
  }

  /** Wishes stand below the last message; while the end is not on the page, neither are they. */
  get isAtEnd(): boolean {
    return this.#window.isAtEnd
  }

  get newFrom(): number | undefined {
    return this.#newFrom
  }

  /** Messages that came while the reader was elsewhere; undefined while he is at the end. */
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
    return this.#text.trim() !== ''
  }

  /** Characters left; undefined while there are plenty. */
  get left(): number | undefined {
    const left = TEXT_LENGTH - this.#text.trim().length
    return left <= WARN_COUNT ? left : undefined
  }

  /** Undefined: it was not taken, and the text stays with whoever wrote it. */
  send(text: string, source: SendSource): string | undefined {
    const id = idOrRefused(() => this.#options.conversation()?.send(text))
    if (id === undefined) return undefined
    this.toEnd()
    this.#options.onSend(id, text, source)
    return id
  }

  /** Something else than words; as with `send`. */
  sendBody(kind: string, body: Body, conversation = this.#options.conversation()): string | undefined {
    const id = idOrRefused(() => conversation?.sendBody(kind, body))
    if (id === undefined) return undefined
    if (conversation === this.#conversation) this.toEnd()
    this.#options.onSend(id, body.text, 'submit')
    return id
  }

  /** A draft from another window or from the last visit. */
  draft(text: string): void {
    // What was typed before there was anybody stays, until `#begin` gives it to whoever it is for.
    if (text === '' && !this.#conversation && this.#text.trim()) return
    this.#write(text)
  }

  /** Another person: nothing of the first one's text stays, be it in the hands of an input method. */
  reset(): void {
    this.#begin(undefined)
    this.#composer?.clear()
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
    if (this.#form) pictures(this.#host)?.(this.#form, this.#pictureOptions)
    const isHere = this.#options.isHere?.() ?? true
    for (const message of this.messages) {
      const key = `${message.from} ${message.id}`
      if (this.#shown.has(key)) continue
      this.#shown.add(key)
      this.#options.onMessage(message, this.#isOwn(message))
    }
    const conversation = this.#conversation
    if (isHere && conversation && this.scroll.isPinned && this.isAtEnd && conversation.unread.value > 0) conversation.markRead()
  }

  #write(text: string): void {
    if (this.#composer && text !== this.#composer.text) this.#composer.text = text
  }

  get #pictureOptions(): PictureOptions {
    return {
      label: this.#options.pictureLabel(),
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
    // What was typed before there was anybody to say it to is theirs now.
    if (conversation && wasNobody && this.#text.trim() && !conversation.draft.value) conversation.setDraft(this.#text)
    else this.#write(conversation?.draft.value ?? '')
  }

  /** News is what comes above the newest that was there at first; earlier pages are none. */
  #announce(held: readonly Message[]): void {
    const last = held[held.length - 1]
    if (!last || last.seq <= this.#announced) return
    const isNews = this.#announced > 0
    this.#announced = last.seq
    if (isNews && !this.#isOwn(last)) this.#announcement = `${last.name ?? ''} ${last.body.text}`.trim()
  }

  #onChange(text: string): void {
    const conversation = this.#options.conversation()
    const wasText = this.#text
    this.#text = text
    if (conversation && conversation.draft.value !== text) {
      conversation.setDraft(text)
      conversation.setTyping(text.trim() !== '')
    }
    if (text !== wasText) this.#host.requestUpdate()
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

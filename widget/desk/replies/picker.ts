import type { ReactiveControllerHost } from 'lit'
import { fillQuickReply, searchQuickReplies, type QuickReply } from './quick-reply-search.ts'
import { listMove } from '../../mailbox/list-keys.ts'
import { listen } from '../../ui/listen.ts'

export interface PickerOptions {
  readonly replies: () => readonly QuickReply[]
  readonly values: () => Readonly<Record<string, string | undefined>>
  readonly onUse: (id: string) => void
}

/** "/" at the start or after white space, and what follows it up to the caret. */
const ASKED = /(?:^|\s)\/([^\s/]{0,40})$/

const SHOWN_COUNT = 50

/**
 * closed ──"/" typed at the start of a word──▶ open(query up to the caret) ──Enter, Tab, click──▶ closed, the text in its place
 *                                               │ Escape ▶ closed until another "/" is typed; caret elsewhere ▶ closed
 * While it is open the arrows and Enter are its own, unless an input method composes: then they are the method's.
 */
export class ReplyPicker {
  readonly #host: ReactiveControllerHost
  readonly #options: PickerOptions
  #field: HTMLTextAreaElement | undefined
  #asked: { readonly start: number; readonly query: string } | undefined
  #refusedAt = -1
  #active = 0

  constructor(host: ReactiveControllerHost, options: PickerOptions) {
    this.#host = host
    this.#options = options
  }

  /** Listens to the composer's field for the element's life; must run before the composer listens to it, or Enter would send. */
  attach(field: HTMLTextAreaElement): void {
    this.#field = field
    listen(field, 'input click keyup', () => this.#look())
    listen(field, 'blur', this.close)
    listen<KeyboardEvent>(field, 'keydown', (event) => this.#onKeydown(event), { capture: true })
  }

  /** The replies to show; undefined while closed, and where there are none: then "/" is an ordinary character. */
  get found(): readonly QuickReply[] | undefined {
    const replies = this.#options.replies()
    if (!this.#asked || replies.length === 0) return undefined
    return searchQuickReplies(replies, this.#asked.query).slice(0, SHOWN_COUNT)
  }

  get active(): number {
    return this.#active
  }

  /** Opens at the caret as if "/" had been typed. */
  open(): void {
    const field = this.#field
    if (!field) return
    field.focus()
    const { selectionEnd, selectionStart, value } = field
    const gap = selectionStart > 0 && !/\s/.test(value[selectionStart - 1]!) ? ' ' : ''
    // as from a key: a correction right after a send would pass for the keyboard's own
    this.#write(`${gap}/`, { start: selectionStart, end: selectionEnd, inputType: 'insertText' })
  }

  readonly use = (reply: QuickReply): void => {
    const field = this.#field
    const asked = this.#asked
    if (!field || !asked) return
    this.#write(fillQuickReply(reply.text, this.#options.values()), {
      start: asked.start,
      end: field.selectionEnd,
      inputType: 'insertReplacementText',
    })
    this.close()
    this.#options.onUse(reply.id)
  }

  #write(text: string, { end, inputType, start }: { readonly start: number; readonly end: number; readonly inputType: string }): void {
    const field = this.#field!
    field.setRangeText(text, start, end, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType }))
  }

  #look(): void {
    const { selectionEnd, selectionStart, value } = this.#field!
    const match = selectionStart === selectionEnd ? ASKED.exec(value.slice(0, selectionStart)) : null
    if (!match) {
      this.#refusedAt = -1
      return this.close()
    }
    const start = selectionStart - match[1]!.length - 1
    if (start === this.#refusedAt) return
    if (this.#asked?.start === start && this.#asked.query === match[1]) return
    this.#asked = { start, query: match[1]! }
    this.#active = 0
    this.#host.requestUpdate()
  }

  readonly close = (): void => {
    if (!this.#asked) return
    this.#asked = undefined
    this.#host.requestUpdate()
  }

  #onKeydown(event: KeyboardEvent): void {
    const found = this.found
    if (!found || event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return
    const to = /^(Home|End)$/.test(event.key) ? undefined : listMove(event.key, { at: this.#active, count: found.length, pageCount: 5 })
    const reply = found[this.#active]
    if (to !== undefined) this.#active = to
    else if ((event.key === 'Enter' || event.key === 'Tab') && reply && !event.shiftKey) this.use(reply)
    else if (event.key === 'Escape') {
      this.#refusedAt = this.#asked!.start
      this.close()
    } else return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#host.requestUpdate()
  }
}

import { TEXT_LENGTH } from '../../client/limits.ts'
import { listen } from '../../ui/listen.ts'
import { tap } from './tap.ts'

/** What triggered the send; tests and traces read it. */
export type SendSource = 'keydown' | 'beforeinput' | 'input' | 'submit' | 'tap'

export interface ComposerParts {
  readonly form: HTMLFormElement
  readonly field: HTMLTextAreaElement
  readonly button: HTMLElement
  readonly mirror: HTMLElement
}

export interface ComposerOptions {
  /** Whether Enter alone sends; otherwise it starts a new line, and Ctrl+Enter or Meta+Enter sends. */
  readonly enterSends: () => boolean
  /** Soft keyboards report Shift at the start of a sentence, so there Shift+Enter does not mean "new line". */
  readonly isSoftKeyboard: () => boolean
  /** Whether there is a conversation to send to; without one the field keeps the text. Default: true. */
  readonly canSend?: () => boolean
  /** False: the text was refused, and the field gets it back. */
  readonly onSend: (text: string, source: SendSource) => boolean | void
  /** The text changed, by typing or by a send. */
  readonly onChange: (text: string) => void
}

/** A keyboard may re-insert text that was already sent, as a late correction, within this time. */
const REINSERT_MS = 1500

const NOT_TYPED = /^(insertFrom(Paste|Drop|Yank)|history|insertReplacement)/
const REINSERTING = /^(insert(ReplacementText|CompositionText|FromComposition|Text))?$/

/**
 * Sends exactly once per intent of the person, whichever event the keyboard, input method or finger produces for it.
 *
 * "Enter" is not a keydown; it is "the engine is about to break the line":
 *   keydown       an Enter that does not belong to the input method (229, isComposing, Process): the fast path
 *   beforeinput   a line break that the engine requests: authoritative, composing or not. An input method that only
 *                 confirms a word never requests a line break, while Android's and Korean ones do both at once
 *   input         exactly one "\n" was inserted at the caret: engines up to Chromium 75, where beforeinput cannot be cancelled
 *   submit        implicit submission and a click on the submit button
 *   tap           a touch of the button, which keeps focus and therefore produces no click
 * `keyup` never sends. `isComposing` never vetoes and no timer runs after `compositionend`: both would lose real sends.
 *
 * `take` reads the text and empties the field in one turn, so a second event for the same intent finds an empty field.
 */
export class Composer {
  readonly #parts: ComposerParts
  readonly #options: ComposerOptions
  /** May be wrong: input methods lose `compositionend`, so any event that contradicts it clears it. */
  #isComposing = false
  #isEndingComposition = false
  /** An Enter key is down that means a new line, or that has already sent. */
  #isEnterDown = false
  #before = ''
  #sent: { raw: string; at: number; isTouched: boolean } | undefined

  /** The listeners need no removal: the parts are garbage together with their shadow root. */
  constructor(parts: ComposerParts, options: ComposerOptions) {
    this.#parts = parts
    this.#options = options
    const { field, form, button } = parts
    listen<KeyboardEvent>(field, 'keydown', (event) => this.#onKeydown(event))
    listen<KeyboardEvent>(field, 'keyup', (event) => this.#onKeyup(event))
    listen<InputEvent>(field, 'beforeinput', (event) => this.#onBeforeInput(event))
    listen<InputEvent>(field, 'input', (event) => this.#onInput(event))
    listen(field, 'compositionstart', () => this.#onCompositionStart())
    listen(field, 'compositionend', () => (this.#isComposing = false))
    listen(field, 'blur', () => {
      if (!this.#isEndingComposition) this.#isComposing = false
      this.#isEnterDown = false
    })
    listen(form, 'submit', (event) => {
      event.preventDefault()
      event.stopPropagation()
      this.take('submit')
    })
    tap(button, () => this.take('tap'))
  }

  get isComposing(): boolean {
    return this.#isComposing
  }

  get text(): string {
    return this.#parts.field.value
  }

  /** Shows a draft from elsewhere. Ignored during a composition, because writing the value would break it. */
  set text(text: string) {
    if (this.#isComposing || text === this.text) return
    this.#write(text)
    this.#options.onChange(text)
  }

  /** Empties the field for another person. A composition ends only when the field loses focus; before that, the text would come back. */
  clear(): void {
    const { field } = this.#parts
    if (this.#isComposing) field.blur()
    this.#sent = undefined
    this.#write('')
    this.#options.onChange('')
  }

  take(source: SendSource): boolean {
    const { field } = this.#parts
    const raw = field.value
    let text = trimmed(raw)
    if (text === '' || text.length > TEXT_LENGTH || this.#options.canSend?.() === false) return false
    this.#sent = { raw, at: performance.now(), isTouched: false }
    if (this.#isComposing) text = this.#endComposition() || text
    this.#write('')
    const isTaken = this.#options.onSend(text, source) !== false
    if (!isTaken) {
      this.#sent = undefined
      this.#write(text)
    }
    this.#options.onChange(this.text)
    return isTaken
  }

  /**
   * Ends a composition before the field is emptied; otherwise the input method, which still holds the text, inserts it again with the next key. Blur
   * ends the composition; focus in the same gesture keeps the keyboard up. Returns the final text, '' if the field had no focus.
   */
  #endComposition(): string {
    const { field } = this.#parts
    const root = field.getRootNode() as ShadowRoot | Document
    if (root.activeElement !== field) return ''
    this.#isEndingComposition = true
    field.blur()
    field.focus()
    this.#isEndingComposition = false
    return trimmed(field.value)
  }

  #write(text: string): void {
    this.#parts.field.value = text
    this.#before = text
    this.#isComposing = false
    this.#measure(text)
  }

  #measure(text: string): void {
    this.#parts.mirror.textContent = text + '\u200b'
  }

  #onCompositionStart(): void {
    this.#isComposing = true
    if (this.#sent && !this.#isEndingComposition) this.#sent.isTouched = true
  }

  #onKeydown(event: KeyboardEvent): void {
    // Input that follows a key, an input method's too, is new text of the person and no late correction.
    if (this.#sent) this.#sent.isTouched = true
    const isInputMethods = event.isComposing || event.keyCode === 229 || event.key === 'Process'
    if (isInputMethods) return
    if (event.key !== 'Enter') {
      this.#isEnterDown = false
      return
    }
    const wantsLine = (event.shiftKey && !this.#options.isSoftKeyboard()) || event.altKey
    const sends = this.#options.enterSends() || event.ctrlKey || event.metaKey
    if (wantsLine || !sends) {
      this.#isEnterDown = true
      return
    }
    event.preventDefault()
    if (event.repeat) return
    this.#isEnterDown = true
    this.take('keydown')
  }

  #onKeyup(event: KeyboardEvent): void {
    if (this.#sent && event.keyCode === 229) this.#sent.isTouched = true
    if (event.key === 'Enter' || event.keyCode === 13) this.#isEnterDown = false
  }

  #onBeforeInput(event: InputEvent): void {
    if (!breaksLine(event) || this.#isEnterDown || !this.#options.enterSends() || !event.cancelable) return
    event.preventDefault()
    this.take('beforeinput')
  }

  #onInput(event: InputEvent): void {
    const { field } = this.#parts
    if (!event.isComposing && event.inputType !== 'insertCompositionText') this.#isComposing = false
    if (this.#isReinserted(event)) {
      this.#write('')
      return
    }
    const before = this.#before
    if (this.#isLateBreak(event)) {
      this.#write(before)
      if (this.take('input')) return
    }
    this.#before = field.value
    this.#measure(field.value)
    this.#options.onChange(field.value)
  }

  /** Autocorrection re-inserted the text just sent, or its last word, without a key from the person. */
  #isReinserted(event: InputEvent): boolean {
    const sent = this.#sent
    if (!sent || sent.isTouched || this.#before !== '' || performance.now() - sent.at > REINSERT_MS) return false
    if (this.#isComposing || event.isComposing || this.#isEndingComposition || !REINSERTING.test(event.inputType ?? '')) return false
    const value = this.text.trim()
    const raw = sent.raw.trim()
    return value !== '' && (value === raw || value === raw.split(/\s/).pop())
  }

  /** One "\n" was inserted at the caret without a keydown or a cancelable beforeinput. */
  #isLateBreak(event: InputEvent): boolean {
    const { value, selectionStart } = this.#parts.field
    if (this.#isEnterDown || !this.#options.enterSends() || NOT_TYPED.test(event.inputType ?? '')) return false
    const at = (selectionStart ?? 0) - 1
    return value.length === this.#before.length + 1 && value[at] === '\n' && value.slice(0, at) + value.slice(at + 1) === this.#before
  }
}

const trimmed = (text: string): string => text.replace(/\r\n?/g, '\n').trim()

const breaksLine = ({ inputType, data }: InputEvent): boolean =>
  inputType === 'insertLineBreak' || inputType === 'insertParagraph' || (inputType === 'insertText' && (data === '\n' || data === '\r'))

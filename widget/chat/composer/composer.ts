import { TEXT_LENGTH } from '../../client/limits.ts'
import { listen } from '../../ui/listen.ts'
import { tap } from './tap.ts'

/** What asked for the send; tests and traces read it. */
export type SendSource = 'keydown' | 'beforeinput' | 'input' | 'submit' | 'tap'

export interface ComposerParts {
  readonly form: HTMLFormElement
  readonly field: HTMLTextAreaElement
  readonly button: HTMLElement
  readonly mirror: HTMLElement
}

export interface ComposerOptions {
  /** Whether a plain Enter sends; else it starts a new line and Ctrl or Meta with Enter sends. */
  readonly enterSends: () => boolean
  /** A soft keyboard reports Shift at the start of a sentence by itself, so there Shift does not mean "new line". */
  readonly isSoftKeyboard: () => boolean
  /** Whether there is anybody to send to; where not, the field keeps what was typed. */
  readonly canSend?: () => boolean
  /** False: it was not taken, and the field has it back. */
  readonly onSend: (text: string, source: SendSource) => boolean | void
  /** The draft changed by the person's hand or by a send. */
  readonly onChange: (text: string) => void
}

/** The keyboard's late correction of a text that is already sent comes within this time. */
const GHOST_MS = 1500

const NOT_TYPED = /^(insertFrom(Paste|Drop|Yank)|history|insertReplacement)/
const GHOSTLY = /^(insert(ReplacementText|CompositionText|FromComposition|Text))?$/

/**
 * One send per intent, whichever way the keyboard, the input method or the finger says it.
 *
 * "Enter" is not a keydown; it is "the engine is about to break the line":
 *   keydown       a plain Enter that is not the input method's (229, isComposing, Process): the fast path
 *   beforeinput   a line break the engine asks for: the authority. Whether it composes does not matter, because an input
 *                 method that only confirms never asks for a line break, while Android's and Korea's do both at once
 *   input         exactly one "\n" came in at the caret: engines up to Chromium 75, where beforeinput cannot be cancelled
 *   submit        implicit submission and the submit button's click
 *   tap           a touch of the button, which keeps focus and therefore makes no click
 * `keyup` never sends. `isComposing` is never a veto and no timer runs after `compositionend`: both lose real sends.
 *
 * Exactly once by construction: `take` reads the text and empties the field in one turn; whoever asks second finds nothing.
 */
export class Composer {
  readonly #parts: ComposerParts
  readonly #options: ComposerOptions
  /** Advisory: input methods lose `compositionend`, so it is cleared by anything that proves it wrong. */
  #isComposing = false
  #isEndingComposition = false
  /** A real Enter is held that means a new line, or that has sent already. */
  #isEnterDown = false
  #before = ''
  #sent: { raw: string; at: number; isTouched: boolean } | undefined

  /** The parts live and die together with their shadow root, so nothing has to be unlistened. */
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

  /** A draft from elsewhere. Never while the input method is at work: writing the value would break its word. */
  set text(text: string) {
    if (this.#isComposing || text === this.text) return
    this.#write(text)
    this.#options.onChange(text)
  }

  /** Whoever wrote has gone. An input method gives its word up with the focus; only then is the field really empty. */
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
   * Emptying the field under a live composition brings the sent text back with the next key: the input method still
   * holds it. Losing focus ends it; taking focus back in the same gesture keeps the keyboard up.
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
    // Whatever comes after any key, the input method's too, is the person's new text and no ghost of the old.
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
    if (this.#isGhost(event)) {
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

  /** The text just sent, or its last word, put back at once by autocorrection without a key from the person. */
  #isGhost(event: InputEvent): boolean {
    const sent = this.#sent
    if (!sent || sent.isTouched || this.#before !== '' || performance.now() - sent.at > GHOST_MS) return false
    if (this.#isComposing || event.isComposing || this.#isEndingComposition || !GHOSTLY.test(event.inputType ?? '')) return false
    const value = this.text.trim()
    const raw = sent.raw.trim()
    return value !== '' && (value === raw || value === raw.split(/\s/).pop())
  }

  /** One "\n" more at the caret, which neither a key nor a cancelable beforeinput announced. */
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

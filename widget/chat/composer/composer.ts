import { isBlank } from '../../client/is-blank.ts'
import { listen } from '../../ui/listen.ts'
import { cutInsertion } from './cut-insertion.ts'
import { GhostGuard } from './ghost-guard.ts'
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
  /** The longest text that is sent. */
  readonly textLength: () => number
  /** Whether Enter alone sends; otherwise it starts a new line, and Ctrl+Enter or Meta+Enter sends. */
  readonly enterSends: () => boolean
  /** Soft keyboards report Shift at the start of a sentence, so there Shift+Enter does not mean "new line". */
  readonly isSoftKeyboard: () => boolean
  /** Whether there is a conversation to send to; without one the field keeps the text. Default: true. */
  readonly canSend?: () => boolean
  /** False: the text was refused, and the field gets it back. */
  readonly onSend: (text: string, source: SendSource) => boolean | void
  /** The text changed, by typing or by a send. `isCut`: what was inserted was far too long, and only its beginning is there. */
  readonly onChange: (text: string, isCut?: boolean) => void
  /** A long press of the button, its context menu or the key for that: the choice of what Enter does. */
  readonly onHold?: () => void
}

const NOT_TYPED = /^(insertFrom(Paste|Drop|Yank)|history|insertReplacement)/
const COMPOSED = /Composition/

/**
 * Sends exactly once per intent of the person, whichever event the keyboard, input method or finger produces for it.
 *
 * "Enter" is not a keydown; it is "the engine is about to break the line":
 *   keydown       an Enter that does not belong to the input method (229, isComposing, Process): the fast path
 *   beforeinput   a line break that the engine requests: authoritative, composing or not. An input method that only
 *                 confirms a word never requests a line break, while Android's and Korean ones do both at once
 *   input         exactly one "\n" was inserted at the caret: engines up to Chromium 75, where beforeinput cannot be cancelled
 *   submit        a click on the submit button, prevented, because a frame whose `sandbox` forbids forms fires no `submit`; and a script's `submit`
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
  /** The last key asks for a new line that the engine has not begun yet. Systems lose the keyup of Enter, so the next event of any kind ends this. */
  #wantsLine = false
  #before = ''
  readonly #ghosts = new GhostGuard(() => performance.now())

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
      this.#wantsLine = false
    })
    listen(field, 'pointerdown touchstart mousedown', () => this.#ghosts.acted(), { passive: true })
    listen(form, 'submit', (event) => {
      event.preventDefault()
      event.stopPropagation()
      this.take('submit')
    })
    tap(
      button,
      () => this.take('tap'),
      (event) => {
        event.preventDefault()
        this.take('submit')
      },
      options.onHold,
    )
    listen(button, 'contextmenu', (event) => {
      if (!options.onHold) return
      event.preventDefault()
      options.onHold()
    })
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
    const cut = cutInsertion('', { text, caret: text.length })
    this.#write(cut?.text ?? text)
    this.#options.onChange(this.text, cut !== undefined)
  }

  /**
   * Shows the text of another conversation or person. A composition ends first: until then its text would stay, and be sent to whoever is now written
   * to. It ends only when the field loses focus; focus in the same turn keeps the keyboard up.
   */
  replace(text: string): void {
    if (this.#isComposing) this.#endComposition()
    this.#isComposing = false
    this.#ghosts.acted()
    this.text = text
  }

  /** Puts text at the caret as if it was typed: it can be undone, and every limit holds. */
  insert(text: string): void {
    const { field } = this.#parts
    if (this.#isComposing) this.#endComposition()
    this.#ghosts.acted()
    field.focus({ preventScroll: true })
    if (document.execCommand('insertText', false, text)) return
    // Firefox before 89 knows the command only in editable documents
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertText', data: text }))
  }

  take(source: SendSource): boolean {
    const { field } = this.#parts
    const raw = field.value
    let text = trimmed(raw)
    if (isBlank(text) || text.length > this.#options.textLength() || this.#options.canSend?.() === false) return false
    if (this.#isComposing) text = this.#endComposition() || text
    this.#write('')
    this.#ghosts.sent(text)
    const isTaken = this.#options.onSend(text, source) !== false
    if (!isTaken) {
      this.#ghosts.acted()
      this.#write(text)
    }
    this.#options.onChange(this.text)
    return isTaken
  }

  /**
   * Ends a composition before the field gets another text; otherwise the input method, which still holds the text, inserts it again with the next key. Blur
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
    if (!this.#isEndingComposition) this.#ghosts.acted()
  }

  #onKeydown(event: KeyboardEvent): void {
    this.#ghosts.pressed(event)
    const isEnter = event.key === 'Enter' || event.code === 'Enter' || event.code === 'NumpadEnter'
    this.#wantsLine = isEnter && ((event.shiftKey && !this.#options.isSoftKeyboard()) || event.altKey)
    const isInputMethods = event.isComposing || event.keyCode === 229 || event.key === 'Process'
    if (isInputMethods || event.key !== 'Enter' || this.#wantsLine) return
    if (!this.#options.enterSends() && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    if (!event.repeat) this.take('keydown')
  }

  #onKeyup(event: KeyboardEvent): void {
    if (event.keyCode === 229) this.#ghosts.acted()
    if (event.key === 'Enter' || event.keyCode === 13) this.#wantsLine = false
  }

  #onBeforeInput(event: InputEvent): void {
    if (!breaksLine(event) || this.#wantsLine || !this.#options.enterSends() || !event.cancelable) return
    event.preventDefault()
    this.take('beforeinput')
  }

  #onInput(event: InputEvent): void {
    const { field } = this.#parts
    if (!event.isComposing && event.inputType !== 'insertCompositionText') this.#isComposing = false
    const before = this.#before
    if (!this.#isEndingComposition && this.#ghosts.isGhost(event, before, field.value)) {
      this.#write('')
      return
    }
    const isLateBreak = this.#isLateBreak(event)
    // The end of a composition may come between the key and its line.
    if (!COMPOSED.test(event.inputType ?? '')) this.#wantsLine = false
    if (isLateBreak) {
      this.#write(before)
      if (this.take('input')) return
    }
    const cut = cutInsertion(before, { text: field.value, caret: field.selectionEnd })
    if (cut) {
      this.#write(cut.text)
      field.setSelectionRange(cut.caret, cut.caret)
    }
    this.#before = field.value
    this.#measure(field.value)
    if (!this.#isEndingComposition) this.#options.onChange(field.value, cut !== undefined)
  }

  /** One "\n" was inserted at the caret without a keydown or a cancelable beforeinput. */
  #isLateBreak(event: InputEvent): boolean {
    const { value, selectionStart } = this.#parts.field
    if (this.#wantsLine || !this.#options.enterSends() || NOT_TYPED.test(event.inputType ?? '')) return false
    const at = (selectionStart ?? 0) - 1
    return value.length === this.#before.length + 1 && value[at] === '\n' && value.slice(0, at) + value.slice(at + 1) === this.#before
  }
}

const trimmed = (text: string): string => text.replace(/\r\n?/g, '\n').trim()

const breaksLine = ({ inputType, data }: InputEvent): boolean =>
  inputType === 'insertLineBreak' || inputType === 'insertParagraph' || (inputType === 'insertText' && (data === '\n' || data === '\r'))

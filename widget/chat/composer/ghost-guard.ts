import { editDistance } from './edit-distance.ts'

/** Nobody aims at a key, a suggestion or an emoji sooner than this after the tap on Send. */
const SOON_MS = 300
/** Keyboards and dictation have put their last wording back by then. */
const LATE_MS = 3000

/** How engines report a correction, and the late end of a composition or a dictation. */
const CORRECTING = /^insert(ReplacementText|FromDictation|CompositionText|FromComposition)$/
/** How they report text from keys, suggestions and emojis, and some of them corrections too; engines before input types report nothing. */
const WRITING = /^(insertText)?$/
const SPACE_SYMBOL_OR_EMOJI =
  /[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u2bff\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\ufeff]|[\ufe00-\ufe1f]|[\ud83c-\ud83e][\udc00-\udfff]/g
/** A key that by itself writes nothing. */
const SILENT_KEY = /^(Enter|Shift|Control|Alt|AltGraph|Meta|CapsLock)$/

type Input = Pick<InputEvent, 'inputType' | 'data'>

/**
 * Tells a ghost from a person's text. A ghost is text that the keyboard still held when the field was emptied by a send, and that it puts into the empty
 * field: iOS' correction of the last word, dictation's last wording, the end of a composition. No event says so; what happened around it does.
 *
 *   a key or a finger acted in the field since the send   the person's
 *   the field is not empty                                the person's: a ghost comes first
 *   the insertion without a key that the sent text was    the person's: a suggestion or emoji is tapped again
 *   a correction within 300 ms                            a ghost, whatever it says: in an empty field there is nothing to correct
 *   a correction within 3 s, near the sent text           a ghost
 *   several letters at once within 3 s, near but changed  a ghost: dictation, and engines that report corrections as writing;
 *                                                         after a text that was inserted whole only where all letters are the same
 *   the sent text or its last word within 300 ms          a ghost; later a suggestion
 *   anything else                                         the person's
 *
 * "Near" leaves case, punctuation and spaces out, is about the whole text or its last word, and allows a quarter of the letters, but no other digit:
 * keyboards correct words, not numbers. Emojis have no letters.
 */
export class GhostGuard {
  readonly #now: () => number
  #sent: { readonly text: string; readonly at: number; readonly insertion: Insertion | undefined } | undefined
  /** The insertion that wrote the whole text of the field, if no key did. */
  #insertion: Insertion | undefined
  #isKeyed = false

  constructor(now: () => number) {
    this.#now = now
  }

  /** The field was emptied by a send of this text. */
  sent(text: string): void {
    this.#sent = { text, at: this.#now(), insertion: this.#insertion }
    this.#insertion = undefined
  }

  /** The person acted: what comes now is new text. */
  acted(): void {
    this.#sent = undefined
  }

  pressed({ key }: KeyboardEvent): void {
    if (SILENT_KEY.test(key)) return
    this.acted()
    this.#isKeyed = true
  }

  /** The text of the field changed from `before`. True: to a ghost. */
  isGhost({ inputType, data }: Input, before: string, text: string): boolean {
    const insertion = before === '' ? { type: inputType ?? '', text: text.trim() } : undefined
    const isGhost = insertion !== undefined && this.#hasHeld(insertion)
    const isWhole = !isGhost && !this.#isKeyed && (data ?? text).trim() === insertion?.text
    this.#insertion = isWhole ? insertion : undefined
    this.#isKeyed = false
    return isGhost
  }

  #hasHeld({ type, text }: Insertion): boolean {
    const sent = this.#sent
    const isCorrecting = CORRECTING.test(type)
    if (!sent || text === '' || !(isCorrecting || WRITING.test(type))) return false
    const { insertion } = sent
    if (insertion?.type === type && insertion.text === text) return false
    const ms = this.#now() - sent.at
    if (ms > LATE_MS) return false
    const isSoon = ms <= SOON_MS
    if (isCorrecting) return isSoon || isNear(text, sent.text, 1)
    const isUnchanged = text === sent.text.trim() || text === lastWord(sent.text)
    if (isUnchanged) return isSoon && letters(text) !== ''
    // dictation and a program that fills the field insert whole texts, one after another: only case, punctuation and spaces are dictation's afterthought
    const shortest = insertion?.type === type ? Infinity : isSoon ? 1 : 4
    return text.length > 1 && isNear(text, sent.text, shortest)
  }
}

interface Insertion {
  readonly type: string
  readonly text: string
}

/** Whether a keyboard can have made `text` of the sent one. A piece shorter than `shortest` has to be the same: too many short words are alike. */
function isNear(text: string, sent: string, shortest: number): boolean {
  const some = letters(text)
  if (some === '') return false
  return [letters(sent), letters(lastWord(sent))].some(
    (piece) =>
      piece === some ||
      (piece.length >= shortest && piece !== '' && digits(piece) === digits(some) && editDistance(piece, some) <= Math.max(1, piece.length / 4)),
  )
}

const letters = (text: string): string => text.toLowerCase().replace(SPACE_SYMBOL_OR_EMOJI, '')

const digits = (text: string): string => text.replace(/[^\d٠-٩۰-۹०-९０-９]/g, '')

const lastWord = (text: string): string => text.trim().split(/\s+/).pop()!

import type { Message } from '../../../gateway/protocol/model.ts'

const PAGE_COUNT = 60
const MOST_COUNT = 240

/**
 * Which of the loaded messages are rendered: of thousands, some two hundred become nodes. The bounds are seqs, because both ends of the list grow.
 * While the reader is at the end the window has no lower bound (`until` = infinity). A reader who scrolls far up leaves the end, and gets back page
 * by page or at once by `toEnd`.
 *
 *     messages   ├──────────────┬──────────────────┬───────────┤
 *              oldest         from   rendered    until      newest
 *                               └ at most MOST_COUNT ┘
 */
export class HistoryWindow {
  #from = 0
  #until = Infinity

  get isAtEnd(): boolean {
    return this.#until === Infinity
  }

  visible(messages: readonly Message[]): readonly Message[] {
    const end = this.isAtEnd ? messages.length : indexAfter(messages, this.#until)
    let start = indexAfter(messages, this.#from - 1)
    if (end - start < PAGE_COUNT) start = Math.max(0, end - PAGE_COUNT)
    return messages.slice(start, end)
  }

  /** Extends the window one page up. False: nothing older is loaded. */
  older(messages: readonly Message[]): boolean {
    const shown = this.visible(messages)
    const start = messages.indexOf(shown[0]!)
    if (start <= 0) return false
    const next = Math.max(0, start - PAGE_COUNT)
    this.#from = messages[next]!.seq
    const end = start + shown.length
    if (end - next > MOST_COUNT) this.#until = messages[next + MOST_COUNT - 1]!.seq
    return true
  }

  /** Extends the window one page down. False: the end is already shown. */
  newer(messages: readonly Message[]): boolean {
    if (this.isAtEnd) return false
    const end = Math.min(messages.length, indexAfter(messages, this.#until) + PAGE_COUNT)
    this.#until = end === messages.length ? Infinity : messages[end - 1]!.seq
    this.#from = messages[Math.max(0, end - MOST_COUNT)]!.seq
    return true
  }

  /** Moves the window to where this entry is in its middle; it must be loaded. */
  around(messages: readonly Message[], seq: number): void {
    const at = indexAfter(messages, seq) - 1
    this.#from = messages[Math.max(0, at - PAGE_COUNT / 2)]!.seq
    const end = messages[at + MOST_COUNT / 2]
    this.#until = end ? end.seq : Infinity
  }

  /** Moves the window to the newest page. */
  toEnd(messages: readonly Message[]): void {
    this.#until = Infinity
    this.#from = messages[Math.max(0, messages.length - PAGE_COUNT)]?.seq ?? 0
  }

  /** For a reader at the end: drops old nodes once there are too many, a batch at a time. */
  trim(messages: readonly Message[]): void {
    if (this.isAtEnd && messages.length - indexAfter(messages, this.#from - 1) > MOST_COUNT) this.toEnd(messages)
  }
}

/** The index of the first message with a greater seq. */
function indexAfter(messages: readonly Message[], seq: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (messages[middle]!.seq <= seq) low = middle + 1
    else high = middle
  }
  return low
}

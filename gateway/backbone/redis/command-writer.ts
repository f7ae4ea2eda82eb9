const SMALLEST_BYTES = 16_384
/** A larger buffer is not kept for the next batch. */
const KEPT_BYTES = 524_288
/** Room for what surrounds a word's text: `$`, its length, and two line ends. */
const AROUND_BYTES = 24
const [ZERO, CR, LF, ARRAY, STRING] = [0x30, 0x0d, 0x0a, 0x2a, 0x24]

/** Takes commands word by word; a word is the command's name or an argument (RESP: a bulk string). */
export interface Words {
  /** To be called before each command, with the number of its words. */
  begin(wordsCount: number): void
  word(text: string): void
}

/**
 * Commands as they go over the wire (RESP). Each word is written once, into one buffer. Before, the thousand words of a batch were joined to a text, which was
 * measured and then encoded: a tenth of all that a node did for a message.
 */
export class CommandWriter implements Words {
  #bytes = Buffer.allocUnsafeSlow(SMALLEST_BYTES)
  #at = 0

  /** Bytes written since `clear`. */
  get length(): number {
    return this.#at
  }

  /** The bytes of the buffer itself, valid until the next `clear`. */
  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to)
  }

  clear(): void {
    this.#at = 0
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(SMALLEST_BYTES)
  }

  begin(wordsCount: number): void {
    this.#reserve(AROUND_BYTES)
    this.#head(ARRAY, wordsCount)
    this.#at += headBytes(wordsCount)
  }

  /** Most words are ASCII, so the number of bytes is taken to be that of code units; where it is greater and has more digits, the text is moved. */
  word(text: string): void {
    const { length } = text
    // a code unit takes at most three bytes
    this.#reserve(AROUND_BYTES + 3 * length)
    const bytes = this.#bytes
    const guessed = this.#at + headBytes(length)
    const written = bytes.write(text, guessed)
    const start = written === length ? guessed : this.#at + headBytes(written)
    if (start > guessed) bytes.copyWithin(start, guessed, guessed + written)
    this.#head(STRING, written)
    this.#at = start + written
    bytes[this.#at++] = CR
    bytes[this.#at++] = LF
  }

  #head(type: number, value: number): void {
    const bytes = this.#bytes
    let at = this.#at + headBytes(value)
    bytes[--at] = LF
    bytes[--at] = CR
    for (let rest = value; at > this.#at + 1; rest = Math.trunc(rest / 10)) bytes[--at] = ZERO + (rest % 10)
    bytes[this.#at] = type
  }

  #reserve(count: number): void {
    const needed = this.#at + count
    if (needed <= this.#bytes.length) return
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(bytes, 0, 0, this.#at)
    this.#bytes = bytes
  }
}

/** How long `*12\r\n` or `$5\r\n` is. */
function headBytes(value: number): number {
  let count = 4
  for (let rest = value; rest >= 10; rest = Math.trunc(rest / 10)) count++
  return count
}

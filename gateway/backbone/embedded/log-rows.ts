import type { Conversation } from './conversation.ts'

/** A row of `log` ends with the message that reaches so many bytes. Reading one message reads its whole row. */
const RUN_BYTES = 16_384
const LINE_FEED = 10

const END = Buffer.of(LINE_FEED)

/** Joins a conversation's pending entries into rows of `log`; `index` is that of a row's first entry. */
export function* runs(conversation: Conversation): Generator<{ index: number; bytes: Buffer }> {
  const { length: count } = conversation.pending
  for (let index = 0, end = 0; index < count; index = end) {
    const parts: Buffer[] = []
    for (let length = 0; end < count && length < RUN_BYTES; end++) {
      const json = conversation.json(end)
      parts.push(json, END)
      length += json.length + 1
    }
    yield { index, bytes: Buffer.concat(parts) }
  }
}

/** The lines of a buffer, without copying them. The last may lack its line feed. */
export function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(LINE_FEED, start)
    if (end < 0) end = bytes.length
    yield bytes.subarray(start, end)
  }
}

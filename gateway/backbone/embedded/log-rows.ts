import { CHECKSUM_BYTES, type Checksummed } from './checksummed.ts'
import type { Conversation } from './conversation.ts'
import { entryKey } from './keys-on-disk.ts'

/** A row of `log` ends with the message that reaches so many bytes. Reading one message reads its whole row. */
const RUN_BYTES = 16_384
const LINE_FEED = 10

const END = Buffer.of(LINE_FEED)

/** Joins a conversation's pending entries into rows of `log`, with room for the checksum; `index` is that of a row's first entry. */
export function* runs(conversation: Conversation): Generator<{ index: number; bytes: Buffer }> {
  const { length: count } = conversation.pending
  for (let index = 0, end = 0; index < count; index = end) {
    const parts: Buffer[] = []
    let length = 0
    for (; end < count && length < RUN_BYTES; end++) {
      const json = conversation.json(end)
      parts.push(json)
      length += json.length + 1
    }
    const bytes = Buffer.allocUnsafe(length + CHECKSUM_BYTES)
    let at = 0
    for (const json of parts) {
      at += json.copy(bytes, at)
      bytes[at++] = LINE_FEED
    }
    yield { index, bytes }
  }
}

/** The rows of `log` that have replaced entries, as they are to be written. */
export function rewritten(log: Checksummed, { number, checkpointed, replacements }: Conversation): Iterable<{ key: Buffer; value: Buffer }> {
  const rows = new Map<string, { key: Buffer; value: Buffer }>()
  for (const [seq, json] of replacements) {
    if (seq > checkpointed) continue
    // the row that contains it starts at or below it
    const [key] = log.raw.getKeys({ start: entryKey(number, seq), end: entryKey(number, 0), reverse: true, limit: 1 })
    if (key === undefined) continue
    const name = key.toString('latin1')
    const value = rows.get(name)?.value ?? log.get(key)!
    const parts = [...lines(value)].flatMap((line, i) => [key.readUInt32BE(4) + i === seq ? json : line, END])
    rows.set(name, { key, value: Buffer.concat(parts) })
  }
  return rows.values()
}

/** The lines of a buffer, without copying them. The last may lack its line feed. */
export function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(LINE_FEED, start)
    if (end < 0) end = bytes.length
    yield bytes.subarray(start, end)
  }
}

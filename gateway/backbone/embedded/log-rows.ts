import { jsonOf, type Pending } from './conversation.ts'

/** A row of `log` ends with the message that reaches so many bytes. Reading one message reads its whole row. */
const RUN_BYTES = 16_384
const LINE_FEED = 10

/** Joins consecutive entries into rows of `log`; `index` is that of a row's first entry. */
export function* runs(pending: readonly Pending[]): Generator<{ index: number; bytes: Buffer }> {
  for (let index = 0, end = 0; index < pending.length; index = end) {
    let length = 0
    do length += jsonOf(pending[end++]!).length + 1
    while (end < pending.length && length < RUN_BYTES)
    yield { index, bytes: join(pending.slice(index, end), length) }
  }
}

function join(pending: readonly Pending[], length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const part of pending) {
    at += jsonOf(part).copy(bytes, at)
    bytes[at++] = LINE_FEED
  }
  return bytes
}

/** The lines of a buffer, without copying them. The last may lack its line feed. */
export function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(LINE_FEED, start)
    if (end < 0) end = bytes.length
    yield bytes.subarray(start, end)
  }
}

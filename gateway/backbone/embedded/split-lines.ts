const LINE_FEED = 10

/** The lines of a buffer, each a part of it. The last may lack its line feed. */
export function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(LINE_FEED, start)
    if (end < 0) end = bytes.length
    yield bytes.subarray(start, end)
  }
}

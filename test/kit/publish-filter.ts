const HEADER_END = Buffer.from('\r\n')
/** In RESP3, and in RESP2. */
const PUBLISH = /^[>*]3\r\n\$\d\r\ns?message\r\n\$\d+\r\n([^\r]*)\r\n/

/** What a Redis server says on one connection, without the publishes on channels that `isLost` names. It needs whole replies, so it holds what is half there. */
export class PublishFilter {
  readonly #isLost: (channel: string) => boolean
  #rest: Buffer = Buffer.alloc(0)

  constructor(isLost: (channel: string) => boolean) {
    this.#isLost = isLost
  }

  take(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#rest, chunk])
    const passed: Buffer[] = []
    let at = 0
    for (let end: number | undefined; at < bytes.length && (end = endOfReply(bytes, at)) !== undefined; at = end) {
      const reply = bytes.subarray(at, end)
      const channel = PUBLISH.exec(reply.toString('latin1'))?.[1]
      if (channel === undefined || !this.#isLost(channel)) passed.push(reply)
    }
    this.#rest = bytes.subarray(at)
    return Buffer.concat(passed)
  }
}

/** What has so many parts, and what is so many bytes long. */
const PARTS: Readonly<Record<string, number>> = { '*': 1, '>': 1, '~': 1, '%': 2 }
const BYTES = new Set(['$', '=', '!'])

/** Where the reply ends that begins at `start`; undefined: not all of it is there. */
function endOfReply(bytes: Buffer, start: number): number | undefined {
  const found = bytes.indexOf(HEADER_END, start)
  if (found < 0) return undefined
  const count = Number(bytes.toString('latin1', start + 1, found))
  const next = found + HEADER_END.length
  const kind = String.fromCharCode(bytes[start]!)
  if (BYTES.has(kind)) {
    const end = count < 0 ? next : next + count + HEADER_END.length
    return end > bytes.length ? undefined : end
  }
  const parts = count * (PARTS[kind] ?? 0)
  let end: number | undefined = next
  for (let n = 0; n < parts && end !== undefined; n++) end = end < bytes.length ? endOfReply(bytes, end) : undefined
  return end
}

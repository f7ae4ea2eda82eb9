/** What came down a line. `data`: the whole payload of a welcome or a refusal; `first` and `second`: the parts of an event or an answer. */
export interface ReadPacket {
  readonly type: string
  readonly id: string
  readonly data: unknown
  readonly first: unknown
  readonly second: unknown
}

/**
 * As much of the codec as reads our own gateway: one digit, perhaps an ack's id, JSON. Anything else is an unknown type, or undefined
 * where it cannot be read. Never throws.
 */
export function readPacket(text: string): ReadPacket | undefined {
  try {
    const [, type, id, json] = /^(\d)(\d*)([^]*)/.exec(text) as unknown as [string, string, string, string]
    const data = JSON.parse(json || '[]')
    return { type, id, data, first: data[0], second: data[1] }
  } catch {
    return undefined
  }
}

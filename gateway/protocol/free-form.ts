/**
 * How large data of free form is, without recursion: text of ten thousand bytes can nest deeper than a stack is high, and whoever walks
 * or stringifies it then throws in the middle of something. To be asked before anything else looks at such data.
 */
export interface FreeFormLimits {
  /** Arrays and objects inside each other; a text has 0, `{}` has 1. */
  readonly depth: number
  /** Properties and array items altogether. */
  readonly count: number
}

/** Which limit `value`, as JSON gives it, is over; undefined: none. Looks at no more than the limits allow. */
export function freeFormFault(value: unknown, { depth: mostDepth, count: mostCount }: FreeFormLimits): 'depth' | 'count' | undefined {
  let count = 0
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = []
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue
      if (depth >= mostDepth) return 'depth'
      const parts: readonly unknown[] = Array.isArray(each) ? each : Object.values(each)
      count += parts.length
      if (count > mostCount) return 'count'
      for (const part of parts) next.push(part)
    }
    level = next
  }
  return undefined
}

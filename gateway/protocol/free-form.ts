/**
 * Measures data of free form without recursion. Ten thousand bytes of JSON can nest deeper than a stack allows, and code that walks or
 * stringifies them throws half-way. Call this before anything else reads such data.
 */
export interface FreeFormLimits {
  /** How deep arrays and objects may nest; a text has 0, `{}` has 1. */
  readonly depth: number
  /** Properties and array items altogether. */
  readonly count: number
}

/** Which limit a parsed JSON `value` exceeds; undefined: none. Stops reading at the limit. */
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

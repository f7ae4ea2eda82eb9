/**
 * Measures data of free form, no deeper than the limit and without an object of its own, because every message passes here twice. Ten thousand bytes of JSON can nest deeper than a stack allows, and code that walks or
 * stringifies them throws half-way. Call this before anything else reads such data.
 */
export interface FreeFormLimits {
  /** How deep arrays and objects may nest; a text has 0, `{}` has 1. */
  readonly depth: number
  /** Properties and array items altogether. */
  readonly count: number
}

/** Which limit a parsed JSON `value` exceeds; undefined: none. Stops reading at the limit. */
export function freeFormFault(value: unknown, { depth, count }: FreeFormLimits): 'depth' | 'count' | undefined {
  if (partsLeft(value, depth, count) < 0) return 'count'
  return isDeeper(value, depth) ? 'depth' : undefined
}

/** How many of `left` parts the first `levels` levels of `value` leave; below 0: they have more. */
function partsLeft(value: unknown, levels: number, left: number): number {
  if (typeof value !== 'object' || value === null || levels === 0) return left
  if (Array.isArray(value)) {
    left -= value.length
    for (let at = 0; left >= 0 && at < value.length; at++) left = partsLeft(value[at], levels - 1, left)
    return left
  }
  for (const name in value) {
    left = partsLeft((value as Readonly<Record<string, unknown>>)[name], levels - 1, left - 1)
    if (left < 0) return left
  }
  return left
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((part) => isDeeper(part, levels - 1))
  for (const name in value) if (isDeeper((value as Readonly<Record<string, unknown>>)[name], levels - 1)) return true
  return false
}

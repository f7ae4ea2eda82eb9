/** As much of Lit's ChildPart as a list needs: the place between two nodes, and what stands there. */
interface Part {
  key?: unknown
  readonly _$AA: ChildNode
  /** None where the place is the last in its parent. */
  readonly _$AB: ChildNode | null
  _$AH: readonly Part[]
  readonly options: unknown
  readonly constructor: new (start: ChildNode, end: ChildNode, options: unknown) => Part
  /** Shows a value. */
  _$AI(value: unknown): void
  /** Empties the place. */
  _$AR(): void
}

/** Shows an array. Its values have keys, or are told apart by their places; what stays where it is, is not touched. */
export function list(part: Part, values: readonly unknown[]): void {
  const keys = values.map((value, index) => (value as { key?: unknown } | undefined)?.key ?? index)
  const wanted = new Set<unknown>(keys)
  const parts = new Map<unknown, Part>()
  for (const each of part._$AH) {
    if (wanted.has(each.key)) {
      parts.set(each.key, each)
    } else {
      each._$AR()
      each._$AA.remove()
      each._$AB!.remove()
    }
  }
  const parent = part._$AA.parentNode!
  let end = part._$AB
  part._$AH = keys.map((_, index) => {
    const at = keys.length - 1 - index
    let each = parts.get(keys[at])
    if (!each) {
      const start = parent.insertBefore(document.createComment(''), end)
      each = new part.constructor(start, parent.insertBefore(document.createComment(''), end), part.options)
      each.key = keys[at]
    } else if (each._$AB!.nextSibling !== end) {
      const moved = document.createRange()
      moved.setStartBefore(each._$AA)
      moved.setEndAfter(each._$AB!)
      parent.insertBefore(moved.extractContents(), end)
    }
    each._$AI(values[at])
    end = each._$AA
    return each
  }).reverse()
}

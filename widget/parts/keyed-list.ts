import { directive, Directive, type DirectiveResult } from 'lit/directive.js'
import { getCommittedValue, insertPart, removePart, setChildPartValue, setCommittedValue } from 'lit/directive-helpers.js'
import { noChange, type ChildPart } from 'lit/html.js'

/**
 * Lit's `removePart` leaves a part's end behind, one comment for each row that ever went: the page would grow for as long as it is
 * open (https://github.com/lit/lit/issues/5298).
 */
function remove(part: ChildPart): void {
  const end = part.endNode as ChildNode | null
  removePart(part)
  end?.remove()
}

/** Lit's `repeat` for lists in which each key comes once. What stays where it is, is not touched. */
class Repeat extends Directive {
  #keys: readonly unknown[] = []

  render<T>(items: readonly T[], _keyOf: (item: T) => unknown, template: (item: T) => unknown): unknown {
    return items.map(template)
  }

  override update(list: ChildPart, [items, keyOf, template]: Parameters<this['render']>): unknown {
    const old = getCommittedValue(list) as ChildPart[]
    const oldKeys = this.#keys
    const keys = (this.#keys = items.map(keyOf))
    const values = items.map(template)
    if (!Array.isArray(old)) return values
    const parts = new Map(oldKeys.map((key, i) => [key, old[i]!]))
    const wanted = new Set(keys)
    for (const [key, part] of parts) if (!wanted.has(key)) remove(part)
    let next: ChildPart | undefined
    const rows = keys.map((_, i) => {
      const at = keys.length - 1 - i
      let part = parts.get(keys[at])
      if (!part) part = insertPart(list, next)
      else if (part.endNode?.nextSibling !== (next ?? list)[next ? 'startNode' : 'endNode']) insertPart(list, next, part)
      next = setChildPartValue(part, values[at])
      return next
    })
    setCommittedValue(list, rows.reverse())
    return noChange
  }
}

type KeyedList = <T>(items: readonly T[], keyOf: (item: T) => unknown, template: (item: T) => unknown) => DirectiveResult

export const repeat = directive(Repeat) as KeyedList

import { directive, Directive, type DirectiveResult } from 'lit/directive.js'
import { clearPart, getCommittedValue, insertPart, removePart, setChildPartValue, setCommittedValue } from 'lit/directive-helpers.js'
import { noChange, nothing, type ChildPart } from 'lit/html.js'

/**
 * Lit's `removePart` leaves a part's end behind, one comment for each row that ever went: the page would grow for as long as it is
 * open (https://github.com/lit/lit/issues/5298).
 */
function remove(part: ChildPart): void {
  const end = part.endNode as ChildNode | null
  removePart(part)
  end?.remove()
}

/**
 * Lit's `repeat`. A key that comes again is another key: ids are their writers' to choose, and two rows that shared one part would
 * leave the other behind for good, under whoever is shown next. What stays where it is, is not touched. A row whose template cannot be made
 * or shown is shown as `plain` says, and the other rows as ever: one message of a stranger must not stop a list half way.
 */
class Repeat extends Directive {
  #keys: readonly unknown[] = []

  render<T>(items: readonly T[], _keyOf: (item: T) => unknown, template: (item: T) => unknown, plain: (item: T) => unknown = () => nothing): unknown {
    return items.map((item) =>
      attempt(
        () => template(item),
        () => plain(item),
      ),
    )
  }

  override update(list: ChildPart, [items, keyOf, template, plain = () => nothing]: Parameters<this['render']>): unknown {
    const committed = getCommittedValue(list)
    const old = Array.isArray(committed) ? (committed as ChildPart[]) : []
    if (committed !== old) clearPart(list)
    const oldKeys = this.#keys
    const keys = (this.#keys = apart(items.map(keyOf)))
    const parts = new Map(oldKeys.map((key, i) => [key, old[i]!]))
    const wanted = new Set(keys)
    for (const [key, part] of parts) if (!wanted.has(key)) remove(part)
    let next: ChildPart | undefined
    const rows = keys.map((_, i) => {
      const at = keys.length - 1 - i
      const item = items[at]
      let part = parts.get(keys[at])
      if (!part) part = insertPart(list, next)
      else if (part.endNode?.nextSibling !== (next ?? list)[next ? 'startNode' : 'endNode']) insertPart(list, next, part)
      const shown = part
      next = attempt(
        () => setChildPartValue(shown, template(item)),
        () => setChildPartValue(shown, plain(item)),
      )
      return next
    })
    setCommittedValue(list, rows.reverse())
    return noChange
  }
}

/** Each key once: of equal ones the second and later get a number. */
function apart(keys: readonly unknown[]): readonly unknown[] {
  const counts = new Map<unknown, number>()
  return keys.map((key) => {
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return count === 0 ? key : `${String(key)}\n${count}`
  })
}

function attempt<T>(run: () => T, instead: () => T): T {
  try {
    return run()
  } catch (error) {
    console.warn('im-chat: a row is shown as plain text', error)
    return instead()
  }
}

type KeyedList = <T>(
  items: readonly T[],
  keyOf: (item: T) => unknown,
  template: (item: T) => unknown,
  plain?: (item: T) => unknown,
) => DirectiveResult

export const repeat = directive(Repeat) as KeyedList

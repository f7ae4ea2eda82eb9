/**
 * Source to source, by rules on the syntax tree: `rule(node, render)` returns a node's new text, or undefined to leave it as
 * it is; `render` gives the text of an inner node under the same rule. Texts are marked (rollup.trace.mjs) until `rewrite` returns.
 */
import { copied, standsFor, traced } from './rollup.trace.mjs'

/** For a plugin: the whole text and its map. */
export const rewrite = (code, tree, rule) => traced(code, rendered(code, tree, rule))

/** For a rule: the text of a node under another rule. */
export function rendered(code, node, rule) {
  const render = (each) => {
    const text = rule(each, render)
    return text === undefined ? around(each) : standsFor(each.start) + text + standsFor(each.end)
  }
  const around = (each) => {
    let text = ''
    let at = each.start
    for (const child of childrenOf(each)) {
      // A shorthand `{a}` is key and value at once.
      if (child.start < at) continue
      text += copied(code, at, child.start) + render(child)
      at = child.end
    }
    return text + copied(code, at, each.end)
  }
  return render(node)
}

const childrenOf = (node) =>
  Object.values(node).flat().filter((value) => typeof value?.type === 'string').sort((a, b) => a.start - b.start)

/** `run` returns false where it does not want to see what is inside. */
export function visit(node, run) {
  if (run(node) !== false) childrenOf(node).forEach((child) => visit(child, run))
}

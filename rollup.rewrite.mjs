/**
 * Source to source, by rules on the syntax tree: `rule(node, render)` returns a node's new text, or undefined to leave it as
 * it is; `render` gives the text of an inner node under the same rule.
 */
export function rewrite(code, node, rule) {
  const render = (each) => rule(each, render) ?? around(each)
  const around = (each) => {
    let text = ''
    let at = each.start
    for (const child of childrenOf(each)) {
      // A shorthand `{a}` is key and value at once.
      if (child.start < at) continue
      text += code.slice(at, child.start) + render(child)
      at = child.end
    }
    return text + code.slice(at, each.end)
  }
  return render(node)
}

const childrenOf = (node) =>
  Object.values(node).flat().filter((value) => typeof value?.type === 'string').sort((a, b) => a.start - b.start)

/** `run` returns false where it does not want to see what is inside. */
export function visit(node, run) {
  if (run(node) !== false) childrenOf(node).forEach((child) => visit(child, run))
}

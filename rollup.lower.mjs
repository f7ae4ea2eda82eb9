/**
 * What es2017 lacks, lowered for fewer bytes than a compiler may, who does not know that this is checked TypeScript:
 * `{...a, b}` is Object.assign (no getters are spread here), and `a ?? 0` is `a || 0` where both are of one type.
 */
import { rewrite } from './rollup.rewrite.mjs'

export const lowerBriefly = () => ({
  name: 'lower-briefly',
  transform(code, id) {
    if (!/\/widget\//.test(id) || !/\?\?|\.\.\./.test(code)) return null
    const rule = (node, render) => {
      if (node.type === 'LogicalExpression' && node.operator === '??' && isEmpty(node.right)) {
        return `(${render(node.left)} || ${render(node.right)})`
      }
      if (node.type === 'ObjectExpression' && node.properties.some(isSpread)) return assign(node.properties, render)
      return undefined
    }
    return { code: rewrite(code, this.parse(code), rule), map: null }
  },
})

const isSpread = ({ type }) => type === 'SpreadElement'

/** What a falsy value of the same type may as well become. */
const isEmpty = ({ type, value, elements, properties }) =>
  (type === 'Literal' && (value === 0 || value === '')) || (type === 'ArrayExpression' && elements.length === 0) ||
  (type === 'ObjectExpression' && properties.length === 0)

function assign(properties, render) {
  const sources = []
  let plain = []
  const flush = () => {
    if (plain.length) sources.push(`{${plain.join(', ')}}`)
    plain = []
  }
  for (const property of properties) {
    if (!isSpread(property)) plain.push(render(property))
    else {
      flush()
      if (!sources.length) sources.push('{}')
      sources.push(`(${render(property.argument)})`)
    }
  }
  flush()
  return `Object.assign(${sources.join(', ')})`
}

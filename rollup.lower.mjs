/**
 * What es2017 lacks, lowered for fewer bytes than a compiler may, who must reckon with everything JavaScript allows.
 *
 *   {...a, b}       Object.assign({}, a, {b})     nothing spread here has setters
 *   a ?? []         a || []                       an object, or 0: what is falsy on the left is as good as nothing
 *   a?.name         (a || 0).name                 the same for every value, unless numbers, strings or booleans have that name
 *   a?.run(b)       a && a.run(b)                 may say null for undefined; `a` is a name or a path of names, asked twice
 *
 * Not where numbers, strings or booleans have a thing of that name: 0?.toFixed() and ''?.split() are not what is falsy here.
 */
import { rewrite } from './rollup.rewrite.mjs'

export const lowerBriefly = () => ({
  name: 'lower-briefly',
  renderChunk(code) {
    return rewrite(code, this.parse(code), briefly)
  },
})

function briefly(node, render) {
  if (node.type === 'LogicalExpression' && node.operator === '??' && isAsGood(node.right)) {
    return `((${render(node.left)}) || (${render(node.right)}))`
  }
  if (node.type === 'ObjectExpression' && node.properties.some(isSpread) && !node.properties.some(isAccessor)) {
    return assign(node.properties, render)
  }
  if (node.type === 'ChainExpression') return chain(node.expression, render)
  return undefined
}

const isSpread = ({ type }) => type === 'SpreadElement'
const isAccessor = ({ kind }) => kind === 'get' || kind === 'set'
const isObject = ({ type }) => /^(Object|Array|New|Function|ArrowFunction|Class)Expression$/.test(type)
/** Not the empty text: Lit writes `value ?? ''` into attributes, and 0 and false are to be seen there. */
const isAsGood = (node) => isObject(node) || (node.type === 'Literal' && node.value === 0)

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

const inner = (node) => (node.type === 'CallExpression' ? node.callee : node.type === 'MemberExpression' ? node.object : undefined)
const PRIMITIVES = ['', 0, false].map(Object)
const isOfPrimitives = ({ computed, property }) =>
  computed || property.type !== 'Identifier' || PRIMITIVES.some((each) => property.name in each)
const isPath = (node) => /^(Identifier|ThisExpression)$/.test(node.type) ||
  (node.type === 'MemberExpression' && !node.computed && !node.optional && isPath(node.object))

/** One `?.` only, and nothing behind it but a name, or calls. */
function chain(end, render) {
  const links = []
  for (let node = end; node; node = inner(node)) links.push(node)
  const [question, ...others] = links.filter(({ optional }) => optional)
  if (others.length) return undefined
  const base = inner(question)
  if (question === end && end.type === 'MemberExpression') {
    return isOfPrimitives(end) ? undefined : `((${render(base)}) || 0).${end.property.name}`
  }
  if (question.type === 'MemberExpression' && isOfPrimitives(question)) return undefined
  if (!isPath(base) || !links.slice(0, links.indexOf(base)).some(({ type }) => type === 'CallExpression')) return undefined
  const from = (node) => {
    if (node === base) return render(base)
    if (node.type === 'CallExpression') return `${from(node.callee)}(${node.arguments.map(render).join(', ')})`
    return from(node.object) + (node.computed ? `[${render(node.property)}]` : `.${node.property.name}`)
  }
  return `(${render(base)} && ${from(end)})`
}

/**
 * Classes as closures, for bundles. `#private` below es2022 becomes a WeakMap a name, or at best a property of `this`; a
 * variable is shorter than either, and a minifier can inline it, join it and drop it. The sources keep the real thing.
 *
 *   class A {                                  function A(x) {
 *     #n = 1                                     const self = { get twice() { return double() } }
 *     constructor(x) { this.#n = x }        →    let n = 1
 *     get twice() { return this.#double() }      n = x
 *     #double() { return this.#n * 2 }           return self
 *   }                                            function double() { return n * 2 }
 *                                              }
 *
 * Only where nothing can tell the difference: neither extends nor extended, no statics, private names of `this` alone. Other classes
 * (the elements) stay, and their private names become properties with the class's name in front, which `minify` shortens.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rendered, rewrite, visit } from './rollup.rewrite.mjs'

export const unfoldClasses = () => {
  let extended
  return {
    name: 'unfold-classes',
    buildStart() {
      const sources = readdirSync('widget', { recursive: true }).filter((file) => file.endsWith('.ts'))
      extended = new Set(sources.flatMap((file) => readFileSync(join('widget', file), 'utf8').match(/(?<=\bextends )\w+/g) ?? []))
    },
    transform(code, id) {
      if (!/\/widget\//.test(id) || !/\bclass\b/.test(code)) return null
      const rule = (node) => {
        if (!/^Class(Declaration|Expression)$/.test(node.type)) return undefined
        const name = node.id?.name
        if (name && !node.superClass && !extended.has(name) && isClosed(node.body)) return unfold(node, code)
        return rendered(code, node, ({ type, name: own }) => (type === 'PrivateIdentifier' ? `im$${name}$${own}` : undefined))
      }
      return rewrite(code, this.parse(code), rule)
    },
  }
}

const isPrivate = (node) => node.type === 'PrivateIdentifier'
const isOfThis = ({ type, object, property }) => type === 'MemberExpression' && object.type === 'ThisExpression' && isPrivate(property)
const isFunction = ({ type }) => type === 'FunctionExpression' || type === 'FunctionDeclaration'

/** Nobody but `this` is asked for a private name; no statics, no private setters, no function whose `this` is another. */
function isClosed({ body }) {
  let isGood = body.every(({ key, kind, computed, static: isStatic }) => key && !isStatic && !computed && !(isPrivate(key) && kind === 'set'))
  for (const { value } of body) {
    if (!value) continue
    visit(value, (node) => {
      if (node.type === 'MemberExpression' && isPrivate(node.property) && !isOfThis(node)) isGood = false
      if (node !== value && isFunction(node) && saysThis(node)) isGood = false
    })
  }
  return isGood
}

function saysThis(node) {
  let says = false
  visit(node, ({ type }) => void (says ||= type === 'ThisExpression'))
  return says
}

function unfold({ id, body: { body } }, code) {
  const getters = new Set(body.filter(({ key, kind }) => kind === 'get' && isPrivate(key)).map(({ key }) => key.name))
  const text = (node) => rendered(code, node, (each) => {
    if (each.type === 'ThisExpression') return 'im$self'
    if (isOfThis(each)) return `im$${each.property.name}${getters.has(each.property.name) ? '()' : ''}`
    return undefined
  })
  const parts = { shown: [], fields: [], hidden: [], params: '', begin: '' }
  for (const { type, kind, key, value } of body) {
    const name = isPrivate(key) ? `im$${key.name}` : key.name
    const prefix = value?.async ? 'async ' : ''
    const tail = () => `(${value.params.map(text).join(', ')}) ${text(value.body)}`
    if (kind === 'constructor') {
      parts.params = value.params.map(text).join(', ')
      parts.begin = value.body.body.map(text).join('\n')
    } else if (type === 'PropertyDefinition') {
      parts.fields.push(`${isPrivate(key) ? 'let ' : 'im$self.'}${name}${value ? ` = ${text(value)}` : isPrivate(key) ? '' : ' = undefined'};`)
    } else if (isPrivate(key)) {
      parts.hidden.push(`${prefix}function ${name}${tail()}`)
    } else {
      parts.shown.push(`${kind === 'method' ? prefix : `${kind} `}${name}${tail()}`)
    }
  }
  const { shown, fields, hidden, params, begin } = parts
  return [
    `function ${id.name}(${params}) {`, `const im$self = {${shown.join(',\n')}};`, ...fields, begin, 'return im$self;', ...hidden, '}',
  ].join('\n')
}

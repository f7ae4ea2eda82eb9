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
 * A class that extends or is extended (the elements) stays, and its private names become properties with the class's name in front,
 * which `minify` shortens. Any other becomes a closure, or the build ends with a sentence that says what stands in the way.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rendered, rewrite, visit } from './rollup.rewrite.mjs'
import { standsFor } from './rollup.trace.mjs'

export const unfoldClasses = () => {
  let extended
  return {
    name: 'unfold-classes',
    buildStart() {
      const sources = readdirSync('widget', { recursive: true }).filter((file) => file.endsWith('.ts'))
      extended = new Set(sources.flatMap((file) => namesOfBases(readFileSync(join('widget', file), 'utf8'))))
    },
    transform(code, id) {
      if (!/\/widget\//.test(id) || !/\bclass\b/.test(code)) return null
      const fail = (name, why) => this.error(`unfold: class ${name ?? 'without a name'} ${why}, in ${id.replace(/^.*(?=\/widget\/)/, '')}`)
      const tree = this.parse(code)
      const bases = new Set([...extended, ...namesOfBases(code)])
      const rule = (node) => {
        if (!isClass(node)) return undefined
        const name = node.id?.name
        const isKept = node.superClass || bases.has(name)
        const why = isKept ? hindranceToProperties(node) : hindranceToClosure(node) ?? hindranceOutside(node, tree)
        if (why) fail(name, why)
        if (!isKept) return unfold(node, code)
        return rendered(code, node, ({ type, name: own }) => (type === 'PrivateIdentifier' ? `im$${name}$${own}` : undefined))
      }
      return rewrite(code, tree, rule)
    },
  }
}

/** What stands between `extends` and `{`, mixins and their arguments too. */
const namesOfBases = (source) => [...source.matchAll(/\bclass\b[^{;.]*?\bextends\s([^{;]*)/g)].flatMap(([, bases]) => bases.match(/\w+/g) ?? [])
const isClass = ({ type }) => type === 'ClassDeclaration' || type === 'ClassExpression'
const isPrivate = (node) => node.type === 'PrivateIdentifier'
const isOfThis = ({ type, object, property }) => type === 'MemberExpression' && object.type === 'ThisExpression' && isPrivate(property)
const isFunction = ({ type }) => type === 'FunctionExpression' || type === 'FunctionDeclaration'

/** What a private name that became a property could not do any more. */
function hindranceToProperties({ id, body }) {
  let why
  visit(body, (node) => {
    if (isPrivate(node) && !id) why = 'has private names'
    if (node.type === 'BinaryExpression' && isPrivate(node.left)) why = 'asks for a private name with `in`'
    if (node !== body && isClass(node)) why = 'has a class inside'
  })
  return why
}

function hindranceToClosure({ id, body: { body } }) {
  if (!id) return 'cannot become a function'
  for (const { type, key, kind, computed, value, static: isStatic } of body) {
    if (isStatic || type === 'StaticBlock') return 'has something static'
    if (computed || !key.type.endsWith('Identifier')) return 'has a member whose name is not a plain name'
    if (isPrivate(key) && kind === 'set') return `has a private setter, #${key.name}`
    const why = value && (hindranceInside(value) ?? (kind === 'constructor' ? hindranceInConstructor(value, body) : undefined))
    if (why) return why
  }
  return undefined
}

function hindranceInside(member) {
  let why
  visit(member, (node) => {
    if (node.type === 'MemberExpression' && isPrivate(node.property) && !isOfThis(node)) why = `asks another than \`this\` for #${node.property.name}`
    if (node.type === 'BinaryExpression' && isPrivate(node.left)) why = 'asks for a private name with `in`'
    if (node !== member && isFunction(node) && saysThis(node)) why = 'has a function inside whose `this` is another'
    if (isClass(node)) why = 'has a class inside'
    if (node.type === 'Super') why = 'says `super`'
    if (node.type === 'MetaProperty' && node.meta.name === 'new') why = 'says `new.target`'
  })
  return why
}

/** Its parameters and variables come to stand around all other members. */
function hindranceInConstructor(constructor, members) {
  let why
  const own = new Set(constructor.params.flatMap(namesIn))
  if (constructor.params.some(saysThis)) why = 'says `this` among the parameters of its constructor'
  visit(constructor.body, (node) => {
    if (node.type === 'ReturnStatement') why = 'returns from its constructor'
    if (node.type === 'VariableDeclarator') namesIn(node.id).forEach((name) => own.add(name))
    if (node.id && isFunction(node)) own.add(node.id.name)
    return node.type !== 'ArrowFunctionExpression' && !isFunction(node)
  })
  for (const { value } of members) {
    if (!value || value === constructor) continue
    const name = freeNames(value).find((each) => own.has(each))
    if (name) why = `has two things called ${name}, one of them in its constructor`
  }
  return why
}

/** As far as one module can tell. */
function hindranceOutside({ id: { name } }, tree) {
  let why
  const isItself = (node) => node?.type === 'Identifier' && node.name === name
  visit(tree, (node) => {
    if (node.type === 'BinaryExpression' && node.operator === 'instanceof' && isItself(node.right)) why = 'is asked for with `instanceof`'
    if (node.type === 'MemberExpression' && isItself(node.object)) why = 'is asked for its properties'
  })
  return why
}

function saysThis(node) {
  let says = false
  visit(node, ({ type }) => void (says ||= type === 'ThisExpression'))
  return says
}

/** The names a pattern binds. */
function namesIn(pattern) {
  if (!pattern) return []
  if (pattern.type === 'Identifier') return [pattern.name]
  const parts = pattern.elements ?? pattern.properties ?? [pattern.left ?? pattern.argument ?? pattern.value]
  return parts.flatMap(namesIn)
}

/** What a member asks of what is around it. */
function freeNames(member) {
  const bound = new Set()
  const asked = []
  const notAsked = new Set()
  visit(member, (node) => {
    if (node.params) node.params.flatMap(namesIn).forEach((name) => bound.add(name))
    if (node.type === 'VariableDeclarator') namesIn(node.id).forEach((name) => bound.add(name))
    if (node.type === 'CatchClause') namesIn(node.param).forEach((name) => bound.add(name))
    if (node.type === 'Identifier') asked.push(node)
    const isName = node.computed === false && !node.shorthand
    if (isName && node.type === 'MemberExpression') notAsked.add(node.property)
    if (isName && node.type === 'Property') notAsked.add(node.key)
  })
  return asked.filter((node) => !notAsked.has(node) && !bound.has(node.name)).map(({ name }) => name)
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
    const isMany = value?.generator ? '*' : ''
    const prefix = value?.async ? 'async ' : ''
    const tail = () => `(${value.params.map(text).join(', ')}) ${text(value.body)}`
    if (kind === 'constructor') {
      parts.params = value.params.map(text).join(', ')
      parts.begin = value.body.body.map(text).join('\n')
    } else if (type === 'PropertyDefinition') {
      parts.fields.push(`${standsFor(key.start)}${isPrivate(key) ? 'let ' : 'im$self.'}${name}${value ? ` = ${text(value)}` : isPrivate(key) ? '' : ' = undefined'};`)
    } else if (isPrivate(key)) {
      parts.hidden.push(`${standsFor(key.start)}${prefix}function${isMany} ${name}${tail()}`)
    } else {
      parts.shown.push(`${standsFor(key.start)}${kind === 'method' ? prefix + isMany : `${kind} `}${name}${tail()}`)
    }
  }
  const { shown, fields, hidden, params, begin } = parts
  return [
    `function ${id.name}(${params}) {`, `const im$self = {${shown.join(',\n')}};`, ...fields, begin, 'return im$self;', ...hidden, '}',
  ].join('\n')
}
